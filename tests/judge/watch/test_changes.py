import numpy as np
import pytest

from seatrial.judge.stats.draws import Draws
from seatrial.judge.watch.changes import FEWEST, find


def test_a_level_a_slope_a_spike_and_a_drift_are_told_apart() -> None:
    """Each asks for another answer."""
    noise, place = Draws(4).normal(400), np.arange(400)
    level = noise + 4 * (place >= 250)
    kink = noise + np.maximum(0, place - 250) / 25
    spike = noise + 15 * (place == 250)
    drift = noise + place / 40

    assert [(one.kind, one.direction) for one in find(level)] == [("level", "up")]
    assert [(one.kind, one.direction) for one in find(kink, spikes=False)] == [("slope", "up")]
    assert [(one.kind, one.direction) for one in find(spike)] == [("spike", "up")]
    assert [(one.kind, one.direction) for one in find(drift, drifts=True)] == [("drift", "up")]


@pytest.mark.parametrize("count", [0, 1, FEWEST - 1])
def test_too_short_has_no_change(count: int) -> None:
    """Nothing can be told from a handful."""
    assert find(np.arange(float(count))) == []


def test_leaps_at_regular_intervals_are_a_rhythm() -> None:
    """A job that runs each night is no anomaly; the one that runs at noon is."""
    values = Draws(4).normal(2_000)
    values[100::200] += 25
    alone = values.copy()
    alone[1_050] += 25

    assert find(values) == []
    assert [one.index for one in find(alone)] == [1_050]


def test_the_scale_does_not_matter() -> None:
    """Bytes and shares are judged alike."""
    values = Draws(4).normal(300) + 4 * (np.arange(300) >= 200)

    found, grown = find(values), find(values * 1e9 + 1e12)

    assert [(one.index, one.direction) for one in found] == [(one.index, one.direction) for one in grown]
