import numpy as np
import pytest

from seatrial.judge.stats.draws import Draws
from seatrial.judge.stats.twosample import difference


@pytest.mark.parametrize("paired", [True, False])
@pytest.mark.parametrize("likeness", [0.0, 0.8])
def test_equal_series_are_seldom_called_different(likeness: float, paired: bool) -> None:
    """At five per cent, with and without dependence, paired and not."""
    wrong = 0
    for seed in range(100):
        first, second = (Draws(seed + 1_000 * at).autoregressive(120, likeness) for at in (1, 2))
        found = difference(first, second, paired=paired)
        wrong += found is not None and found.chance < 0.05

    assert wrong <= 10


def test_a_shift_is_found_and_its_interval_holds_it() -> None:
    """The estimate is second minus first."""
    found = difference(Draws(1).normal(200), Draws(2).normal(200) + 1.0, paired=False)

    assert found is not None
    assert found.low <= 1.0 <= found.high
    assert found.chance < 1e-6


def test_what_pairs_share_cancels() -> None:
    """A market that moves both sides must not hide what differs between them."""
    market = 10 * Draws(3).autoregressive(200, 0.9)
    first, second = market + Draws(4).normal(200), market + Draws(5).normal(200) + 1.0

    found = difference(first, second, paired=True)
    assert found is not None
    assert found.low > 0


@pytest.mark.parametrize("count", [0, 1, 5])
def test_too_few_have_no_difference(count: int) -> None:
    """Nothing is certain of five."""
    assert difference(np.zeros(count), np.ones(count), paired=False) is None


def test_identical_series_differ_by_nothing() -> None:
    """0/0 is not a finding."""
    series = Draws(1).normal(50)
    found = difference(series, series, paired=True)

    assert found is not None
    assert (found.effect, found.chance) == (0.0, 1.0)
