"""
HitBTC: trade histories of two generations.

Fields: the venue's own headers, whose date names its zone (`Date (+01:00)`). Fee and rebate have a
column each, both without a sign, in the quote.
"""

from decimal import Decimal

from ..entry import FillRow, Row
from ..record import Record
from .deal import Fee, charged, spot
from .interface import FORMATS, Format, each


def _row(record: Record) -> Row:
    pair = record.market("instrument")
    cost, rebate = record.amount_or_none("fee") or Decimal(0), record.amount_or_none("rebate") or Decimal(0)
    cash = abs(rebate) - abs(cost)
    fee: Fee = (cash, pair[1]) if cash else None
    taker = record.word("taker")
    fill = FillRow(
        symbol=record.text("instrument"), side=record.side("side"), price=record.positive("price"),
        qty=record.positive("quantity"),
        trade_id=record.maybe("tradeId"), order_id=record.maybe("orderId"), **charged(fee),
        liquidity={"true": "taker", "false": "maker"}.get(taker),
    )  # fmt: skip
    return spot(record, fill, pair, record.positive("volume"), stamp="date")


FORMATS.add(
    "hitbtc-trades",
    Format(
        name="hitbtc-trades", venue="hitbtc", title="HitBTC trade history",
        needs=("date", "instrument", "side", "quantity", "price", "volume", "fee", "rebate", "total"),
        also=("tradeId", "orderId", "taker", "email"), rows=each(_row),
    ),
)  # fmt: skip
