"""
Kraken Futures: the account log, as exported.

Fields: the venue's own header (dateTime, account, type, symbol, change, new balance, realized pnl, fee,
realized funding, collateral). A row of a currency's wallet says what changed in it and what it is
after; a row of a position counts contracts and says profit, funding and fee in the collateral, which
the wallet's own row books. So only wallet rows move money, and a position's row carries the fill.
"""

from decimal import Decimal

from ..entry import FillRow, Kind, Movement, Row
from ..record import Record
from .deal import kind_of
from .interface import FORMATS, Format, each
from .kraken import currency

KINDS = {
    "futures trade": Kind.REALIZED, "funding rate change": Kind.FUNDING,
    "futures liquidation": Kind.LIQUIDATION,
    "futures assignor": Kind.LIQUIDATION, "futures assignee": Kind.LIQUIDATION,
    "futures unwind counterparty": Kind.LIQUIDATION,
    "cross-exchange transfer": Kind.TRANSFER, "deposit": Kind.TRANSFER, "withdrawal": Kind.TRANSFER,
    "transfer": Kind.TRANSFER,
    "conversion": Kind.CONVERSION, "interest payment": Kind.INTEREST, "settlement": Kind.REALIZED,
    "bounty": Kind.REFERRAL,
    "admin transfer": Kind.TRANSFER, "kfee applied": Kind.FEE,
}  # fmt: skip
POSITIONS = ("pi_", "pf_", "fi_", "ff_", "pv_", "fv_")


def _row(record: Record) -> Row:
    word, symbol, account = record.text("type"), record.text("symbol"), record.maybe("account") or ""
    ref, change = record.maybe("uid"), record.amount("change")
    when = record.stamp("dateTime")
    if symbol.lower().startswith(POSITIONS):
        return Row(when, record.source, (), _fill(record, symbol, change), ref, account, word, symbol)
    coin = currency(symbol)
    kind = kind_of(KINDS, record.word("type"))
    moved = Movement(coin, change, kind, record.amount_or_none("newBalance"))
    return Row(when, record.source, (moved,), None, ref, account, word, record.maybe("contract") or "")


def _fill(record: Record, symbol: str, change: Decimal) -> FillRow | None:
    price = record.amount_or_none("tradePrice")
    if not price or not change:
        return None
    cost = record.amount_or_none("fee")
    collateral = record.maybe("collateral")
    if cost and collateral is None:
        raise record.refuse("collateral", "is missing, so that the fee has no currency")
    return FillRow(
        symbol=symbol, side="buy" if change > 0 else "sell", price=abs(price), qty=abs(change),
        trade_id=record.maybe("uid"),
        fee=-cost if cost else None, fee_currency=currency(collateral) if cost and collateral else None,
    )  # fmt: skip


FORMATS.add(
    "kraken-futures-log",
    Format(
        name="kraken-futures-log", venue="kraken", title="Kraken Futures account log",
        needs=("dateTime", "account", "type", "symbol", "change", "newBalance", "realizedPnl", "fee",
        "realizedFunding"),
        also=("uid", "tradePrice", "collateral", "contract", "markPrice"), rows=each(_row),
    ),
)  # fmt: skip
