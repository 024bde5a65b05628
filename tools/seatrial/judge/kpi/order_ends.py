"""
How orders end: their age, and whether they filled or were cancelled.

One rule makes the family: the orders that rested and ended in the window.
"""

from ..columns import part as cells
from ..slices import Slice
from ..tables import EVENT_CODE
from .kpi import KPIS, Kpi, Measure, Samples, measured, quantile, ratio, setting

_CANCELED = EVENT_CODE["canceled"]


def order_age_ms_p95(part: Slice) -> Measure:
    """Return the 95th percentile of the age at which resting orders ended, in ms."""
    ends, rows = part.history.ends, part.rows("ends")
    return measured(quantile(cells(ends.age_ms, rows), 0.95), len(rows), _newest(part), "no order ended")


def fill_ratio(part: Slice) -> Measure:
    """Return the share of orders that ended having filled, wholly or in part."""
    import numpy as np

    rows = part.rows("ends")
    filled = int(np.asarray(cells(part.history.ends.filled, rows)).sum())
    return ratio(filled, len(rows), _newest(part), "order ended")


def cancel_ratio(part: Slice) -> Measure:
    """Return the share of orders that ended by cancellation."""
    import numpy as np

    rows = part.rows("ends")
    canceled = int((np.asarray(cells(part.history.ends.event, rows)) == _CANCELED).sum())
    return ratio(canceled, len(rows), _newest(part), "order ended")


def _newest(part: Slice) -> int | None:
    rows = part.rows("ends")
    return part.history.ends.ts[rows[-1]] if rows else None


def _ages(part: Slice) -> Samples:
    return Samples(list(cells(part.history.ends.age_ms, part.rows("ends"))), quantile=0.95)


KPIS.add(
    "order_age_ms_p95",
    Kpi(
        name="order_age_ms_p95",
        better="lower",
        doc="95th percentile of the age at which resting orders ended, from acceptance or last amendment",
        measure=order_age_ms_p95,
        provoke=setting("age_ms"),
        domain=(0, float("inf")),
        samples=_ages,
    ),
)
KPIS.add(
    "fill_ratio",
    Kpi(
        name="fill_ratio",
        better="higher",
        doc="orders that ended having filled, wholly or in part, over orders that ended",
        measure=fill_ratio,
        provoke=setting("filled_ratio"),
        domain=(0, 1),
    ),
)
KPIS.add(
    "cancel_ratio",
    Kpi(
        name="cancel_ratio",
        better="lower",
        doc="orders that ended by cancellation over orders that ended",
        measure=cancel_ratio,
        provoke=lambda value, _iterations: {"filled_ratio": 1 - value},
        domain=(0, 1),
    ),
)
