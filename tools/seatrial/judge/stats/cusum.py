"""
CUSUM: the chart that adds up small deviations until they are no accident.

    high(t) = max(0, high(t-1) + z - k)        low(t) = max(0, low(t-1) - z - k)

alarms above h. What an alarm is worth follows from the average run length without a change, which is
computed here and not quoted. Sources: Page (1954); Brook and Evans (1972) for the run length.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import erf, sqrt

STATES = 200
ALLOWANCE = 0.5


@dataclass(frozen=True, slots=True)
class Alarm:
    """Where a chart alarmed, where its sum began to grow, and how far it went beyond h."""

    index: int
    since: int
    direction: str
    score: float


def chart(values: Sequence[float], allowance: float = ALLOWANCE) -> tuple[list[float], list[float]]:
    """Return the upper and the lower sums of standardised values."""
    high, low, highs, lows = 0.0, 0.0, [], []
    for value in values:
        high, low = max(0.0, high + value - allowance), max(0.0, low - value - allowance)
        highs.append(high)
        lows.append(low)
    return highs, lows


def first_alarm(values: Sequence[float], limit: float, allowance: float = ALLOWANCE) -> Alarm | None:
    """Return the first alarm of either side, None when there is none."""
    high = low = 0.0
    high_since = low_since = 0
    for at, value in enumerate(values):
        high_since = at if high == 0.0 else high_since
        low_since = at if low == 0.0 else low_since
        high, low = max(0.0, high + value - allowance), max(0.0, low - value - allowance)
        if high > limit or low > limit:
            up = high >= low
            since, reached = (high_since, high) if up else (low_since, low)
            return Alarm(at, since, "up" if up else "down", reached / limit)
    return None


@cache
def run_length(limit: float, allowance: float = ALLOWANCE, shift: float = 0.0) -> float:
    """
    Return the one-sided average run length for normal values shifted by `shift` deviations.

    A Markov chain of 200 states approximates the chart. The two-sided run length without a change
    is half of it.
    """
    import numpy as np

    width = 2 * limit / (2 * STATES - 1)
    places = np.arange(STATES) * width
    steps = places[None, :] - places[:, None] + allowance - shift
    table = np.vectorize(_normal)(steps + width / 2) - np.vectorize(_normal)(steps - width / 2)
    table[:, 0] = np.vectorize(_normal)(steps[:, 0] + width / 2)
    lengths = np.linalg.solve(np.eye(STATES) - table, np.ones(STATES))
    return float(lengths[0])


@cache
def limit_for(length: float, allowance: float = ALLOWANCE) -> float:
    """Return h, to a hundredth, whose two-sided run length without a change is at least `length`."""
    low, high = 0.5, 40.0
    while high - low > 0.01:
        middle = (low + high) / 2
        low, high = (middle, high) if run_length(middle, allowance) / 2 < length else (low, middle)
    return round(high + 0.005, 2)


def _normal(value: float) -> float:
    return 0.5 * (1 + erf(value / sqrt(2)))
