"""
OKX exports: the old trade list, the trading account's history, the funding account's.

Fields: the venue's own headers. In the old list a sale has a negative amount, and the total and the
fee carry their unit and are cash. In the newer history each row is one currency of one trade
(`Balance Change` in `Balance Unit`, the fee contained), and the first line names the time zone.
"""

from decimal import Decimal

from ..entry import FillRow, Kind, Movement, Row
from ..record import Record
from .deal import fee_kind, kind_of, parted, spot
from .interface import FORMATS, Format, each

TYPES = {
    "spot": Kind.TRADE, "margin": Kind.TRADE, "swap": Kind.REALIZED, "perpetual": Kind.REALIZED,
    "futures": Kind.REALIZED,
    "expiry futures": Kind.REALIZED, "options": Kind.REALIZED, "transfer": Kind.TRANSFER,
    "convert": Kind.CONVERSION,
    "funding fee": Kind.FUNDING, "interest": Kind.INTEREST, "liquidation": Kind.LIQUIDATION,
}  # fmt: skip
ACTIONS = {
    "funding fee": Kind.FUNDING, "funding fee expense": Kind.FUNDING, "funding fee income": Kind.FUNDING,
    "transfer in": Kind.TRANSFER, "transfer out": Kind.TRANSFER, "interest": Kind.INTEREST,
    "liquidation": Kind.LIQUIDATION,
}  # fmt: skip
FUNDING_TYPES = {
    "deposit": Kind.TRANSFER, "withdrawal": Kind.TRANSFER, "transfer in": Kind.TRANSFER,
    "transfer out": Kind.TRANSFER,
    "to trading account": Kind.TRANSFER, "from trading account": Kind.TRANSFER, "convert": Kind.CONVERSION,
    "from: trading account": Kind.TRANSFER, "to: trading account": Kind.TRANSFER,
    "simple earn interest": Kind.INTEREST,
}  # fmt: skip


def _old(record: Record) -> Row:
    pair = record.market("pairs")
    amount = record.amount("amount")
    if not amount:
        raise record.refuse("amount", "is zero")
    total, total_in = record.worded("total", pair)
    if total_in is not None and total_in != pair[1]:
        raise record.refuse("total", f"is in {total_in}, the market {record.text('pairs')} in {pair[1]}")
    unit = record.maybe("unit")
    if unit is not None and unit.upper() != pair[0]:
        raise record.refuse("unit", f"{unit!r} is not the base of {record.text('pairs')}")
    fee, coin = record.worded("fee", pair) if record.maybe("fee") else (Decimal(0), None)
    if fee and coin is None:
        raise record.refuse("fee", "has no currency")
    fill = FillRow(
        symbol=record.text("pairs"), side="buy" if amount > 0 else "sell", price=record.positive("price"),
        qty=abs(amount),
        trade_id=record.maybe("tradeId"), order_id=record.maybe("orderId"), fee=fee or None,
        fee_currency=coin if fee else None,
        liquidity=record.word("taker/maker") if record.word("taker/maker") in {"maker", "taker"} else None,
    )  # fmt: skip
    return spot(record, fill, pair, total, stamp="tradeTime")


def _trading(record: Record) -> Row:
    kind, action = record.word("tradeType"), record.word("action")
    word = ": ".join(part for part in (record.maybe("tradeType"), record.maybe("action")) if part)
    currency, change = record.currency("balanceUnit"), record.amount("balanceChange")
    fee_unit = record.currency("feeUnit") if record.maybe("feeUnit") else currency
    fee = record.amount_or_none("fee") or Decimal(0)
    own = fee if fee_unit == currency else Decimal(0)
    parts = [(change - own, ACTIONS.get(action) or kind_of(TYPES, kind)), (own, fee_kind(own))]
    moved = parted(currency, parts, record.amount_or_none("balance"))
    return Row(
        record.stamp("time"), record.source, moved, _trading_fill(record, action, currency, fee, fee_unit),
        record.maybe("id"), word=word,
    )  # fmt: skip


def _trading_fill(record: Record, action: str, currency: str, fee: Decimal, fee_unit: str) -> FillRow | None:
    """Return the fill, once: on a spot market the row of the base coin has it."""
    symbol, price = record.maybe("symbol") or "", record.amount_or_none("filledPrice")
    amount = record.amount_or_none("amount")
    if not price or not amount or action.partition(" ")[0] not in {"buy", "sell", "open", "close"}:
        return None
    if record.word("tradeType") == "spot" and not symbol.upper().startswith(currency):
        return None
    side = {"open long": "buy", "close short": "buy", "open short": "sell", "close long": "sell"}.get(action)
    return FillRow(
        symbol=symbol, side=side or record.side("action"), price=abs(price), qty=abs(amount),
        trade_id=record.maybe("id"),
        order_id=record.maybe("orderId"), fee=fee or None, fee_currency=fee_unit if fee else None,
    )  # fmt: skip


def _funding(record: Record) -> Row:
    word = record.text("type")
    before, after, amount = (
        record.amount_or_none("beforeBalance"),
        record.amount_or_none("afterBalance"),
        record.amount("amount"),
    )
    if before is not None and after is not None and abs(after - before) != abs(amount):
        raise record.refuse("amount", f"{amount} is not the change from {before} to {after}")
    change = amount if before is None or after is None else after - before
    moved = Movement(record.currency("symbol"), change, kind_of(FUNDING_TYPES, record.word("type")), after)
    return Row(record.stamp("time"), record.source, (moved,), None, record.maybe("id"), word=word)


FORMATS.add(
    "okx-trades",
    Format(
        name="okx-trades", venue="okx", title="OKX (OKEx) trade list",
        needs=("tradeTime", "pairs", "amount", "price", "total", "fee"),
        also=("orderId", "tradeId", "taker/maker", "unit"), rows=each(_old),
    ),
)  # fmt: skip
FORMATS.add(
    "okx-trading-history",
    Format(
        name="okx-trading-history", venue="okx", title="OKX trading account history",
        needs=("id", "time", "tradeType", "symbol", "action", "balanceChange", "balanceUnit"),
        also=("orderId", "amount", "tradingUnit", "filledPrice", "pnl", "fee", "feeUnit", "balance"),
        rows=each(_trading),
    ),
)  # fmt: skip
FORMATS.add(
    "okx-funding-history",
    Format(
        name="okx-funding-history", venue="okx", title="OKX funding account history",
        needs=("id", "time", "type", "amount", "beforeBalance", "afterBalance", "symbol"),
        rows=each(_funding),
    ),
)  # fmt: skip
