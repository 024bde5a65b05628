"""
Bitget: spot and contract fills of the API.

Fields: Bitget API v2 (`/spot/trade/fills`, `/mix/order/fill-history`). Fees are cash on Bitget: negative
is paid; they stand in `feeDetail` (an object, or a list with one) as `totalFee` in `feeCoin`. A
contract's fill moves its profit and its fee.
"""

from decimal import Decimal

from ..entry import FillRow, Kind, Movement, Row
from ..record import Record
from .deal import Fee, charge, charged, received, spot
from .interface import FORMATS, JSON, Format, each


def _fee(record: Record) -> Fee:
    detail = record.raw("feeDetail")
    if isinstance(detail, list):
        detail = detail[0] if detail else None
    if not isinstance(detail, dict):
        raise record.refuse("feeDetail", "is no fee")
    told = Record(detail, record.source, record.reading)
    return received(told, "totalFee", told.currency("feeCoin") if told.maybe("feeCoin") else None)


def _fill(record: Record, price: str, qty: str) -> FillRow:
    fee = _fee(record)
    role = record.word("tradeScope")
    return FillRow(
        symbol=record.text("symbol"), side=record.side("side"), price=record.positive(price),
        qty=record.positive(qty),
        trade_id=record.text("tradeId"), order_id=record.maybe("orderId"), **charged(fee),
        liquidity=role if role in {"maker", "taker"} else None,
    )  # fmt: skip


def _spot(record: Record) -> Row:
    fill = _fill(record, "priceAvg", "size")
    return spot(
        record,
        fill,
        record.market("symbol", fill.fee_currency),
        record.amount_or_none("amount"),
        stamp="cTime",
    )


def _contract(record: Record) -> Row:
    fill = _fill(record, "price", "baseVolume")
    profit = record.amount_or_none("profit") or Decimal(0)
    coin = record.maybe("marginCoin") or fill.fee_currency
    if profit and coin is None:
        raise record.refuse("marginCoin", "is missing, so that the profit has no currency")
    moved = (Movement(str(coin), profit, Kind.REALIZED),) if profit else ()
    fee = (fill.fee, fill.fee_currency) if fill.fee is not None and fill.fee_currency is not None else None
    return Row(record.stamp("cTime"), record.source, moved + charge(fee), fill, fill.trade_id, word="trade")


FORMATS.add(
    "bitget-fills",
    Format(
        name="bitget-fills", venue="bitget", title="Bitget spot fills (API answer)",
        needs=("symbol", "tradeId", "orderId", "side", "priceAvg", "size", "feeDetail", "cTime"),
        also=("amount", "tradeScope"),
        rows=each(_spot), shapes=JSON,
    ),
)  # fmt: skip
FORMATS.add(
    "bitget-contract-fills",
    Format(
        name="bitget-contract-fills", venue="bitget", title="Bitget contract fills (API answer)",
        needs=("symbol", "tradeId", "orderId", "side", "price", "baseVolume", "feeDetail", "cTime"),
        also=("profit", "tradeScope", "marginCoin", "quoteVolume"), rows=each(_contract), shapes=JSON,
    ),
)  # fmt: skip
