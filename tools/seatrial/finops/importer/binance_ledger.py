"""
Binance's transaction history: one row per coin that moved, with the venue's word for it.

Fields: the venue's own header (User_ID, UTC_Time, Account, Operation, Coin, Change, Remark) and its
later form (User ID, Time, ...). `Change` is cash. The words are those of the export; a word that is
not in the table is kept as `other`.
"""

from ..entry import Kind, Movement, Row
from ..record import Record
from .deal import kind_of
from .interface import FORMATS, TABLE, Format, each

TRADES = (
    "buy", "sell", "transaction related", "transaction spend", "transaction buy", "transaction sold",
    "transaction revenue", "large otc trading", "auto-invest transaction", "liquid swap buy/sell",
)  # fmt: skip
FEES = ("fee", "transaction fee", "trading fee", "insurance fund fee", "commission")
TRANSFERS = (
    "deposit", "withdraw", "fiat deposit", "fiat withdraw", "fiat withdrawal", "buy crypto", "transfer_in",
    "transfer_out",
    "transfer between spot account and um futures account",
    "transfer between spot account and cm futures account",
    "transfer between main and funding wallet", "transfer between main account/futures and margin account",
    "transfer between main account and margin account", "transfer between spot and strategy account",
    "main and funding account transfer", "internal transfer", "sub-account transfer", "asset recovery",
    "pos savings purchase", "pos savings redemption", "savings purchase", "savings principal redemption",
    "simple earn flexible subscription", "simple earn flexible redemption", "simple earn locked subscription",
    "simple earn locked redemption", "staking purchase", "staking redemption",
    "launchpool subscription/redemption",
    "isolatedmargin loan", "margin loan", "margin repayment", "cross margin loan", "crypto box",
    "p2p trading", "send", "receive",
)  # fmt: skip
INTERESTS = (
    "pos savings interest", "savings interest", "simple earn flexible interest", "simple earn locked rewards",
    "staking rewards", "eth 2.0 staking rewards", "launchpool interest", "bnb vault rewards",
    "bfusd daily reward",
    "interest", "margin interest", "flexible loan interest", "rewards distribution", "launchpool airdrop",
)  # fmt: skip
CONVERSIONS = (
    "small assets exchange bnb", "small assets exchange bnb (spot)", "binance convert", "convert",
    "eth 2.0 staking",
    "convert fiat to crypto", "fiat to crypto", "stablecoins auto-conversion",
    "token swap - redenomination/rebranding",
    "token swap - distribution", "auto-conversion", "wbeth2.0 - staking",
)  # fmt: skip
REFERRALS = (
    "commission history", "referral commission", "referral kickback", "commission fee shared with you",
    "cashback voucher",
    "mission reward distribution", "cash voucher distribution", "distribution", "airdrop assets",
    "hodler airdrops distribution",
    "campaign related reward", "megadrop rewards", "card cashback", "token swap - airdrop",
)  # fmt: skip
KINDS = {
    **dict.fromkeys(TRADES, Kind.TRADE), **dict.fromkeys(FEES, Kind.FEE),
    **dict.fromkeys(TRANSFERS, Kind.TRANSFER),
    **dict.fromkeys(INTERESTS, Kind.INTEREST), **dict.fromkeys(CONVERSIONS, Kind.CONVERSION),
    **dict.fromkeys(REFERRALS, Kind.REFERRAL), "commission rebate": Kind.REBATE,
    "trading fee rebate": Kind.REBATE,
    "realized profit and loss": Kind.REALIZED, "realize profit and loss": Kind.REALIZED,
    "funding fee": Kind.FUNDING,
    "insurance fund compensation": Kind.INSURANCE, "liquidation fee": Kind.LIQUIDATION,
    "isolated margin liquidation": Kind.LIQUIDATION,
    "delivered settlement": Kind.REALIZED, "futures settlement": Kind.REALIZED,
}  # fmt: skip


def _row(record: Record) -> Row:
    word = record.text("operation")
    moved = Movement(
        record.currency("coin"), record.amount("change"), kind_of(KINDS, record.word("operation"))
    )
    account = "/".join(part for part in (record.maybe("user_id"), record.maybe("account")) if part)
    return Row(record.stamp("time"), record.source, (moved,), account=account, word=word)


FORMATS.add(
    "binance-ledger",
    Format(
        name="binance-ledger", venue="binance", title="Binance transaction history",
        needs=("time", "account", "operation", "coin", "change"), also=("user_id",),
        names={"UTC_Time": "time", "Čas": "time", "Účet": "account", "Operace": "operation",
        "Mince": "coin", "Změna": "change"},
        shapes=TABLE, rows=each(_row),
    ),
)  # fmt: skip
