"""Slippage: what takers paid between deciding and trading; a part of gross, not another component."""

from ..components import decompose
from ..slices import Slice
from .kpi import KPIS, Kpi, Measure, measured, setting


def slippage_bps(part: Slice) -> Measure:
    """Return sum s q (mid at the decision - p) of taker fills over their notional, in bps."""
    found, fills = decompose(part), part.history.fills
    takers = [row for row in part.rows("fills") if not fills.maker[row]]
    newest = fills.ts[takers[-1]] if takers else None
    if found.pooled is None or not takers:
        return Measure(None, len(takers), newest, found.reason or "no taker fill")
    if any(fills.unsaid[row] for row in takers):
        return Measure(None, len(takers), newest, "a fill does not say if it was maker")
    if any(fills.decision_mid[row] is None for row in takers):
        return Measure(None, len(takers), newest, "a taker fill lacks the mid of its decision")
    return measured(found.pooled.bps("slippage"), len(takers), newest)


KPIS.add(
    "slippage_bps",
    Kpi(
        name="slippage_bps",
        better="higher",
        doc="taker fills against the mid of their decision: sum s q (m(decision) - p) over all notional",
        measure=slippage_bps,
        provoke=setting("slippage_bps", maker_ratio=0.0),
    ),
)
