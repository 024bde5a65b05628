"""
Blocks: a long series as a few medians, after its warm-up.

The median of a block takes away the sawtooth of a collector and most of the autocorrelation that
would make any test believe too much.
"""

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

BLOCKS = 24
WARM_UP_SHARE = 0.25
Point = tuple[float, float]


def trimmed(points: Sequence[Point], warm_up: float = 0.0) -> list[Point]:
    """Return the points after the warm-up: the first quarter, or that long if it is longer."""
    if not points:
        return []
    begin, end = points[0][0], points[-1][0]
    since = begin + max((end - begin) * WARM_UP_SHARE, warm_up)
    return [point for point in points if point[0] >= since]


def blocks(points: Sequence[Point], count: int = BLOCKS) -> list[Point]:
    """Return (middle, median) of so many blocks of equal numbers of points; few points stay points."""
    if len(points) <= 2 * count:
        return list(points)
    edges = [len(points) * block // count for block in range(count + 1)]
    return [
        (median(at for at, _ in points[low:high]), median(value for _, value in points[low:high]))
        for low, high in pairwise(edges)
    ]
