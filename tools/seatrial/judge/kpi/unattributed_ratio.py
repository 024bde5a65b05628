"""
Unattributed share: how much of the traded value no component could be given to.

A gap makes mids missing; what is missing is counted, because a decomposition of the rest looks whole.
"""

from ..components import decompose
from ..slices import Slice
from .kpi import KPIS, Kpi, Measure, measured, setting


def unattributed_ratio(part: Slice) -> Measure:
    """Return the share of notional whose mid was missing, at the fill or five seconds later."""
    found = decompose(part)
    value = found.pooled.unattributed_ratio if found.pooled else None
    return measured(value, len(part.rows("fills")), found.newest_ts_ns, found.reason or "nothing was filled")


KPIS.add(
    "unattributed_ratio",
    Kpi(
        name="unattributed_ratio",
        better="lower",
        doc="share of notional whose mid was missing, at the fill or five seconds later",
        measure=unattributed_ratio,
        provoke=setting("lost_ratio"),
        domain=(0, 1),
    ),
)
