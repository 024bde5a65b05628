from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seatrial.judge.components import decompose
from seatrial.judge.gate.trial import Plan, trial
from seatrial.judge.history import History
from seatrial.judge.money import PARTS
from seatrial.judge.shares import shares

from .test_components import RUN, journal, ledgers


@settings(max_examples=100, deadline=None)
@given(run=RUN, kind=st.integers(0, 2))
def test_the_addends_add_up_to_the_decomposition(run: list[dict[str, object]], kind: int) -> None:
    """Linear, inverse and fees in coins; the edge audit must not tell another story than the gate."""
    history = History.of(journal(run, ledgers()[kind]))
    whole = history.slice("whole")
    found, pooled = shares(whole), decompose(whole).pooled

    assert (found.reason == "") == (pooled is not None)
    if pooled is not None:
        for at, name in enumerate(PARTS):
            addends = sum((row.parts[at] for row in found.rows), Decimal(0))
            assert float(addends) == pytest.approx(float(getattr(pooled, name)), abs=1e-12)
        assert sum(row.side is not None for row in found.rows) == pooled.fills


def test_a_lost_mid_marks_its_fill() -> None:
    """Who cuts by missing must find the same fills as the unattributed share."""
    found = shares(trial(Plan(lost_ratio=0.5)).slice("whole"))

    assert sum(row.missing for row in found.rows) * 2 == len(found.rows)
