"""
Gemini: past trades of the API.

Fields: Gemini REST API (`/v1/mytrades`): `type` Buy or Sell, `timestampms`, the fee as paid in
`fee_currency`, `aggressor` for a taker.
"""

from ..entry import FillRow, Row
from ..record import Record
from .deal import charged, paid, spot
from .interface import BOTH, FORMATS, Format, each


def _row(record: Record) -> Row:
    coin = record.currency("fee_currency") if record.maybe("fee_currency") else None
    fee = paid(record, "fee_amount", coin)
    aggressor = record.word("aggressor")
    symbol = record.maybe("symbol")
    if symbol is None:
        raise record.refuse("symbol", "is missing, so that the trade has no market")
    fill = FillRow(
        symbol=symbol, side=record.side("type"), price=record.positive("price"),
        qty=record.positive("amount"),
        trade_id=record.text("tid"), order_id=record.maybe("order_id"), **charged(fee),
        liquidity={"true": "taker", "false": "maker"}.get(aggressor),
    )  # fmt: skip
    return spot(record, fill, record.market("symbol", coin), stamp="timestampms")


FORMATS.add(
    "gemini-trades",
    Format(
        name="gemini-trades", venue="gemini", title="Gemini past trades (API answer)",
        needs=("price", "amount", "timestampms", "type", "fee_currency", "fee_amount", "tid"),
        also=("symbol", "aggressor", "order_id", "exchange"), rows=each(_row), shapes=BOTH,
    ),
)  # fmt: skip
