"""
Pionex: trades, and deposits and withdrawals.

Fields: the venue's own headers. A trade names what was received and what was sent, and its fee, as
paid, in the currency received; what was received is before it. Dates are month first.
"""

from ..entry import Kind, Movement, Row
from ..record import Record
from .deal import charge, paid
from .interface import FORMATS, Format, each

TRAVELS = {"deposit": 1, "withdraw": -1, "withdrawal": -1}


def _trade(record: Record) -> Row:
    fee = paid(record, "feeAmount", record.currency("feeCurrency") if record.maybe("feeCurrency") else None)
    moved = (
        Movement(record.currency("receivedCurrency"), record.positive("receivedQuantity"), Kind.TRADE),
        Movement(record.currency("sentCurrency"), -record.positive("sentQuantity"), Kind.TRADE),
    )
    return Row(record.stamp("date"), record.source, moved + charge(fee), word=record.maybe("tag") or "trade")


def _travel(record: Record) -> Row:
    word = record.word("tx_type")
    if word not in TRAVELS:
        raise record.refuse(
            "tx_type", f"{record.maybe('tx_type') or ''!r} is neither a deposit nor a withdrawal"
        )
    coin = record.currency("coin")
    moved = (
        Movement(coin, TRAVELS[word] * record.positive("amount"), Kind.TRANSFER),
        *charge(paid(record, "fee", coin)),
    )
    return Row(record.stamp("date"), record.source, moved, None, record.maybe("txid"), word=word)


FORMATS.add(
    "pionex-trades",
    Format(
        name="pionex-trades", venue="pionex", title="Pionex trades",
        needs=("date", "receivedQuantity", "receivedCurrency", "sentQuantity", "sentCurrency", "feeAmount",
        "feeCurrency", "tag"),
        order="mdy", rows=each(_trade),
    ),
)  # fmt: skip
FORMATS.add(
    "pionex-transfers",
    Format(
        name="pionex-transfers", venue="pionex", title="Pionex deposits and withdrawals",
        needs=("date", "tx_type", "amount", "coin", "network", "fee"), also=("txid",), order="mdy",
        rows=each(_travel),
    ),
)  # fmt: skip
