"""The leak procedure on processes whose truth is known: plateaus, steps, saws and leaks."""

from collections.abc import Callable

import numpy as np
import pytest

from seatrial.judge.trend.leak import LEAST_H, Margin, judge_leak

MB = 1e6
MEMORY, COUNTS = Margin(5 * MB, 0.05), Margin(2.0, counts=True)
Shape = Callable[[float], float]


def flat(hour: float) -> float:
    """Nothing happens."""
    return 200 * MB


def warm(hour: float) -> float:
    """30 MB of caches fill in the first hours."""
    return 200 * MB + 30 * MB * (1 - float(np.exp(-hour)))


def steps(hour: float) -> float:
    """An allocator takes two arenas early on."""
    return 200 * MB + 8 * MB * (hour > 2) + 8 * MB * (hour > 5)


def saw(hour: float) -> float:
    """A collector that frees every four hours."""
    return warm(hour) + 10 * MB * (hour % 4) / 4


def samples(
    shape: Shape, hours: float, leak_mb_per_h: float = 0.0, seed: int = 1
) -> list[tuple[float, float]]:
    """A sample a minute, with noise that remembers itself (AR(1) 0.9, 2 MB)."""
    noise = np.random.Generator(np.random.PCG64(seed)).normal(
        0, 2 * MB * (1 - 0.81) ** 0.5, int(hours * 60) + 1
    )
    found, drift = [], 0.0
    for minute, step in enumerate(noise):
        drift = 0.9 * drift + float(step)
        hour = minute / 60
        found.append((hour, shape(hour) + drift + leak_mb_per_h * MB * hour))
    return found


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("shape", [flat, warm, saw])
def test_a_day_of_plateau_is_never_accused(shape: Shape, seed: int) -> None:
    """A gate that cries leak at a warm-up is switched off within a week."""
    assert judge_leak(samples(shape, 24, seed=seed), MEMORY).verdict in {"ok", "inconclusive"}


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("shape", [flat, warm])
def test_a_day_of_plateau_is_found_innocent(shape: Shape, seed: int) -> None:
    """An answer that is always `inconclusive` would be right, and of no use."""
    assert judge_leak(samples(shape, 24, seed=seed), MEMORY).verdict == "ok"


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("shape", [flat, warm, saw])
def test_a_megabyte_an_hour_is_found_in_a_day(shape: Shape, seed: int) -> None:
    """24 MB a day ends a week-long run; it hides in an hour's noise."""
    found = judge_leak(samples(shape, 24, 1.0, seed), MEMORY)

    assert found.verdict == "leak"
    assert found.slope_per_h == pytest.approx(1 * MB, rel=0.35)
    assert (found.ratio or 0) > 1


@pytest.mark.parametrize("hours", [0.5, 3, 6, 11.9])
@pytest.mark.parametrize("leak", [0.0, 2.0])
def test_less_than_half_a_day_is_no_answer_but_a_length(hours: float, leak: float) -> None:
    """At six hours a warm-up looks like a leak in one case of six."""
    found = judge_leak(samples(warm, hours, leak), MEMORY)

    assert (found.verdict, found.ratio) == ("too_short", None)
    assert (found.needs_h or 0) >= LEAST_H
    assert f"needs {found.needs_h:.3g} h" in found.reason


def test_a_leak_near_its_margin_says_how_long_it_would_take() -> None:
    """`Run longer` is only advice when it says how much longer."""
    found = judge_leak(samples(flat, 14, 0.6), MEMORY)

    assert found.verdict == "inconclusive"
    assert (found.needs_h or 0) > 14
    assert "would settle it" in found.reason


def test_a_long_warm_up_is_waited_for() -> None:
    """Whoever says that the bot is warm after twenty hours needs two days of it."""
    found = judge_leak(samples(flat, 22), MEMORY, warm_up_h=21.9)

    assert found.verdict == "too_short"
    assert (found.needs_h or 0) >= 40


@pytest.mark.parametrize(
    ("per_day", "verdict"),
    [(0.0, "ok"), (24.0, "leak")],
)
def test_descriptors_are_counted(per_day: float, verdict: str) -> None:
    """A socket an hour is out of descriptors after a month, and no memory shows it."""
    points = [(at / 60, 20.0 + int(per_day / 24 * at / 60)) for at in range(24 * 60)]

    assert judge_leak(points, COUNTS).verdict == verdict


def test_a_single_step_of_a_count_is_no_leak() -> None:
    """One more connection since noon is a connection, not a leak."""
    points = [(at / 60, 20.0 + (at > 900)) for at in range(24 * 60)]

    assert judge_leak(points, COUNTS).verdict != "leak"


def test_memory_that_shrinks_does_not_leak() -> None:
    """The sign matters."""
    assert judge_leak(samples(flat, 24, -2.0), MEMORY).verdict == "ok"
