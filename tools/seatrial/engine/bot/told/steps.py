"""
The steps of a history in order of time: an order is sent, taken, filled, ends.

At one moment the market comes first, then what the bot sends, then what happens to it, so that no
order is filled before it was there.
"""

from dataclasses import dataclass

from .telling import Told, ToldFill, ToldFunding, ToldMid, ToldOrder

_END = {"filled": "filled", "canceled": "canceled", "expired": "expired", "rejected": "rejected"}
_RANK = {"sample": 0, "submitted": 1, "accepted": 2, "fill": 3, "funding": 5}
_LAST = 4


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened; `event` is the word of an order's journal event."""

    ts_ns: int
    what: ToldOrder | ToldFill | ToldMid | ToldFunding
    event: str


def steps_of(told: Told) -> list[Step]:
    """Return every step; an order whose time nobody tells is listed and has none."""
    steps = [Step(mid.ts_ns, mid, "sample") for mid in told.mids]
    steps += [Step(payment.ts_ns, payment, "funding") for payment in told.fundings]
    first, last = _times(told)
    for order in told.orders:
        steps.extend(_life(told, order, first, last))
    steps += [Step(fill.ts_ns, fill, "fill") for fill in told.fills]
    steps.sort(key=lambda step: (step.ts_ns, _RANK.get(step.event, _LAST)))
    return steps


def _times(told: Told) -> tuple[dict[tuple[str, str], int], dict[tuple[str, str], int]]:
    first: dict[tuple[str, str], int] = {}
    last: dict[tuple[str, str], int] = {}
    for fill in told.fills:
        key = (fill.market, fill.order or "")
        first.setdefault(key, fill.ts_ns)
        last[key] = fill.ts_ns
    return first, last


def _life(
    told: Told, order: ToldOrder, first: dict[tuple[str, str], int], last: dict[tuple[str, str], int]
) -> list[Step]:
    key = (order.market, order.key)
    began = order.created_ns if order.created_ns is not None else first.get(key, order.ended_ns)
    if began is None:
        told.odd("impossible_values", order.origin, f"order {order.key} has no time")
        return []
    if key in first and first[key] < began:
        told.odd("fills_before_orders", order.origin, f"order {order.key} was filled before it was made")
    steps = [Step(began, order, "submitted")]
    if order.status != "rejected":
        steps.append(Step(began, order, "accepted"))
    word = _END.get(order.status)
    ended = order.ended_ns if order.ended_ns is not None else last.get(key, began)
    if word == "filled":
        ended = max(ended, last.get(key, ended))
    if word:
        steps.append(Step(max(ended, began), order, word))
    return steps
