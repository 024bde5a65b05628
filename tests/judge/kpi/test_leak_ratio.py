"""Leak KPIs: a proved leak is red, a proved absence green, and everything between UNKNOWN."""

import pytest

from seatrial.judge.gate.check import check
from seatrial.judge.gate.trial import START_NS, Plan, resources, trial
from seatrial.judge.history import History
from seatrial.model.profile import Bounds, GateSettings
from seatrial.model.verdict import Verdict

NAMES = [f"{name}_leak_ratio" for name in ("rss", "pss", "cpu", "fds", "threads", "children")]


def ruled(name: str, history: History) -> tuple[Verdict, str]:
    """What a gate on a leak says."""
    found = check((GateSettings(kpi=name, at_most=Bounds(hard=1.0), window="whole"),), history, seed=7)[0]
    return found.verdict, found.reason


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("leak", "verdict"), [(0.0, Verdict.PASS), (4.0, Verdict.FAIL)])
def test_a_gate_on_a_leak_answers(name: str, leak: float, verdict: Verdict) -> None:
    """The margin is the bound: nothing has to be tuned to a bot."""
    assert ruled(name, trial(Plan(leak_ratio=leak)))[0] is verdict


@pytest.mark.parametrize("name", NAMES)
def test_a_short_run_says_what_it_needs(name: str) -> None:
    """Twenty minutes without growth are no evidence of a day without growth."""
    history = trial(Plan())
    history.resources = [
        {**row, "ts_ns": START_NS + at * 10**9 * 120} for at, row in enumerate(resources(Plan()))
    ]

    verdict, reason = ruled(name, history)

    assert verdict is Verdict.UNKNOWN
    assert "needs 12 h" in reason


def test_a_run_that_measured_nothing_is_unknown() -> None:
    """No samples are no flat line."""
    history = trial(Plan())
    history.resources = []

    assert ruled("fds_leak_ratio", history)[0] is Verdict.UNKNOWN
