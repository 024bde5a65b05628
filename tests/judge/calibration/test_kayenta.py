import numpy as np
import pytest

from seatrial.judge.calibration.kayenta import is_off
from seatrial.judge.stats.draws import Draws


@pytest.mark.parametrize("shift", [2.0, -2.0])
def test_a_clear_shift_is_off(shift: float) -> None:
    """Either way, by default."""
    control = 100 + Draws(1).normal(60)

    assert is_off(control, 100 + shift + Draws(2).normal(60))


def test_equal_independent_series_are_hardly_ever_off() -> None:
    """Its own level, where its assumption holds: 0.1 % were measured of the original rule."""
    off = sum(is_off(100 + Draws(seed).normal(60), 100 + Draws(seed + 500).normal(60)) for seed in range(100))

    assert off <= 3


def test_a_zero_mean_has_no_ratio_and_the_interval_decides_alone() -> None:
    """The hole of a baseline of zero: the ratio is not a number, and the rule goes on without it."""
    control = np.array([-1.0, 1.0] * 30)

    assert is_off(control, control + 5.0)
    assert not is_off(control, control)


def test_a_variance_explosion_passes() -> None:
    """What a test of location alone cannot see, and why ours asks three questions."""
    assert not is_off(100 + Draws(1).normal(60), 100 + 30 * Draws(2).normal(60))
