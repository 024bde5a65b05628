import numpy as np
import pytest

from seatrial.judge.stats.draws import Draws
from seatrial.judge.stats.sequence import half_width, look


def ever_wrong(seed: int, likeness: float, count: int) -> bool:
    """Whether any of many looks excludes the true mean."""
    series = Draws(seed).autoregressive(count, likeness)
    looks = (look(series[:size], 0.05) for size in range(12, count + 1, 12))
    return any(found is not None and not found.low <= 0 <= found.high for found in looks)


@pytest.mark.parametrize("likeness", [0.0, 0.6])
def test_looking_again_and_again_keeps_the_error(likeness: float) -> None:
    """Twenty-five looks at 5 % each; a fixed-size test would err in a quarter of the runs."""
    wrong = sum(ever_wrong(seed, likeness, 300) for seed in range(120))

    assert wrong <= 0.09 * 120


def test_an_effect_is_found() -> None:
    """Validity alone could be had by never answering."""
    found = look(Draws(2).normal(400) + 0.5, 0.05)

    assert found is not None
    assert found.low > 0


def test_too_few_blocks_are_no_look() -> None:
    """Eleven samples, or hundreds that are all alike, are no evidence."""
    assert look(np.arange(11.0), 0.05) is None
    assert look(np.linspace(0, 1, 300), 0.05) is None


def test_the_width_shrinks_with_samples_and_grows_with_certainty() -> None:
    """In the way that an interval must."""
    assert half_width(400, 1.0, 0.05) < half_width(100, 1.0, 0.05) < half_width(100, 1.0, 0.01)
    assert half_width(100, 2.0, 0.05) == pytest.approx(2 * half_width(100, 1.0, 0.05))
