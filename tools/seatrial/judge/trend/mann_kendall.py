"""
Mann-Kendall: does a series tend to rise or to fall, whatever its shape.

The plain test believes its values to be independent, and calls a third of all quiet memory curves
a trend; `corrected` widens the variance by what the autocorrelation of the ranks explains.
Sources: Mann (1945), Kendall (1975) for the variance with ties; Hamed and Rao (1998) for the
correction.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import erfc, isnan, sqrt
from statistics import NormalDist, median

_SIGNIFICANT = NormalDist().inv_cdf(0.975)


@dataclass(frozen=True)
class MannKendall:
    """The score S, its variance, the standard score, its two-sided p, and Kendall's tau."""

    n: int
    s: int
    var_s: float
    z: float
    p: float
    tau: float


def mann_kendall(values: Sequence[float]) -> MannKendall:
    """Return the test of a series; NaN is missing and left out. Fewer than two values have no trend."""
    kept = [value for value in values if not isnan(value)]
    n, s = len(kept), _score(kept)
    var_s = (n * (n - 1) * (2 * n + 5) - ties(kept)) / 18
    pairs = n * (n - 1) / 2
    return _scored(MannKendall(n, s, var_s, 0.0, 1.0, s / pairs if pairs else 0.0))


def corrected(values: Sequence[float], lags: int | None = None) -> MannKendall:
    """Return the test with the variance corrected for autocorrelation, over so many lags (None: all)."""
    kept = [value for value in values if not isnan(value)]
    plain, n = mann_kendall(kept), len(kept)
    if n < 4:
        return plain
    # The slope knows the gaps, the ranks do not: as in the published implementations.
    slope = median(
        (later - value) / (then - at) for at, value, then, later in _pairs(values) if not isnan(later - value)
    )
    ranks = _ranks([value - (at + 1) * slope for at, value in enumerate(kept)])
    bound, total = _SIGNIFICANT / sqrt(n), 0.0
    for lag in range(1, n if lags is None else min(lags + 1, n)):
        correlation = _autocorrelation(ranks, lag)
        if abs(correlation) >= bound:
            total += (n - lag) * (n - lag - 1) * (n - lag - 2) * correlation
    factor = 1 + 2 / (n * (n - 1) * (n - 2)) * total
    # Strong negative correlation can make it negative, which no variance is: then nothing is corrected.
    return _scored(replace(plain, var_s=plain.var_s * factor)) if factor > 0 else plain


def ties(values: Sequence[float]) -> int:
    """Return the sum over groups of equal values that the variance of S loses."""
    return sum(count * (count - 1) * (2 * count + 5) for count in Counter(values).values() if count > 1)


def _scored(test: MannKendall) -> MannKendall:
    if test.var_s <= 0 or not test.s:
        return replace(test, z=0.0, p=1.0)
    z = (test.s - (1 if test.s > 0 else -1)) / sqrt(test.var_s)
    return replace(test, z=z, p=erfc(abs(z) / sqrt(2)))


def _score(values: Sequence[float]) -> int:
    return sum((later > value) - (later < value) for _, value, _, later in _pairs(values))


def _pairs(values: Sequence[float]) -> list[tuple[int, float, int, float]]:
    return [
        (at, value, then, values[then])
        for at, value in enumerate(values)
        for then in range(at + 1, len(values))
    ]


def _ranks(values: Sequence[float]) -> list[float]:
    """Return ranks from 1, equal values sharing the mean of theirs."""
    order = sorted(range(len(values)), key=values.__getitem__)
    ranks = [0.0] * len(values)
    start = 0
    while start < len(order):
        end = start
        while end + 1 < len(order) and values[order[end + 1]] == values[order[start]]:
            end += 1
        for place in order[start : end + 1]:
            ranks[place] = (start + end) / 2 + 1
        start = end + 1
    return ranks


def _autocorrelation(values: Sequence[float], lag: int) -> float:
    mean = sum(values) / len(values)
    around = [value - mean for value in values]
    whole = sum(value * value for value in around)
    moved = sum(value * later for value, later in zip(around, around[lag:], strict=False))
    return moved / whole if whole else 0.0
