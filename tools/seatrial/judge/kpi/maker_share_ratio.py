"""
Maker share: how much of the traded value rested in the book first.

It moves before net edge does, because taker fees arrive with the next statement.
"""

from dataclasses import replace

from ..slices import Slice
from .kpi import KPIS, Kpi, Measure, Samples, measured, setting


def maker_share_ratio(part: Slice) -> Measure:
    """Return maker notional over all notional; a quiet market is not a bad maker, but not measured."""
    fills, rows = part.history.fills, part.rows("fills")
    value = fills.notional.floats
    total = sum(value[row] for row in rows)
    if not total:
        return Measure(None, len(rows), None, "nothing was filled")
    unsaid = sum(fills.unsaid[row] for row in rows)
    if unsaid:
        return Measure(None, len(rows), fills.ts[rows[-1]], f"{unsaid} fills do not say if they were maker")
    made = sum(value[row] for row in rows if fills.maker[row])
    return measured(made / total, len(rows), fills.ts[rows[-1]])


def _samples(part: Slice) -> Samples:
    fills, rows = part.history.fills, part.rows("fills")
    return Samples([float(fills.maker[row]) for row in rows], [fills.notional.floats[row] for row in rows])


_KPI = Kpi(
    name="maker_share_ratio",
    better="higher",
    doc="maker notional over all notional",
    measure=maker_share_ratio,
    provoke=setting("maker_ratio"),
    domain=(0, 1),
    samples=_samples,
)
KPIS.add(_KPI.name, _KPI)
# The name under which older gates ask for the same share.
KPIS.add("maker_taker_ratio", replace(_KPI, name="maker_taker_ratio", doc=f"{_KPI.doc} (maker_share_ratio)"))
