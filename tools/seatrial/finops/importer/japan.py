"""
bitbank and Coincheck: deposits and withdrawals with Japanese headers, purchases.

Fields: the venues' own headers. bitbank writes times in Japan's zone; only rows that are DONE moved
money, and the fee of a withdrawal comes on top.
"""

import datetime as dt
from decimal import Decimal

from ..entry import Kind, Movement, Row
from ..record import Record
from .deal import charge, is_done, nothing
from .interface import FORMATS, Format, each

JAPAN = dt.timezone(dt.timedelta(hours=9))
# Coin, time, amount, fee, status: in Japanese, so that no other venue's plain words are taken for these.
COIN, TIME, AMOUNT, FEE, STATUS, NETWORK = "コイン", "日時", "数量", "手数料", "ステータス", "ネットワーク"


def _travel(record: Record, sign: int, word: str) -> Row:
    if not is_done(record, STATUS):
        said = f"{word} {record.maybe(STATUS) or 'without a status'}"
        return nothing(record, TIME, said, record.maybe("txid"))
    coin = record.currency(COIN) if record.raw(COIN) is not None else "JPY"
    fee = abs(record.amount_or_none(FEE) or Decimal(0))
    moved = (
        Movement(coin, sign * abs(record.amount(AMOUNT)), Kind.TRANSFER),
        *charge((-fee, coin) if fee else None),
    )
    return Row(record.stamp(TIME), record.source, moved, None, record.maybe("txid"), word=word)


def _purchase(record: Record) -> Row:
    if not is_done(record, "progress"):
        return nothing(
            record, "time", f"purchase {record.maybe('progress') or ''}".strip(), record.maybe("id")
        )
    moved = (
        Movement(record.currency("tradingCurrency"), record.positive("amount"), Kind.CONVERSION),
        Movement(record.currency("originalCurrency"), -record.positive("price"), Kind.CONVERSION),
    )
    return Row(record.stamp("time"), record.source, moved, None, record.maybe("id"), word="purchase")


FORMATS.add(
    "bitbank-deposits",
    Format(
        name="bitbank-deposits", venue="bitbank", title="bitbank deposits",
        needs=(COIN, TIME, AMOUNT, NETWORK, STATUS),
        rows=each(lambda record: _travel(record, 1, "deposit")), zone=JAPAN,
    ),
)  # fmt: skip
FORMATS.add(
    "bitbank-fiat-deposits",
    Format(
        name="bitbank-fiat-deposits", venue="bitbank", title="bitbank deposits of yen",
        needs=(TIME, AMOUNT, STATUS), rows=each(lambda record: _travel(record, 1, "deposit")), zone=JAPAN,
    ),
)  # fmt: skip
FORMATS.add(
    "bitbank-withdrawals",
    Format(
        name="bitbank-withdrawals", venue="bitbank", title="bitbank withdrawals",
        needs=(COIN, TIME, AMOUNT, FEE, NETWORK, STATUS),
        rows=each(lambda record: _travel(record, -1, "withdrawal")), zone=JAPAN,
    ),
)  # fmt: skip
FORMATS.add(
    "coincheck-buys",
    Format(
        name="coincheck-buys", venue="coincheck", title="Coincheck purchases",
        needs=("id", "amount", "price", "tradingCurrency", "originalCurrency", "progress", "time"),
        rows=each(_purchase),
    ),
)  # fmt: skip
