"""
Replace rate: how often the bot asks the venue to change or withdraw an order.

Venues answer an excess with bans, long before it costs money.
"""

from ..columns import part as cells
from ..slices import Slice
from ..tables import EVENT_CODE
from .kpi import KPIS, Kpi, Measure, measured, setting

_REQUESTS = (EVENT_CODE["cancel_requested"], EVENT_CODE["amend_requested"])
_MINUTE_NS = 60 * 10**9


def replace_rate_per_min(part: Slice) -> Measure:
    """Return requests to cancel or amend, per minute of the window."""
    import numpy as np

    orders, rows = part.history.orders, part.rows("orders")
    span = part.until_ns - part.from_ns
    if span <= 0 or not rows:
        return Measure(None, 0, None, "no order event")
    asked = int(np.isin(np.asarray(cells(orders.event, rows)), _REQUESTS).sum())
    return measured(asked * _MINUTE_NS / span, len(rows), orders.ts[rows[-1]])


KPIS.add(
    "replace_rate_per_min",
    Kpi(
        name="replace_rate_per_min",
        better="lower",
        doc="requests to cancel or amend an order, per minute",
        measure=replace_rate_per_min,
        provoke=setting("replaces_per_min"),
        needs="request",
        domain=(0, float("inf")),
    ),
)
