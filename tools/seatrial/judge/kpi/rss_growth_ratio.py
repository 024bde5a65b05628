"""
Memory growth: by what share the process grew over the run, once it had warmed up.

A plain fit calls every warm-up a leak; the median of slopes over the time after it does not. This
is how much it grew in a run of any length; whether that is a leak is `rss_leak_ratio`'s to say.
Source: robust leak test of the operations reference (trim, block medians, Theil-Sen).
"""

from statistics import median

from ..slices import Slice
from ..trend.blocks import blocks, trimmed
from ..trend.theil_sen import theil_sen
from .kpi import KPIS, Kpi, Measure, measured, no_samples

FEWEST_SAMPLES = 8


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
    points = blocks(trimmed(list(enumerate(values))))
    base = median(value for _, value in points[: max(1, len(points) // 4)])
    slope = theil_sen([at for at, _ in points], [value for _, value in points])
    growth = slope.slope * (len(values) - 1) / base if slope and base > 0 else None
    return measured(growth, len(values), newest, "the resident set is zero")


def _resident(part: Slice) -> list[float]:
    ended = part.history.iterations[part.first : part.last + 1]
    wanted = {fact.index for fact in ended}
    rows = part.history.resources
    if part.window != "whole":
        rows = [row for row in rows if row.get("iteration") in wanted]
    sizes = [row.get("rss_bytes") for row in rows]
    return [float(size) for size in sizes if isinstance(size, int | float)]


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
