"""
Bittrex: order histories of four generations, deposits and withdrawals.

Fields: the venue's own headers. A market is written quote first (`USD-BTC`), a row is an order with
what was filled of it, `Price` is the whole price in the quote and `Commission` is paid in the quote.
An order of which nothing was filled moved nothing. Dates are month first.
"""

from decimal import Decimal

from ..entry import FillRow, Kind, Movement, Row
from ..markets import currency as code
from ..record import Record
from .deal import charge, charged, nothing, paid, spot, unit_price
from .interface import FORMATS, Format, each


def _side(record: Record) -> str:
    word = record.word("orderType")
    for side in ("buy", "sell"):
        if word.endswith(f"_{side}"):
            return side
    raise record.refuse("orderType", f"{record.maybe('orderType') or ''!r} is neither a buy nor a sell order")


def _order(record: Record) -> Row:
    quote, dash, base = record.text("exchange").partition("-")
    if not dash:
        raise record.refuse("exchange", f"{record.text('exchange')!r} is no market")
    filled = abs(record.amount("quantity")) - (record.amount_or_none("quantityRemaining") or Decimal(0))
    return _deal(record, (code(base), code(quote)), filled)


def _older(record: Record) -> Row:
    pair = (record.currency("market"), record.currency("quote"))
    return _deal(record, pair, abs(record.amount("filled")))


def _deal(record: Record, pair: tuple[str, str], filled: Decimal) -> Row:
    side = _side(record)
    if filled <= 0:
        return nothing(record, "closed", "order without fills", record.maybe("uuid"))
    total = record.positive("price")
    fee = paid(record, "commission", pair[1])
    fill = FillRow(
        symbol=record.maybe("exchange") or f"{pair[1]}-{pair[0]}", side=side, price=unit_price(total, filled),
        qty=filled,
        order_id=record.maybe("uuid"), **charged(fee),
    )  # fmt: skip
    stated = record.amount_or_none("pricePerUnit")
    if stated:
        fill = FillRow(
            fill.symbol, side, abs(stated), filled, None, fill.order_id, fill.fee, fill.fee_currency
        )
    row = spot(record, fill, pair, total, stamp="closed")
    return Row(row.ts_ns, row.source, row.movements, fill, fill.order_id, word="order")


def _moved(record: Record) -> Row:
    word = record.text("type")
    moved = Movement(
        record.currency("currency"),
        record.amount("amount"),
        Kind.TRANSFER if record.word("type") in {"deposit", "withdrawal"} else Kind.OTHER,
    )
    return Row(record.stamp("date"), record.source, (moved,), None, record.maybe("txId"), word=word)


def _deposit(record: Record) -> Row:
    if record.word("state") not in {"", "confirmed", "completed"}:
        return nothing(record, "lastUpdated", f"deposit {record.text('state')}", record.maybe("txId"))
    moved = Movement(record.currency("currency"), abs(record.amount("amount")), Kind.TRANSFER)
    return Row(
        record.stamp("lastUpdated"), record.source, (moved,), None, record.maybe("txId"), word="deposit"
    )


def _withdrawal(record: Record) -> Row:
    if (
        record.word("canceled") == "true"
        or record.word("invalidAddress") == "true"
        or record.word("state") in {"cancelled", "canceled"}
    ):
        return nothing(record, "opened", "withdrawal canceled", record.maybe("txId"))
    coin = record.currency("currency")
    moved = Movement(coin, -abs(record.amount("amount")), Kind.TRANSFER)
    costs = charge(paid(record, "txCost", coin))
    return Row(
        record.stamp("opened"), record.source, (moved, *costs), None, record.maybe("txId"), word="withdrawal"
    )


FORMATS.add(
    "bittrex-orders",
    Format(
        name="bittrex-orders", venue="bittrex", title="Bittrex order history",
        needs=("uuid", "exchange", "orderType", "quantity", "commission", "price", "closed"),
        also=("limit", "quantityRemaining", "pricePerUnit", "opened", "timeStamp"),
        names={"OrderUuid": "uuid", "Type": "orderType", "CommissionPaid": "commission"}, order="mdy",
        rows=each(_order),
    ),
)  # fmt: skip
FORMATS.add(
    "bittrex-orders-older",
    Format(
        name="bittrex-orders-older", venue="bittrex", title="Bittrex order history, oldest form",
        needs=("uuid", "quote", "market", "orderType", "quantity", "filled", "price", "commission",
        "closed"), also=("opened",),
        names={"Proceeds": "price", "ComissionPaid": "commission", "CommissionPaid": "commission"},
        order="mdy", rows=each(_older),
    ),
)  # fmt: skip
FORMATS.add(
    "bittrex-transfers",
    Format(
        name="bittrex-transfers", venue="bittrex", title="Bittrex deposits and withdrawals",
        needs=("date", "currency", "type", "amount", "txId"), also=("address", "memo/tag"), rows=each(_moved),
    ),
)  # fmt: skip
FORMATS.add(
    "bittrex-deposits",
    Format(
        name="bittrex-deposits", venue="bittrex", title="Bittrex deposits",
        needs=("amount", "currency", "lastUpdated", "txId", "cryptoAddress"),
        also=("confirmations", "state", "source"), order="mdy",
        rows=each(_deposit),
    ),
)  # fmt: skip
FORMATS.add(
    "bittrex-withdrawals",
    Format(
        name="bittrex-withdrawals", venue="bittrex", title="Bittrex withdrawals",
        needs=("currency", "amount", "opened", "txCost", "txId"),
        also=("address", "canceled", "invalidAddress", "state", "closed"),
        order="mdy", rows=each(_withdrawal),
    ),
)  # fmt: skip
