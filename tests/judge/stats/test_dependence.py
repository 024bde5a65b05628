import numpy as np
import pytest

from seatrial.judge.stats.dependence import autocorrelation, block_means, cautious, effective_samples
from seatrial.judge.stats.draws import Draws


@pytest.mark.parametrize("likeness", [0.0, 0.5, 0.9])
def test_a_series_of_known_likeness_is_recognised(likeness: float) -> None:
    """The one number that everything else here is built on."""
    series = Draws(3).autoregressive(20_000, likeness)

    assert autocorrelation(series) == pytest.approx(likeness, abs=0.03)
    assert series.std() == pytest.approx(1.0, abs=0.05)
    assert effective_samples(series) == pytest.approx(20_000 * (1 - likeness) / (1 + likeness), rel=0.3)


def test_blocks_grow_with_likeness_and_lose_it() -> None:
    """What a test assumes, after blocking, is true enough to rely on."""
    series = Draws(5).autoregressive(20_000, 0.9)
    blocks, length = block_means(series)

    assert length >= 18
    assert autocorrelation(blocks) < 0.45 < autocorrelation(series)


def test_short_series_are_taken_for_dependent() -> None:
    """With a handful of samples nobody can tell, so the worse is assumed."""
    assert cautious(np.zeros(2)) > 0.9
    assert cautious(Draws(1).normal(25)) > cautious(Draws(1).normal(2_500))


def test_a_constant_has_no_autocorrelation() -> None:
    """0/0 is not a finding."""
    assert autocorrelation(np.ones(50)) == 0.0
