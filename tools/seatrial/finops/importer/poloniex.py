"""
Poloniex: trade histories of four generations, deposits and withdrawals.

Fields: the venue's own headers. What was moved after the fee stands in `Base Total Less Fee` (the
quote coin, which Poloniex calls base) and `Quote Total Less Fee`; the fee of the first form is a
share, of the second an amount in a coin. The fee is what the totals lack,
so it is exact. The fee of a withdrawal is
contained in its amount.
"""

from decimal import Decimal

from ..entry import FillRow, Kind, Movement, Row
from ..markets import currency as code
from ..record import Record
from .deal import Fee, charged, nothing, paid, spot
from .interface import FORMATS, Format, each


def _pair(record: Record) -> tuple[str, str]:
    if record.word("category") not in {"exchange", "spot", "margintrade", ""}:
        raise record.refuse("category", f"{record.text('category')!r} is no kind of trade")
    return record.market("market")


def _trade(record: Record) -> Row:
    pair = _pair(record)
    side = record.side("type")
    qty, total = record.positive("amount"), record.positive("total")
    money, coins = abs(record.amount("baseTotalLessFee")), abs(record.amount("quoteTotalLessFee"))
    fee: Fee = (coins - qty, pair[0]) if side == "buy" else (money - total, pair[1])
    assert fee is not None
    if (
        record.maybe("feeCurrency")
        and record.currency("feeCurrency") != fee[1]
        and record.amount_or_none("feeTotal")
    ):
        raise record.refuse(
            "feeCurrency",
            f"{record.text('feeCurrency')!r} cannot be the fee of a {side} of {record.text('market')}",
        )
    if fee[0] > 0:
        raise record.refuse("baseTotalLessFee", "is more than the total without the fee")
    fill = FillRow(
        symbol=record.text("market"), side=side, price=record.positive("price"), qty=qty,
        order_id=record.maybe("orderNumber"),
        trade_id=record.maybe("tradeId"), fee=fee[0] or None, fee_currency=fee[1] if fee[0] else None,
    )  # fmt: skip
    return spot(record, fill, pair, total if side == "sell" else money, stamp="date")


def _newest(record: Record) -> Row:
    name = record.text("symbol")
    base, _, quote = name.replace("/", "_").partition("_")
    pair = (code(base), code(quote))
    if not quote:
        pair = record.market("symbol")
    coin = record.currency("feeCurrency") if record.maybe("feeCurrency") else None
    cost = record.amount_or_none("fee") or Decimal(0)
    if cost and coin is None:
        raise record.refuse("feeCurrency", "is missing")
    fill = FillRow(
        symbol=name, side=record.side("side"), price=record.positive("price"),
        qty=record.positive("quantity"),
        trade_id=record.maybe("id"), order_id=record.maybe("orderId"), fee=-cost if cost else None,
        fee_currency=coin if cost else None,
        liquidity={"maker": "maker", "taker": "taker"}.get(record.word("matchRole")),
    )  # fmt: skip
    return spot(record, fill, pair, record.amount_or_none("amount"), stamp="createTime")


FORMATS.add(
    "poloniex-trades",
    Format(
        name="poloniex-trades", venue="poloniex", title="Poloniex trade history",
        needs=("date", "market", "type", "price", "amount", "total", "fee", "baseTotalLessFee",
        "quoteTotalLessFee"),
        also=("category", "orderNumber", "feeCurrency", "feeTotal"), rows=each(_trade),
    ),
)  # fmt: skip


def _bought_or_sold(record: Record) -> Row:
    pair = record.market("market")
    fee = paid(record, "fee_total", record.currency("fee_currency") if record.maybe("fee_currency") else None)
    fill = FillRow(
        symbol=record.text("market"), side=record.side("side"), price=record.positive("price"),
        qty=record.positive("amount"),
        trade_id=record.text("trade_id"), **charged(fee),
    )  # fmt: skip
    return spot(record, fill, pair, stamp="create_time")


def _travel(record: Record, when: str, sign: int) -> Row:
    word = "deposit" if sign > 0 else "withdrawal"
    # The status carries the transaction's hash behind a colon.
    if not record.word("f_status").startswith("complete"):
        return nothing(record, when, f"{word} {record.text('f_status')}")
    moved = Movement(record.currency("currency"), sign * abs(record.amount("f_amount")), Kind.TRANSFER)
    return Row(record.stamp(when), record.source, (moved,), word=word)


FORMATS.add(
    "poloniex-bought-sold",
    Format(
        name="poloniex-bought-sold", venue="poloniex", title="Poloniex trades of the newer site",
        needs=("create_time", "trade_id", "market", "side", "price", "amount", "fee_currency", "fee_total"),
        also=("fee",),
        rows=each(_bought_or_sold),
    ),
)  # fmt: skip
FORMATS.add(
    "poloniex-deposits",
    Format(
        name="poloniex-deposits", venue="poloniex", title="Poloniex deposits",
        needs=("f_created_at", "currency", "f_amount", "f_status"), also=("f_address",),
        rows=each(lambda record: _travel(record, "f_created_at", 1)),
    ),
)  # fmt: skip
FORMATS.add(
    "poloniex-withdrawals",
    Format(
        name="poloniex-withdrawals", venue="poloniex", title="Poloniex withdrawals",
        needs=("f_date", "currency", "f_amount", "f_feededucted", "f_status"),
        rows=each(lambda record: _travel(record, "f_date", -1)),
    ),
)  # fmt: skip
FORMATS.add(
    "poloniex-fills",
    Format(
        name="poloniex-fills", venue="poloniex", title="Poloniex trades (API answer or CSV)",
        needs=("symbol", "side", "price", "quantity", "amount", "createTime", "feeCurrency"),
        also=("id", "orderId", "matchRole", "feeAmount", "fee", "accountType"), names={"feeAmount": "fee"},
        shapes=("table",),
        rows=each(_newest),
    ),
)  # fmt: skip
