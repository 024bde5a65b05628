"""
Orders of a record: each intended order takes effect at most once.

A client id that is submitted twice is an order sent again on a time-out; a fill that is told twice, or
fills beyond the order's quantity, are money counted twice; a fill of nobody's order is worse.
"""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from ..finding import Finding
from ..operation import History


def orders(history: History, _: float) -> Finding:
    """Judge the journal of a record."""
    sent: dict[Any, Decimal | None] = {}
    clients: set[Any] = set()
    fills: set[Any] = set()
    done: dict[Any, Decimal] = {}
    for operation in history.operations:
        row: Mapping[str, Any] = operation.asked if isinstance(operation.asked, dict) else {}
        if operation.f == "order":
            wrong = _order(row, sent, clients)
        elif operation.f == "fill":
            wrong = _fill(row, sent, fills, done)
        else:
            continue
        if wrong is not None:
            shown = {key: row.get(key) for key in ("seq", "order_id", "client_id", "fill_id", "qty", "event")}
            return Finding("invalid", wrong, {"line": operation.place} | shown)
    if not sent:
        return Finding("unknown", "the journal holds no order", {"orders": 0})
    return Finding("valid", f"{len(sent)} orders and {len(fills)} fills, each once")


def _order(row: Mapping[str, Any], sent: dict[Any, Decimal | None], clients: set[Any]) -> str | None:
    number = row.get("order_id")
    if row.get("event") == "amended":
        sent[number] = _quantity(row.get("qty")) or sent.get(number)
    if row.get("event") != "submitted":
        return None
    client = row.get("client_id", number)
    if number in sent or client in clients:
        return "an order was sent twice"
    sent[number] = _quantity(row.get("qty"))
    clients.add(client)
    return None


def _fill(
    row: Mapping[str, Any], sent: dict[Any, Decimal | None], fills: set[Any], done: dict[Any, Decimal]
) -> str | None:
    name, number = (row.get("symbol"), row.get("fill_id")), row.get("order_id")
    if name in fills:
        return "a fill is told twice"
    fills.add(name)
    if number not in sent:
        return "a fill of an order that was never sent"
    done[number] = done.get(number, Decimal(0)) + (_quantity(row.get("qty")) or Decimal(0))
    whole = sent[number]
    return "an order is filled beyond its quantity" if whole is not None and done[number] > whole else None


def _quantity(value: Any) -> Decimal | None:
    try:
        return None if value is None else Decimal(str(value))
    except InvalidOperation:
        return None
