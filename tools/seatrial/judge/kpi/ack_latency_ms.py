"""
Latency: from the moment a decision was due to the moment its answer was known.

Measured from the intended time, so that a bot that was late to send does not look fast.
"""

from functools import partial

from ..columns import part as cells
from ..slices import Slice
from .kpi import KPIS, Kpi, Measure, Samples, measured, quantile, setting


def ack_latency_ms(share: float, part: Slice) -> Measure:
    """Return a quantile of the latency of answered submissions and amendments, taken or refused, in ms."""
    acks, rows = part.history.acks, part.rows("acks")
    newest = acks.ts[rows[-1]] if rows else None
    return measured(quantile(cells(acks.latency_ms, rows), share), len(rows), newest, "no order was answered")


def _samples(share: float, part: Slice) -> Samples:
    return Samples(list(cells(part.history.acks.latency_ms, part.rows("acks"))), quantile=share)


for _percent in (50, 95, 99):
    KPIS.add(
        f"ack_latency_ms_p{_percent}",
        Kpi(
            name=f"ack_latency_ms_p{_percent}",
            better="lower",
            doc=f"{_percent}th percentile from the intended submission or amendment to the answer, in ms",
            measure=partial(ack_latency_ms, _percent / 100),
            provoke=setting("latency_ms"),
            needs="ack",
            domain=(0, float("inf")),
            samples=partial(_samples, _percent / 100),
        ),
    )
