"""
What cannot be right in a bot's own history: each case listed with its row, none of them mended.

An execution counts even when its order is missing, because money moved; a second row of the same
execution is left out, because it did not move twice.
"""

from collections import defaultdict
from decimal import Decimal

from .telling import Told, ToldFill, ToldOrder

_ZERO = Decimal(0)
# What is left over by rounding at the eighth place of a quantity is no remainder.
_CRUMB = Decimal("1e-6")


def examine(told: Told) -> None:
    """List what is odd between orders and fills, drop repeated rows, and order all by time."""
    told.orders = _once_each(told)
    told.fills = _executed_once(told)
    told.fills.sort(key=lambda fill: (fill.ts_ns, fill.origin.row))
    told.mids.sort(key=lambda mid: mid.ts_ns)
    told.fundings.sort(key=lambda payment: payment.ts_ns)
    if told.tells_orders:
        _compare(told)
    # A cell that was read for two purposes is odd once.
    told.anomalies = sorted(set(told.anomalies), key=lambda one: (one.kind, one.source, one.row, one.detail))


def _once_each(told: Told) -> list[ToldOrder]:
    kept: dict[tuple[str, str], ToldOrder] = {}
    for order in told.orders:
        first = kept.setdefault((order.market, order.key), order)
        if first is not order and first.origin.source == order.origin.source:
            told.odd(
                "duplicate_orders", order.origin, f"order {order.key} stands in row {first.origin.row} too"
            )
    return list(kept.values())


def _executed_once(told: Told) -> list[ToldFill]:
    kept: list[ToldFill] = []
    seen: dict[tuple[str, str | None, str], ToldFill] = {}
    for fill in told.fills:
        first = fill if fill.key is None else seen.setdefault((fill.market, fill.order, fill.key), fill)
        if first is fill:
            kept.append(fill)
        elif _payload(first) != _payload(fill):
            told.odd("conflicting_fills", fill.origin, f"fill {fill.key} differs from row {first.origin.row}")
        elif first.origin.source == fill.origin.source:
            told.odd("duplicate_fills", fill.origin, f"fill {fill.key} stands in row {first.origin.row} too")
    return kept


def _payload(fill: ToldFill) -> tuple[object, ...]:
    return fill.side, fill.price, fill.qty, fill.ts_ns


def _compare(told: Told) -> None:
    known = {(order.market, order.key) for order in told.orders}
    filled: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for fill in told.fills:
        key = (fill.market, fill.order or "")
        if key not in known:
            told.odd("orphan_fills", fill.origin, f"its order {fill.order or '(none)'} is not in the file")
        filled[key] += fill.qty or _ZERO
    for order in told.orders:
        _one(told, order, filled.get((order.market, order.key)))


def _one(told: Told, order: ToldOrder, filled: Decimal | None) -> None:
    """Compare one order's end with what was executed of it."""
    wanted, name = order.qty, f"order {order.key}"
    if order.status == "canceled" and filled is not None:
        told.odd("cancelled_with_fills", order.origin, f"{name} was cancelled and {filled:f} was filled")
    if order.status == "filled" and filled is None:
        told.odd("completed_without_fills", order.origin, f"{name} is completed and has no fill")
    if order.status == "rejected":
        told.odd(
            "failed_orders", order.origin, f"{name} failed" + (f": {order.reason}" if order.reason else "")
        )
        if filled is not None:
            told.odd("rejected_with_fills", order.origin, f"{name} failed and {filled:f} was filled")
    if filled is None or wanted is None:
        return
    if filled > wanted * (1 + _CRUMB):
        told.odd("overfilled_orders", order.origin, f"{name} wanted {wanted:f} and got {filled:f}")
    elif order.status != "open" and filled < wanted * (1 - _CRUMB):
        told.odd("partially_filled_orders", order.origin, f"{name} wanted {wanted:f} and got {filled:f}")
