"""
Bybit's funding account: deposits, withdrawals, transfers, earnings.

Fields: the venue's export (`Fund` history: UID, coin, quantity, type, balance after), the API's v5
asset/fundinghistory (`ioDirection` I is in, O is out; `txnAmt` has no sign) and v3 wallet fund
records. Amounts are cash.
"""

from ..entry import Kind, Movement, Row
from ..record import Record
from .deal import kind_of
from .interface import BOTH, FORMATS, Format, each

KINDS = {
    "transfer in": Kind.TRANSFER, "transfer out": Kind.TRANSFER, "deposit": Kind.TRANSFER,
    "withdraw": Kind.TRANSFER,
    "withdrawal": Kind.TRANSFER, "fiat": Kind.TRANSFER, "transfer": Kind.TRANSFER,
    "accounttransfer": Kind.TRANSFER,
    "airdrop": Kind.REFERRAL, "bonus": Kind.REFERRAL, "rewards": Kind.REFERRAL, "earn": Kind.INTEREST,
    "convert": Kind.CONVERSION, "commission": Kind.FEE, "realisedpnl": Kind.REALIZED, "refund": Kind.REBATE,
    "internaltransfer": Kind.TRANSFER, "exchangeorderwithdraw": Kind.CONVERSION,
    "exchangeorderdeposit": Kind.CONVERSION,
}  # fmt: skip
OUT = frozenset({"o", "out"})


def _export(record: Record) -> Row:
    word = record.text("type")
    moved = Movement(
        record.currency("coin"), record.amount("qty"), kind_of(KINDS, word.lower()),
        record.amount_or_none("accountBalance"),
    )  # fmt: skip
    return Row(
        record.stamp("time"), record.source, (moved,), account=record.maybe("uid") or "",
        word=": ".join(part for part in (word, record.maybe("description")) if part),
    )  # fmt: skip


def _history(record: Record) -> Row:
    word = record.maybe("showBusiTypeEn") or record.maybe("showBusiType") or ""
    direction = record.word("ioDirection")
    if direction not in {"i", "o", "in", "out"}:
        raise record.refuse("ioDirection", f"{direction!r} is neither I nor O")
    amount = abs(record.amount("txnAmt"))
    moved = Movement(
        record.currency("currency"), -amount if direction in OUT else amount, kind_of(KINDS, word.lower()),
        record.amount_or_none("afterAmt"),
    )  # fmt: skip
    return Row(
        record.stamp("createTime"), record.source, (moved,), account=record.maybe("memberId") or "",
        word=": ".join(part for part in (word, record.maybe("descriptionEn")) if part),
    )  # fmt: skip


def _wallet(record: Record) -> Row:
    word = record.text("type")
    moved = Movement(
        record.currency("coin"), record.amount("amount"), kind_of(KINDS, word.lower()),
        record.amount_or_none("walletBalance"),
    )  # fmt: skip
    return Row(record.stamp("execTime"), record.source, (moved,), word=word)


FORMATS.add(
    "bybit-fund",
    Format(
        name="bybit-fund", venue="bybit", title="Bybit funding account export",
        needs=("time", "coin", "qty", "type", "accountBalance"), also=("uid", "description"),
        names={"Date & Time": "time"}, rows=each(_export),
    ),
)  # fmt: skip
FORMATS.add(
    "bybit-fund-history",
    Format(
        name="bybit-fund-history", venue="bybit", title="Bybit funding account (API answer)",
        needs=("currency", "ioDirection", "txnAmt", "createTime"),
        also=("afterAmt", "memberId", "showBusiType"),
        rows=each(_history), shapes=BOTH,
    ),
)  # fmt: skip
FORMATS.add(
    "bybit-wallet-records",
    Format(
        name="bybit-wallet-records", venue="bybit", title="Bybit wallet fund records (API v3 answer)",
        needs=("coin", "type", "amount", "walletBalance", "execTime"), rows=each(_wallet), shapes=BOTH,
    ),
)  # fmt: skip
