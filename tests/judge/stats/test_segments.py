from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seatrial.judge.stats.draws import Draws
from seatrial.judge.stats.seasons import deseasoned, period
from seatrial.judge.stats.segments import changes, pieces

VALUES = st.lists(st.integers(-5, 5).map(float), min_size=4, max_size=14).map(np.array)


def cost(values: "np.ndarray", *, sloped: bool) -> float:
    """Squared error of the best constant or line, by another way."""
    degree = 1 if sloped and len(values) > 1 else 0
    place = np.arange(len(values), dtype=float)
    table = np.vander(place, degree + 1)
    fit, *_ = np.linalg.lstsq(table, values, rcond=None)
    return float(((values - table @ fit) ** 2).sum())


def least(values: "np.ndarray", penalty: float, *, sloped: bool) -> float:
    """The least cost over every way to cut, tried one by one."""
    best = [-penalty] + [np.inf] * len(values)
    for end in range(2, len(values) + 1):
        best[end] = min(
            best[start] + cost(values[start:end], sloped=sloped) + penalty for start in range(end - 1)
        )
    return best[-1]


@settings(max_examples=60, deadline=None)
@given(values=VALUES, penalty=st.floats(0.5, 20), sloped=st.booleans())
def test_pruning_loses_no_optimum(values: "np.ndarray", penalty: float, sloped: bool) -> None:
    """PELT's answer costs as little as the best of all cuts."""
    starts = changes(values, penalty, 2, sloped=sloped)
    bounds = (0, *starts, len(values))
    found = sum(cost(values[low:high], sloped=sloped) + penalty for low, high in pairwise(bounds))

    assert found - penalty == pytest.approx(least(values, penalty, sloped=sloped), abs=1e-6)


def test_levels_and_slopes_are_chosen_by_what_explains_better() -> None:
    """A staircase is not a ramp."""
    noise, place = Draws(2).normal(300) / 3, np.arange(300)

    assert not pieces(noise + 3 * (place >= 150)).sloped
    assert pieces(noise + np.abs(place - 150) / 20).sloped


@pytest.mark.parametrize("likeness", [0.0, 0.5, 0.9])
def test_wandering_is_not_a_staircase(likeness: float) -> None:
    """The penalty grows with dependence."""
    found = sum(bool(pieces(Draws(seed).autoregressive(400, likeness)).starts) for seed in range(8))

    assert found <= 1


@pytest.mark.parametrize(("length", "count"), [(24, 240), (7, 100), (288, 2_000)])
def test_a_season_is_found_and_taken_out(length: int, count: int) -> None:
    """Whatever its shape."""
    shape = Draws(9).normal(length) * 5
    values = np.tile(shape, count // length + 1)[:count] + Draws(1).normal(count) / 4

    assert period(values) % length == 0
    assert deseasoned(values, length).std() < 0.5 < values.std()


def test_noise_has_no_season() -> None:
    """And a flat line has none either."""
    assert [period(Draws(seed).normal(400)) for seed in range(5)] == [0] * 5
    assert period(np.ones(100)) == 0
