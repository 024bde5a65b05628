"""
Theil-Sen: the median of all slopes between two points, with its interval.

A spike, a step or a restart moves it little, where a fit by squares follows every one of them.
Source: Theil (1950), Sen (1968); the interval by the variance of Kendall's S, ties included.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan, sqrt
from statistics import NormalDist, median

from .mann_kendall import ties


@dataclass(frozen=True)
class Slope:
    """A slope, what it starts from (median of y less slope times median of x), and its interval."""

    slope: float
    intercept: float
    low: float
    high: float


def theil_sen(x: Sequence[float], y: Sequence[float], confidence: float = 0.95) -> Slope | None:
    """Return the slope of y over x with its two-sided interval; None without two different x."""
    points = [(at, value) for at, value in zip(x, y, strict=True) if not isnan(value)]
    slopes = sorted(
        (later - value) / (then - at)
        for place, (at, value) in enumerate(points)
        for then, later in points[place + 1 :]
        if then != at
    )
    if not slopes:
        return None
    middle = median(slopes)
    xs, ys = [at for at, _ in points], [value for _, value in points]
    reach = NormalDist().inv_cdf((1 + confidence) / 2) * _sigma(xs, ys)
    count = len(slopes)
    low = max(round((count - reach) / 2), 0)
    high = min(round((count + reach) / 2), count - 1)
    # The ranks are counted from 1 at the lower end and are the index itself at the upper one.
    return Slope(middle, median(ys) - middle * median(xs), slopes[max(low - 1, 0)], slopes[high])


def _sigma(xs: Sequence[float], ys: Sequence[float]) -> float:
    n = len(xs)
    return sqrt(max(0.0, (n * (n - 1) * (2 * n + 5) - ties(xs) - ties(ys)) / 18))
