"""Coverage: how much of the time the market was really seen."""

from ..slices import Slice
from .kpi import KPIS, Kpi, Measure, measured, setting


def coverage_ratio(part: Slice) -> Measure:
    """Return covered market time over the length of the iterations that ended."""
    ended = part.history.iterations[part.first : part.last + 1]
    known = [(fact.covered_ns, fact.until_ns - fact.from_ns) for fact in ended if fact.covered_ns is not None]
    span = sum(length for _, length in known)
    if len(known) < len(ended) or span <= 0:
        return Measure(None, len(known), None, "no iteration says what it covered")
    return measured(sum(covered for covered, _ in known) / span, len(known), ended[-1].until_ns)


KPIS.add(
    "coverage_ratio",
    Kpi(
        name="coverage_ratio",
        better="higher",
        doc="market time covered by data over the length of the iterations",
        measure=coverage_ratio,
        provoke=setting("covered_ratio"),
        needs="gap",
        domain=(0, 1),
    ),
)
