"""
Memory growth: by what share the process grew over the run, once it had warmed up.

A plain fit calls every warm-up a leak; the median of slopes over the time after it does not.
Source: robust leak test of the operations reference (trim, block medians, Theil-Sen).
"""

from itertools import pairwise
from statistics import median

from ..slices import Slice
from .kpi import KPIS, Kpi, Measure, measured, no_samples

FEWEST_SAMPLES = 8
_WARM_UP = 0.25
_BLOCKS = 24


def rss_growth_ratio(part: Slice) -> Measure:
    """
    Return Theil-Sen growth of the resident set over the window, relative to its size after warm-up.

    The first quarter is warm-up. Not measured with fewer than 8 samples.
    """
    values = _resident(part)
    newest = part.until_ns if values else None
    if len(values) < FEWEST_SAMPLES:
        return Measure(
            None, len(values), newest, f"needs {FEWEST_SAMPLES} resource samples, has {len(values)}"
        )
    points = _blocks(values, max(1, int(len(values) * _WARM_UP)))
    base = median(value for _, value in points[: max(1, len(points) // 4)])
    slope = median(
        (later - value) / (then - now)
        for at, (now, value) in enumerate(points)
        for then, later in points[at + 1 :]
    )
    growth = slope * (len(values) - 1) / base if base > 0 else None
    return measured(growth, len(values), newest, "the resident set is zero")


def _resident(part: Slice) -> list[float]:
    ended = part.history.iterations[part.first : part.last + 1]
    wanted = {fact.index for fact in ended}
    rows = part.history.resources
    if part.window != "whole":
        rows = [row for row in rows if row.get("iteration") in wanted]
    sizes = [row.get("rss_bytes") for row in rows]
    return [float(size) for size in sizes if isinstance(size, int | float)]


def _blocks(values: list[float], start: int) -> list[tuple[float, float]]:
    """Return (sample number, size), as medians of at most 24 blocks after the warm-up."""
    count = len(values) - start
    if count <= 2 * _BLOCKS:
        return [(float(at), values[at]) for at in range(start, len(values))]
    edges = [start + count * block // _BLOCKS for block in range(_BLOCKS + 1)]
    return [((low + high - 1) / 2, median(values[low:high])) for low, high in pairwise(edges)]


KPIS.add(
    "rss_growth_ratio",
    Kpi(
        name="rss_growth_ratio",
        better="lower",
        doc="Theil-Sen growth of resident memory over the run after its first quarter, over its size then",
        measure=rss_growth_ratio,
        provoke=lambda value, iterations: {"rss_growth_ratio": value, "rss_span": float(iterations)},
        domain=(-1, float("inf")),
        samples=no_samples,
        of_the_machine=True,
    ),
)
