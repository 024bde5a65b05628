"""
KuCoin: the account's ledger, deposits and withdrawals.

Fields: KuCoin API documentation (`/api/v1/accounts/ledgers`: the amount contains the fee and has no
sign, `direction` in or out) and the exports' own headers.
"""

from decimal import Decimal

from ..entry import Kind, Movement, Row
from ..record import Record
from .deal import charge, is_done, kind_of, nothing
from .interface import BOTH, FORMATS, Format, each

KINDS = {
    "exchange": Kind.TRADE, "trade_exchange": Kind.TRADE, "spot": Kind.TRADE, "deposit": Kind.TRANSFER,
    "withdrawal": Kind.TRANSFER,
    "withdraw": Kind.TRANSFER, "transfer": Kind.TRANSFER, "main_transfer": Kind.TRANSFER,
    "sub_transfer": Kind.TRANSFER,
    "sub-account transfer": Kind.TRANSFER, "kucoin bonus": Kind.REFERRAL, "referral bonus": Kind.REFERRAL,
    "rewards": Kind.REFERRAL,
    "activity": Kind.REFERRAL, "staking": Kind.TRANSFER, "pool-x": Kind.TRANSFER,
    "kucoin earn": Kind.INTEREST,
    "staking profits": Kind.INTEREST, "soft staking profits": Kind.INTEREST, "interest": Kind.INTEREST,
    "lending": Kind.INTEREST,
    "convert to kcs": Kind.CONVERSION, "convert": Kind.CONVERSION, "kcs pay fees": Kind.FEE,
    "kcs fee deduction": Kind.FEE,
    "fee_refunds": Kind.REBATE, "refunded fees": Kind.REBATE, "margin exchange": Kind.TRADE,
    "cross margin": Kind.TRADE,
    "isolated margin": Kind.TRADE, "funding_fee": Kind.FUNDING, "realized_pnl": Kind.REALIZED,
    "realisedpnl": Kind.REALIZED,
    "liquidation": Kind.LIQUIDATION,
}  # fmt: skip
IN, OUT = frozenset({"in", "deposit"}), frozenset({"out", "withdrawal", "withdraw"})


def _ledger(record: Record) -> Row:
    word, direction = record.text("bizType"), record.word("direction")
    if direction not in IN | OUT:
        raise record.refuse("direction", f"{direction!r} is neither in nor out")
    amount = abs(record.amount("amount"))
    moved = Movement(
        record.currency("currency"), amount if direction in IN else -amount,
        kind_of(KINDS, record.word("bizType")),
        record.amount_or_none("balance"),
    )  # fmt: skip
    return Row(
        record.stamp("createdAt"), record.source, (moved,), None, record.maybe("id"),
        record.maybe("accountType") or record.maybe("uid") or "", word,
    )  # fmt: skip


def _travel(record: Record, sign: int, word: str) -> Row:
    if not is_done(record, "status"):
        return nothing(record, "time", f"{word} {record.maybe('status') or ''}".strip(), record.maybe("hash"))
    coin, amount = record.currency("coin"), abs(record.amount("amount"))
    fee = abs(record.amount_or_none("fee") or Decimal(0))
    moved = (Movement(coin, sign * amount, Kind.TRANSFER), *charge((-fee, coin) if fee else None))
    return Row(
        record.stamp("time"),
        record.source,
        moved,
        None,
        record.maybe("hash"),
        record.maybe("uid") or "",
        word,
    )


def _old_travel(record: Record, sign: int, word: str) -> Row:
    moved = Movement(record.currency("coin"), sign * abs(record.amount("amount")), Kind.TRANSFER)
    return Row(
        record.stamp("time"),
        record.source,
        (moved,),
        word=f"{word}: {record.maybe('type') or ''}".strip(": "),
    )


def _convert(record: Record) -> Row:
    if not is_done(record, "status"):
        return nothing(record, "time", f"convert {record.text('status')}")
    sold, sold_in = record.worded("sell")
    bought, bought_in = record.worded("buy")
    if sold_in is None or bought_in is None:
        raise record.refuse("sell" if sold_in is None else "buy", "has no currency")
    moved = (
        Movement(sold_in, -abs(sold), Kind.CONVERSION),
        Movement(bought_in, abs(bought), Kind.CONVERSION),
    )
    return Row(record.stamp("time"), record.source, moved, None, None, record.maybe("uid") or "", "convert")


FORMATS.add(
    "kucoin-convert",
    Format(
        name="kucoin-convert", venue="kucoin", title="KuCoin conversions",
        needs=("uid", "paymentAccount", "sell", "buy", "price", "time", "status"), also=("accountType",
        "tax"),
        names={"Time of Update": "time"}, rows=each(_convert),
    ),
)  # fmt: skip
FORMATS.add(
    "kucoin-withdrawals-old",
    Format(
        name="kucoin-withdrawals-old", venue="kucoin", title="KuCoin withdrawals, first form",
        needs=("time", "coin", "amount", "type", "walletAddress", "remark"),
        rows=each(lambda record: _old_travel(record, -1, "withdrawal")),
    ),
)  # fmt: skip
FORMATS.add(
    "kucoin-ledger",
    Format(
        name="kucoin-ledger", venue="kucoin", title="KuCoin account ledger (API answer)",
        needs=("id", "currency", "amount", "direction", "bizType", "createdAt"),
        also=("fee", "balance", "accountType", "context"),
        rows=each(_ledger), shapes=BOTH,
    ),
)  # fmt: skip
FORMATS.add(
    "kucoin-account-history",
    Format(
        name="kucoin-account-history", venue="kucoin", title="KuCoin account history export",
        needs=("uid", "accountType", "currency", "direction", "amount", "fee", "createdAt", "bizType"),
        also=("remark",),
        names={"Side": "direction", "Time": "createdAt", "Type": "bizType"}, rows=each(_ledger),
    ),
)  # fmt: skip
FORMATS.add(
    "kucoin-deposits",
    Format(
        name="kucoin-deposits", venue="kucoin", title="KuCoin deposit history",
        needs=("time", "coin", "amount", "fee", "hash", "depositAddress", "status"),
        also=("uid", "transferNetwork"),
        rows=each(lambda record: _travel(record, 1, "deposit")),
    ),
)  # fmt: skip
FORMATS.add(
    "kucoin-withdrawals",
    Format(
        name="kucoin-withdrawals", venue="kucoin", title="KuCoin withdrawal history",
        needs=("time", "coin", "amount", "fee", "hash", "withdrawalAddress", "status"),
        also=("uid", "transferNetwork"),
        names={"Withdrawal Address/Account": "withdrawalAddress"},
        rows=each(lambda record: _travel(record, -1, "withdrawal")),
    ),
)  # fmt: skip
