"""
BlockFi: transactions and trades.

Fields: the venue's own headers. A transaction's amount is cash. The trades' list names what was bought
and sold of the same trades: reading both books them twice.
"""

from ..entry import Kind, Movement, Row
from ..record import Record
from .deal import kind_of
from .interface import FORMATS, Format, each

KINDS = {
    "trade": Kind.TRADE, "interest payment": Kind.INTEREST, "bonus payment": Kind.REFERRAL,
    "referral bonus": Kind.REFERRAL,
    "deposit": Kind.TRANSFER, "withdrawal": Kind.TRANSFER, "withdrawal fee": Kind.FEE,
    "crypto transfer": Kind.TRANSFER,
    "ach deposit": Kind.TRANSFER, "wire deposit": Kind.TRANSFER, "cc rewards redemption": Kind.REFERRAL,
    "ach trade": Kind.TRADE,
}  # fmt: skip


def _transaction(record: Record) -> Row:
    word = record.text("transactionType")
    moved = Movement(record.currency("cryptocurrency"), record.amount("amount"), kind_of(KINDS, word.lower()))
    return Row(record.stamp("confirmedAt"), record.source, (moved,), word=word)


def _trade(record: Record) -> Row:
    moved = (
        Movement(record.currency("buyCurrency"), record.positive("buyQuantity"), Kind.TRADE),
        Movement(record.currency("soldCurrency"), -record.positive("soldQuantity"), Kind.TRADE),
    )
    return Row(
        record.stamp("date"),
        record.source,
        moved,
        None,
        record.maybe("tradeId"),
        word=record.maybe("type") or "trade",
    )


FORMATS.add(
    "blockfi-transactions",
    Format(
        name="blockfi-transactions", venue="blockfi", title="BlockFi transactions",
        needs=("cryptocurrency", "amount", "transactionType", "confirmedAt"), rows=each(_transaction),
    ),
)  # fmt: skip
FORMATS.add(
    "blockfi-trades",
    Format(
        name="blockfi-trades", venue="blockfi", title="BlockFi trades",
        needs=("tradeId", "date", "buyQuantity", "buyCurrency", "soldQuantity", "soldCurrency"),
        also=("type",),
        rows=each(_trade),
    ),
)  # fmt: skip
