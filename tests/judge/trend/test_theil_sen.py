"""Theil-Sen against published values, and what it does not let itself be moved by."""

import json
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatrial.judge.trend.theil_sen import theil_sen

VALUES = st.lists(st.floats(-1e6, 1e6), min_size=3, max_size=25)


def test_the_published_interval() -> None:
    """Sen's own example, with the interval at 93 %."""
    found = theil_sen([1, 2, 3, 4, 10, 12, 18], [9, 15, 19, 20, 45, 55, 78], 0.93)

    assert found is not None
    assert (found.slope, found.intercept) == pytest.approx((4.0, 4.0))
    assert (found.low, found.high) == pytest.approx((3.71, 4.38), abs=0.005)


def test_the_published_series(data: Path) -> None:
    """360 values with gaps keep their places in time."""
    path = data / "stats_vectors" / "trend" / "pymannkendall_reference.json"
    if not path.is_file():
        pytest.skip(f"no {path}")
    held = json.loads(path.read_bytes())
    values = [math.nan if value is None else value for value in held["series_arbitrary_1d"]]

    found = theil_sen(range(len(values)), values)

    expected = held["tests"]["sens_slope"]["expected"]
    assert found is not None
    assert (found.slope, found.intercept) == pytest.approx((expected["slope"], expected["intercept"]))


@given(VALUES, st.floats(-100, 100), st.floats(-100, 100))
def test_a_line_added_is_a_slope_added(values: list[float], slope: float, start: float) -> None:
    """The estimate is of the trend alone: it moves with it and with nothing else."""
    x = list(range(len(values)))
    before, after = (
        theil_sen(x, values),
        theil_sen(x, [v + start + slope * at for at, v in zip(x, values, strict=True)]),
    )

    assert before is not None
    assert after is not None
    assert after.slope == pytest.approx(before.slope + slope, abs=1e-6 * (1 + abs(before.slope)))
    assert after.low <= after.slope <= after.high


def test_a_quarter_of_wild_values_moves_it_little() -> None:
    """Spikes at a snapshot are not growth."""
    values = [float(at) for at in range(24)]
    values[3] = values[9] = values[15] = values[22] = 1e6

    found = theil_sen(range(24), values)

    assert found is not None
    assert found.slope == pytest.approx(1.0, abs=0.35)


def test_points_of_one_moment_have_no_slope() -> None:
    """A division by no time at all."""
    assert theil_sen([1, 1], [2, 3]) is None
    assert theil_sen([], []) is None
