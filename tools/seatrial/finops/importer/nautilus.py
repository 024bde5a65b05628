"""
Nautilus Trader's fills, as its report has them: a bot's record, not a venue's.

Fields: nautilus_trader's OrderFilled and fills report. Quantities, prices and the commission (`0.12 USDT`,
as paid) are text; `ts_event` is nanoseconds, or a time with its zone. The venue stands behind the last
point of the instrument's name. A perpetual or future moves its fee alone.
"""

from ..entry import FillRow, Row
from ..record import Record
from .deal import Fee, charge, charged, swap
from .interface import BOTH, FORMATS, Format, each

ROLES = {"maker": "maker", "taker": "taker", "1": "maker", "2": "taker"}
SIDES = {"1": "buy", "2": "sell"}
CONTRACTS = ("-PERP", "_PERP", "-SWAP", "-LINEAR", "-INVERSE")


def _row(record: Record) -> Row:
    symbol, _, venue = record.text("instrument_id").rpartition(".")
    if not symbol:
        raise record.refuse("instrument_id", f"{venue!r} has no venue behind a point")
    cost, coin = record.worded("commission") if record.maybe("commission") else (None, None)
    if cost and coin is None:
        raise record.refuse("commission", "has no currency")
    fee: Fee = None if cost is None or coin is None else (0 - cost, coin)
    side = SIDES.get(record.word("order_side")) or record.side("order_side")
    fill = FillRow(
        symbol=symbol, side=side, price=record.positive("last_px"), qty=record.positive("last_qty"),
        trade_id=record.text("trade_id"),
        order_id=record.maybe("venue_order_id") or record.maybe("client_order_id"),
        **charged(fee),
        liquidity=ROLES.get(record.word("liquidity_side")),
    )  # fmt: skip
    moved = charge(fee)
    if not symbol.upper().endswith(CONTRACTS):
        moved = swap(_pair(record, symbol), side, fill.qty, fill.price * fill.qty) + moved
    return Row(record.stamp("ts_event"), record.source, moved, fill, fill.trade_id, venue, "fill")


def _pair(record: Record, symbol: str) -> tuple[str, str]:
    return Record({"symbol": symbol}, record.source, record.reading).market(
        "symbol", record.maybe("currency")
    )


FORMATS.add(
    "nautilus-fills",
    Format(
        name="nautilus-fills", venue="nautilus", title="Nautilus Trader fills (the bot's own record)",
        needs=("instrument_id", "trade_id", "order_side", "last_qty", "last_px", "ts_event"),
        also=("commission", "liquidity_side", "venue_order_id", "client_order_id", "account_id", "currency"),
        rows=each(_row), shapes=BOTH,
    ),
)  # fmt: skip
