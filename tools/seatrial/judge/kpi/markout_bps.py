"""
Mark-outs: what a fill was worth a moment later, at six horizons.

One horizon misleads: most of the impact comes within seconds for liquid markets and within a
minute for others. Fills whose later mid falls in a gap are missing, not zero.
"""

from functools import partial
from math import isnan

from ..slices import Slice
from .edge import edge_bps
from .kpi import KPIS, Kpi, Measure, Samples, measured, setting

MARKOUTS = {
    "markout_100ms_bps": "0.1",
    "markout_1s_bps": "1",
    "markout_5s_bps": "5",
    "markout_15s_bps": "15",
    "markout_60s_bps": "60",
    "markout_300s_bps": "300",
}


def markout_bps(horizon: str, part: Slice) -> Measure:
    """Return the notional-weighted mark-out s (m(t+h) - p) of the fills that have m(t+h), in bps."""
    rows, found = part.rows("fills"), markout_samples(horizon, part)
    total = sum(found.weights or ())
    if not total:
        return Measure(None, 0, None, f"no fill has a mid {horizon} s later")
    value = sum(edge * weight for edge, weight in zip(found.values, found.weights or (), strict=True))
    return measured(value / total, len(found.values), part.history.fills.ts[rows[-1]])


def markout_samples(horizon: str, part: Slice) -> Samples:
    """Return each fill's mark-out and notional."""
    fills = part.history.fills
    later, value = fills.later[horizon].floats, fills.notional.floats
    kept = [row for row in part.rows("fills") if not isnan(later[row]) and value[row] > 0]
    return Samples([edge_bps(part, row, later[row]) for row in kept], [value[row] for row in kept])


for _name, _horizon in MARKOUTS.items():
    KPIS.add(
        _name,
        Kpi(
            name=_name,
            better="higher",
            doc=f"mark-out after {_horizon} s: sum s q (m(t+{_horizon}s) - p) over the notional that has it",
            measure=partial(markout_bps, _horizon),
            provoke=setting("edge_bps", adverse_bps=0.0),
            samples=partial(markout_samples, _horizon),
        ),
    )
