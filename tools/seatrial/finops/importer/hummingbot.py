"""
Hummingbot's own trades, as its `trades_<config>.csv` has them: a bot's record, not a venue's.

Fields: hummingbot's exports. `trade_fee` is a Python mapping: flat fees per token as the venue told
them, or a share that the bot assumed. Added to the cost, a share is paid in the quote (or in the
token it names); deducted from the returns, in what was received. Markets called perpetual are
contracts: their fills move their fee alone.
"""

import ast
from decimal import Decimal
from typing import Any

from ..entry import FillRow, Row
from ..markets import currency as code
from ..record import Record
from .deal import Fee, charge, charged, swap
from .interface import FORMATS, Format, each

LONGEST_FEE = 4_000


def _row(record: Record) -> Row:
    pair = (record.currency("base_asset"), record.currency("quote_asset"))
    side, price, qty = record.side("trade_type"), record.positive("price"), record.positive("amount")
    fees = _fees(record, pair, side, price * qty, qty)
    first = fees[0] if fees else None
    fill = FillRow(
        symbol=record.text("symbol"), side=side, price=price, qty=qty,
        trade_id=record.maybe("exchange_trade_id"),
        order_id=record.maybe("order_id"), **charged(first),
        liquidity="maker" if record.word("order_type") == "limit_maker" else None,
    )  # fmt: skip
    moved = () if "perpetual" in record.word("market") else swap(pair, side, qty, price * qty)
    for fee in fees:
        moved += charge(fee)
    return Row(
        record.stamp("timestamp"), record.source, moved, fill, fill.trade_id, record.maybe("market") or "",
        "trade",
    )  # fmt: skip


def _fees(record: Record, pair: tuple[str, str], side: str, total: Decimal, qty: Decimal) -> list[Fee]:
    told = _told(record)
    flat = [
        (_number(record, one.get("amount")), str(one.get("token"))) for one in told.get("flat_fees") or []
    ]
    fees: list[Fee] = [(-amount, code(token)) for amount, token in flat if amount]
    share = _number(record, told.get("percent") or "0")
    if share:
        deducted = str(told.get("fee_type")) == "DeductedFromReturns"
        received = (qty, pair[0]) if side == "buy" else (total, pair[1])
        amount, coin = received if deducted else (total, pair[1])
        fees.append((-share * amount, code(str(told.get("percent_token") or coin))))
    return fees


def _told(record: Record) -> dict[str, Any]:
    text = record.text("trade_fee")
    try:
        told = ast.literal_eval(text) if len(text) <= LONGEST_FEE else None
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        try:
            told = ast.literal_eval(text.replace("null", "None"))
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            told = None
    if not isinstance(told, dict) or not all(isinstance(one, dict) for one in told.get("flat_fees") or []):
        raise record.refuse("trade_fee", "is no fee as hummingbot writes it")
    return told


def _number(record: Record, value: object) -> Decimal:
    try:
        return Decimal(str(value))
    except ArithmeticError as error:
        raise record.refuse("trade_fee", f"{value!r} is not a number") from error


FORMATS.add(
    "hummingbot-trades",
    Format(
        name="hummingbot-trades", venue="hummingbot", title="Hummingbot trades (the bot's own record)",
        needs=("market", "symbol", "base_asset", "quote_asset", "timestamp", "trade_type", "price",
        "amount", "trade_fee"),
        also=("exchange_trade_id", "order_id", "order_type", "config_file_path", "strategy"), rows=each(_row),
    ),
)  # fmt: skip
