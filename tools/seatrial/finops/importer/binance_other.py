"""
Binance's small exports and the spot stream: auto-invest, staking, interest, execution reports.

Fields: the venue's own headers; the stream's letters are those of the API documentation
(`executionReport`: x what happened, l last quantity, L last price, n and N the fee as paid).
"""

from decimal import Decimal

from ..entry import FillRow, Kind, Movement, Row
from ..record import Record
from .deal import charge, charged, is_done, nothing, paid, spot
from .interface import FORMATS, JSON, TABLE, Format, each


def _auto_invest(record: Record) -> Row:
    if not is_done(record, "status"):
        return nothing(record, "date", f"auto-invest {record.maybe('status') or ''}".strip())
    spent, spent_in = record.worded("amountPerPeriod")
    got, coin = record.worded("units")
    fee, fee_in = record.worded("tradingFee") if record.maybe("tradingFee") else (Decimal(0), None)
    if spent_in is None or coin is None or (fee and fee_in is None):
        raise record.refuse("units", "has no currency")
    moved = (
        Movement(spent_in, -spent + (fee if fee_in == spent_in else 0), Kind.TRADE),
        Movement(coin, got, Kind.TRADE),
    )
    return Row(
        record.stamp("date"), record.source, moved + charge((-fee, fee_in) if fee and fee_in else None),
        word="auto-invest",
    )  # fmt: skip


def _staking(record: Record) -> Row:
    if not is_done(record, "status"):
        return nothing(record, "date", f"staking {record.maybe('status') or ''}".strip())
    amount = record.amount("amount")
    moved = (
        Movement(record.currency("coin"), -amount, Kind.CONVERSION),
        Movement(record.currency("token"), amount, Kind.CONVERSION),
    )
    return Row(record.stamp("date"), record.source, moved, word="staking")


def _interest(record: Record) -> Row:
    moved = Movement(record.currency("coin"), record.amount("amount"), Kind.INTEREST)
    return Row(record.stamp("date"), record.source, (moved,), word=record.text("productName"))


def _report(record: Record) -> Row:
    word = record.text("x")
    if not record.amount_or_none("l"):
        return nothing(record, "T", word)
    coin = record.currency("N") if record.maybe("N") else None
    fee = paid(record, "n", coin)
    fill = FillRow(
        symbol=record.text("s"), side=record.side("S"), price=record.positive("L"), qty=record.positive("l"),
        trade_id=record.maybe("t"), order_id=record.maybe("i"), **charged(fee),
        liquidity="maker" if record.flag("m") else "taker",
    )  # fmt: skip
    return spot(record, fill, record.market("s", coin), record.amount_or_none("Y"), stamp="T")


FORMATS.add(
    "binance-auto-invest",
    Format(
        name="binance-auto-invest", venue="binance", title="Binance auto-invest history",
        needs=("date", "holdingCoin", "amountPerPeriod", "units", "status"), also=("tradingFee", "from"),
        names={"Auto-Invest Date": "date"}, order="mdy", shapes=TABLE, rows=each(_auto_invest),
    ),
)  # fmt: skip
FORMATS.add(
    "binance-eth-staking",
    Format(
        name="binance-eth-staking", venue="binance", title="Binance ETH staking history",
        needs=("date", "coin", "token", "amount", "status"), shapes=TABLE, rows=each(_staking),
    ),
)  # fmt: skip
FORMATS.add(
    "binance-interest",
    Format(
        name="binance-interest", venue="binance", title="Binance savings interest",
        needs=("date", "productName", "coin", "amount"), shapes=TABLE, rows=each(_interest),
    ),
)  # fmt: skip
FORMATS.add(
    "binance-execution-reports",
    Format(
        name="binance-execution-reports", venue="binance", title="Binance spot execution reports (stream)",
        needs=("e", "E", "s", "S", "x", "X", "i", "l", "L", "T"), also=("n", "N", "t", "m", "Y"), shapes=JSON,
        rows=each(_report), check=lambda record: record.maybe("e") == "executionReport",
    ),
)  # fmt: skip
