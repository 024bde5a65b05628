import json
import os
from pathlib import Path

import numpy as np
import pytest

from seatrial.judge.stats.cusum import chart, first_alarm, limit_for, run_length
from seatrial.judge.stats.draws import Draws

PUBLISHED = Path(os.environ.get("SEATRIAL_DATA", "../shared/data")) / "stats_vectors" / "cusum"


def test_the_chart_is_the_textbook_s() -> None:
    """Montgomery and Runger, table 16-8: both columns, to the digit."""
    path = PUBLISHED / "montgomery_table_16_8.json"
    if not path.is_file():
        pytest.skip("SEATRIAL_DATA has no stats_vectors")
    case = json.loads(path.read_text(encoding="utf-8"))

    highs, lows = chart([value - case["mu0"] for value in case["x"]], case["K"])

    assert highs == pytest.approx(case["S_H"], abs=1e-9)
    assert lows == pytest.approx(case["S_L"], abs=1e-9)
    assert (max(*highs, *lows) > case["H"]) is case["out_of_control"]


@pytest.mark.parametrize(
    ("limit", "shift", "length"),
    [(4, 0, 335), (5, 0, 931), (8, 0, 18_962), (5, 0.5, 38), (5, 1, 10.4), (5, 2, 4.0)],
)
def test_run_lengths_are_those_of_the_literature(limit: float, shift: float, length: float) -> None:
    """An alarm without its run length is a number without its unit."""
    assert run_length(limit, 0.5, shift) == pytest.approx(length, rel=0.01)


def test_the_stated_run_length_is_kept_by_drawn_series() -> None:
    """Not only in the formula: 300 seeded series of normal noise alarm about as late as stated."""
    limit, draws = limit_for(200.0), Draws(11)

    waits = []
    for _ in range(300):
        alarm = first_alarm(draws.normal(4_000).tolist(), limit)
        waits.append(alarm.index + 1 if alarm else 4_000)

    assert np.mean(waits) == pytest.approx(200.0, rel=0.2)


@pytest.mark.parametrize(("shift", "direction"), [(2.0, "up"), (-2.0, "down")])
def test_an_alarm_names_where_it_began(shift: float, direction: str) -> None:
    """The alarm comes late by design; the sum remembers since when."""
    alarm = first_alarm([0.0] * 50 + [shift] * 20, 5.0)

    assert alarm is not None
    assert (alarm.since, alarm.direction) == (50, direction)
    assert alarm.index == 53


def test_quiet_series_never_alarm() -> None:
    """Nothing happened."""
    assert first_alarm([0.3, -0.3] * 500, 5.0) is None
