"""
Fills: how many, and how often.

Zero fills in a market that was watched is a measured zero; without a sample of it, it is nothing.
"""

from collections.abc import Mapping

from ..slices import Slice
from .kpi import KPIS, Kpi, Measure, measured, no_samples

_HOUR_NS = 3600 * 10**9


def fills_count(part: Slice) -> Measure:
    """Return the number of fills."""
    rows, watched = part.rows("fills"), part.rows("decisions")
    if not rows and not watched:
        return Measure(None, 0, None, "nobody watched: no fill and no decision")
    times = [part.history.fills.ts[row] for row in rows[-1:]]
    times += [part.history.decisions.ts[row] for row in watched[-1:]]
    return measured(float(len(rows)), max(len(rows), len(watched)), max(times))


def fills_per_h(part: Slice) -> Measure:
    """Return fills per hour of the window."""
    count, span = fills_count(part), part.until_ns - part.from_ns
    if count.value is None or span <= 0:
        return Measure(None, count.n, count.newest_ts_ns, count.reason or "the window has no length")
    return measured(count.value * _HOUR_NS / span, count.n, count.newest_ts_ns)


def _so_many(value: float, iterations: int) -> Mapping[str, float]:
    return {"fills_per_iteration": value / iterations}


def _so_often(value: float, _iterations: int) -> Mapping[str, float]:
    return {"fills_per_h": value}


KPIS.add(
    "fills_count",
    Kpi(
        name="fills_count",
        better="higher",
        doc="number of fills",
        measure=fills_count,
        provoke=_so_many,
        samples=no_samples,
        domain=(0, float("inf")),
    ),
)
KPIS.add(
    "fills_per_h",
    Kpi(
        name="fills_per_h",
        better="higher",
        doc="fills per market hour",
        measure=fills_per_h,
        provoke=_so_often,
        domain=(0, float("inf")),
    ),
)
