"""
Binance's order history, in which the executions stand below their order.

Fields: the venue's own headers. An order's row says market and side; the rows below it, under a
header of their own, say when, at what price, how much and which fee (as paid, with its unit). An
order that was filled and has no such rows is taken as one execution, without a fee, because the
export knows none. A cancelled order moved nothing but what stands below it.
"""

from collections.abc import Iterable, Iterator

from ..entry import FillRow, Row
from ..record import Record
from .deal import nothing, spot
from .interface import FORMATS, TABLE, Format

FILLED = frozenset({"filled", "partially_filled", "partially filled"})


def _rows(records: Iterable[Record]) -> Iterator[Row]:
    order: Record | None = None
    executions = 0
    for record in records:
        below = _under(record)[0]
        if record.maybe("date"):
            if order is not None and not executions:
                yield _alone(order)
            order, executions = record, 0
        elif record.word(below).startswith("date"):
            continue
        elif order is None:
            raise record.refuse("date", "an execution stands before its order")
        else:
            executions += 1
            yield _execution(record, order)
    if order is not None and not executions:
        yield _alone(order)


def _under(record: Record) -> list[str]:
    """Return the columns under which an execution's cells stand: all after the empty first one."""
    return [name for name in record.names() if name != "date"][:5]


def _side_of(order: Record) -> str:
    """Return the side: in its own column, or in `Type` where that is no order type."""
    return order.side("side") if order.maybe("side") else order.side("type")


def _alone(order: Record) -> Row:
    """Return the row of an order without executions below it."""
    side = _side_of(order)
    filled = order.amount_or_none("filled")
    if not filled:
        return nothing(order, "date", order.maybe("status") or "order", order.maybe("orderNo"))
    if order.word("status") not in FILLED and order.word("status"):
        raise order.refuse(
            "status", f"{order.maybe('status')!r} with {filled} filled", "export the trades too"
        )
    fill = FillRow(
        symbol=order.text("pair"), side=side, price=order.positive("avgTradingPrice"),
        qty=order.positive("filled"),
        order_id=order.maybe("orderNo"),
    )  # fmt: skip
    return spot(order, fill, order.market("pair"), order.amount_or_none("total"), stamp="date")


def _execution(record: Record, order: Record) -> Row:
    """
    Return the row of an execution, whose cells stand under the order's headers.

    They are shifted by the empty first cell: date, price, filled, total, fee.
    """
    pair = order.market("pair")
    date, price, filled, total, fee_cell = _under(record)
    fee, coin = record.worded(fee_cell, pair) if record.maybe(fee_cell) else (None, None)
    if fee and coin is None:
        raise record.refuse("fee", "has no currency")
    fill = FillRow(
        symbol=order.text("pair"), side=_side_of(order), price=record.positive(price),
        qty=record.positive(filled),
        order_id=order.maybe("orderNo"), fee=-fee if fee else None, fee_currency=coin if fee else None,
    )  # fmt: skip
    return spot(record, fill, pair, record.positive(total), stamp=date)


FORMATS.add(
    "binance-orders",
    Format(
        name="binance-orders", venue="binance", title="Binance spot order history",
        needs=("date", "pair", "type", "orderPrice", "orderAmount", "avgTradingPrice", "filled", "total",
        "status"),
        also=("orderNo", "side"), shapes=TABLE, comma="thousands", rows=_rows,
    ),
)  # fmt: skip
