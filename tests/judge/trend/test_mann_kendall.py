"""Mann-Kendall against published values, and against what autocorrelation does to it."""

import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatrial.judge.trend.mann_kendall import corrected, mann_kendall


def vector(data: Path, name: str) -> dict[str, Any]:
    """One file of reference values."""
    path = data / "stats_vectors" / "trend" / name
    if not path.is_file():
        pytest.skip(f"no {path}")
    found: dict[str, Any] = json.loads(path.read_bytes())
    return found


def test_the_printed_example_with_ties() -> None:
    """EPA QA/G-9S: eleven values, two groups of ties."""
    found = mann_kendall([10, 10, 10, 5, 10, 20, 18, 17, 15, 24, 15])

    assert (found.n, found.s) == (11, 22)
    assert found.var_s == pytest.approx(155.33, abs=0.005)
    assert found.z == pytest.approx(1.685, abs=0.0005)


@pytest.mark.parametrize(
    ("name", "lags"),
    [("original_test", 0), ("hamed_rao_modification_test", None), ("hamed_rao_modification_test_lag3", 3)],
)
def test_the_published_series(data: Path, name: str, lags: int | None) -> None:
    """360 values with gaps; checked by its publishers against R."""
    held = vector(data, "pymannkendall_reference.json")
    values = [math.nan if value is None else value for value in held["series_arbitrary_1d"]]
    expected = held["tests"][name]["expected"]

    found = mann_kendall(values) if lags == 0 else corrected(values, lags)

    assert (found.s, found.z, found.p) == pytest.approx((expected["s"], expected["z"], expected["p"]))
    assert (found.var_s, found.tau) == pytest.approx((expected["var_s"], expected["Tau"]))


@given(st.lists(st.integers(-50, 50), min_size=2, max_size=40))
def test_turning_time_around_turns_the_answer(values: list[int]) -> None:
    """What rises one way falls the other, whatever the ties."""
    forth, back = mann_kendall(values), mann_kendall(values[::-1])

    assert (forth.s, forth.var_s) == (-back.s, back.var_s)
    assert 0 <= forth.p <= 1


def test_a_slow_wander_is_not_taken_for_a_trend() -> None:
    """Memory of a busy process wanders: the plain test is sure of a trend that is none."""
    wander = [math.sin(at / 9) + at * 0.001 for at in range(40)]

    assert abs(mann_kendall(wander).z) > 2.33
    assert abs(corrected(wander).z) < 2.33


@pytest.mark.parametrize("values", [[], [1.0], [3.0, 3.0, 3.0], [math.nan, math.nan]])
def test_nothing_to_compare_is_no_trend(values: list[float]) -> None:
    """An empty or a flat series must not divide by nothing."""
    assert (mann_kendall(values).z, corrected(values).p) == (0.0, 1.0)
