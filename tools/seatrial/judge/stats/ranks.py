"""
Ranks: the Mann-Whitney test and the Hodges-Lehmann shift.

A comparison of two sets that no single wild value can turn. The exact distribution serves small sets
without ties; the tie-corrected normal approximation the rest. Sources: Mann and Whitney (1947);
Hodges and Lehmann (1963).
"""

import math
from functools import cache
from statistics import NormalDist
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np

Side = Literal["two-sided", "less", "greater"]
EXACT_BELOW = 9
_NORMAL = NormalDist()


def midranks(values: "np.ndarray") -> "np.ndarray":
    """Return ranks from 1; equal values share the mean of their ranks."""
    import numpy as np

    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(count)
    shared: np.ndarray = (last - (count - 1) / 2.0)[place]
    return shared


def u_statistic(x: "np.ndarray", y: "np.ndarray") -> float:
    """Return U of x: the pairs in which x is the larger, ties counting half."""
    import numpy as np

    ranks = midranks(np.concatenate((x, y)))
    return float(ranks[: len(x)].sum() - len(x) * (len(x) + 1) / 2)


def mann_whitney(
    x: "np.ndarray",
    y: "np.ndarray",
    side: Side = "two-sided",
    *,
    exact: bool | None = None,
    continuity: bool = True,
) -> float:
    """
    Return the p-value of "x and y come from one distribution".

    `less` means that x tends to be the smaller. Exact by default for small sets without ties.
    """
    import numpy as np

    both = np.concatenate((x, y))
    tied = len(np.unique(both)) < len(both)
    use_exact = (min(len(x), len(y)) < EXACT_BELOW and not tied) if exact is None else exact
    u = u_statistic(x, y)
    if use_exact:
        return _exact(u, len(x), len(y), side)
    return _approximate(u, len(x), len(y), both, side, continuity=continuity)


def hodges_lehmann(x: "np.ndarray", y: "np.ndarray") -> float:
    """Return the median of all differences y - x: by how much y lies higher."""
    import numpy as np

    return float(np.median(y[:, None] - x[None, :]))


def _exact(u: float, first: int, second: int, side: Side) -> float:
    ways = _ways(first, second)
    total, at = sum(ways), math.floor(u)
    lower = sum(ways[: at + 1]) / total
    upper = sum(ways[math.ceil(u) :]) / total
    if side == "less":
        return lower
    return upper if side == "greater" else min(1.0, 2 * min(lower, upper))


@cache
def _ways(first: int, second: int) -> tuple[int, ...]:
    """Return in how many orders of two sets U takes each value (Gaussian binomial coefficients)."""
    counts = [1] + [0] * (first * second)
    for step in range(1, first + 1):
        for at in range(first * second, second + step - 1, -1):
            counts[at] -= counts[at - second - step]
        for at in range(step, first * second + 1):
            counts[at] += counts[at - step]
    return tuple(counts)


def _approximate(
    u: float, first: int, second: int, both: "np.ndarray", side: Side, *, continuity: bool
) -> float:
    import numpy as np

    count = first + second
    _, ties = np.unique(both, return_counts=True)
    tied = float((ties.astype(float) ** 3 - ties).sum()) / (count * (count - 1))
    spread = math.sqrt(first * second / 12 * (count + 1 - tied))
    if spread == 0:
        return 1.0
    middle = first * second / 2
    if side == "two-sided":
        away = abs(u - middle) - (0.5 if continuity else 0.0)
        return min(1.0, 2 * (1 - _NORMAL.cdf(away / spread)))
    turned = u if side == "greater" else first * second - u
    return 1 - _NORMAL.cdf((turned - middle - (0.5 if continuity else 0.0)) / spread)
