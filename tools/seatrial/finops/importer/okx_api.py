"""
OKX answers: fills and account bills.

Fields: OKX API documentation v5, trade/fills and account/bills. `fee` is cash on OKX: negative is
paid. A bill's `balChg` is the whole change of the wallet, in which `fee` and `pnl` are contained.
A fill of a contract counts contracts, and moves its profit and fee alone.
"""

from decimal import Decimal

from ..entry import FillRow, Kind, Movement, Row
from ..record import Record
from .deal import charge, charged, fee_kind, parted, received, spot
from .interface import BOTH, FORMATS, Format, each

# Bill types of account/bills.
TYPES = {
    "1": Kind.TRANSFER, "2": Kind.TRADE, "3": Kind.REALIZED, "4": Kind.CONVERSION, "5": Kind.LIQUIDATION,
    "6": Kind.TRANSFER, "7": Kind.INTEREST, "8": Kind.FUNDING, "9": Kind.LIQUIDATION, "10": Kind.INSURANCE,
    "11": Kind.CONVERSION, "12": Kind.TRANSFER, "14": Kind.TRADE, "16": Kind.TRANSFER, "22": Kind.TRANSFER,
    "24": Kind.TRADE, "27": Kind.CONVERSION, "28": Kind.CONVERSION, "29": Kind.CONVERSION, "30": Kind.TRADE,
    "34": Kind.REALIZED,
}  # fmt: skip
LIQUIDITY = {"m": "maker", "t": "taker"}


def _fill(record: Record) -> Row:
    coin = record.currency("feeCcy") if record.maybe("feeCcy") else None
    fee = received(record, "fee", coin)
    fill = FillRow(
        symbol=record.text("instId"), side=record.side("side"), price=record.positive("fillPx"),
        qty=record.positive("fillSz"), trade_id=record.maybe("tradeId"), order_id=record.maybe("ordId"),
        **charged(fee),
        liquidity=LIQUIDITY.get(record.word("execType")),
    )  # fmt: skip
    if record.word("instType") in {"spot", "margin"} or record.text("instId").count("-") == 1:
        return spot(record, fill, record.market("instId"), stamp="ts")
    profit = record.amount_or_none("fillPnl")
    if profit and coin is None:
        raise record.refuse("feeCcy", "is missing, so that the profit has no currency")
    moved = (Movement(str(coin), profit, Kind.REALIZED),) if profit else ()
    return Row(record.stamp("ts"), record.source, moved + charge(fee), fill, fill.trade_id, word="trade")


def _bill(record: Record) -> Row:
    number, sub = record.text("type"), record.maybe("subType") or ""
    kind = TYPES.get(number, Kind.OTHER)
    currency, change = record.currency("ccy"), record.amount("balChg")
    fee, profit = record.amount_or_none("fee") or Decimal(0), record.amount_or_none("pnl") or Decimal(0)
    earned = Kind.FUNDING if kind is Kind.FUNDING else Kind.REALIZED
    parts = [(change - fee - profit, kind), (profit, earned), (fee, fee_kind(fee))]
    movements = parted(currency, parts, record.amount_or_none("bal"))
    word = f"type {number}" + (f" subtype {sub}" if sub else "")
    symbol = record.maybe("instId") or ""
    return Row(
        record.stamp("ts"), record.source, movements, None, record.maybe("billId"), word=word, symbol=symbol
    )


FORMATS.add(
    "okx-fills",
    Format(
        name="okx-fills", venue="okx", title="OKX fills (API answer)",
        needs=("instId", "fillPx", "fillSz", "side", "ts"),
        also=("instType", "tradeId", "ordId", "fee", "feeCcy", "execType", "fillPnl", "billId"),
        rows=each(_fill), shapes=BOTH,
    ),
)  # fmt: skip
FORMATS.add(
    "okx-bills",
    Format(
        name="okx-bills", venue="okx", title="OKX account bills (API answer)",
        needs=("billId", "ccy", "balChg", "type", "ts"),
        also=("bal", "subType", "fee", "pnl", "instId", "sz", "px"),
        rows=each(_bill), shapes=BOTH,
    ),
)  # fmt: skip
