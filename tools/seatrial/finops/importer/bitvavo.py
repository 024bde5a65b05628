"""
Bitvavo: the transaction history, and the API's trades.

Fields: the venue's own headers, Bitvavo API `/trades`. Date and time stand in two columns and a third
names their zone. The amount and what was paid or received are cash; the fee, written as paid in its
own currency, is contained in what was paid or received, and in the amount of a withdrawal.
"""

from decimal import Decimal

from ..entry import FillRow, Kind, Movement, Row
from ..record import Record
from ..stamps import stamp, zone_of
from .deal import Fee, charge, charged, is_done, kind_of, paid, spot
from .interface import BOTH, FORMATS, Format, each

KINDS = {
    "deposit": Kind.TRANSFER, "withdrawal": Kind.TRANSFER, "staking": Kind.INTEREST,
    "fixed_staking": Kind.INTEREST,
    "lending": Kind.INTEREST, "affiliate": Kind.REFERRAL, "rebate": Kind.REBATE,
    "campaign_new_user_incentive": Kind.REFERRAL,
    "distribution": Kind.REFERRAL, "campaign": Kind.REFERRAL, "withdrawal_cancelled": Kind.TRANSFER,
}  # fmt: skip


def _row(record: Record) -> Row:
    word, ref = record.text("type"), record.maybe("transactionId")
    when = _when(record)
    if not is_done(record, "status"):
        return Row(
            when, record.source, ref=ref, word=f"{word} {record.maybe('status') or 'without a status'}"
        )
    coin, amount = record.currency("currency"), record.amount("amount")
    fee = paid(record, "feeAmount", record.currency("feeCurrency") if record.maybe("feeCurrency") else None)
    if record.word("type") not in {"buy", "sell"}:
        return Row(when, record.source, _one_coin(record, coin, amount, fee), None, ref, word=word)
    money = (
        record.currency("received/paidCurrency")
        if record.maybe("received/paidCurrency")
        else record.currency("quoteCurrency")
    )
    cash = record.amount("received/paidAmount")
    if (cash < 0) != (amount > 0):
        raise record.refuse("received/paidAmount", f"{cash} for {amount} {coin} is no {word}")
    own = fee[0] if fee and fee[1] == money else Decimal(0)
    fill = FillRow(
        symbol=f"{coin}-{money}", side=record.side("type"), price=record.positive("quotePrice"),
        qty=abs(amount), trade_id=ref,
        **charged(fee),
    )  # fmt: skip
    moved = (Movement(coin, amount, Kind.TRADE), Movement(money, cash - own, Kind.TRADE), *charge(fee))
    return Row(when, record.source, moved, fill, ref, word=word)


def _one_coin(record: Record, coin: str, amount: Decimal, fee: Fee) -> tuple[Movement, ...]:
    kind = kind_of(KINDS, record.word("type"))
    # The fee is a part of the amount; what is larger than the amount cannot be.
    if fee is None or fee[1] != coin or abs(fee[0]) > abs(amount):
        return (Movement(coin, amount, kind),)
    return (Movement(coin, amount - fee[0], kind), *charge(fee))


def _when(record: Record) -> int:
    zone = record.reading.zone
    named = record.maybe("timezone")
    try:
        return stamp(
            f"{record.text('date')} {record.maybe('time') or '00:00:00'}",
            "ymd",
            zone_of(named) if named else zone,
        )
    except ValueError as error:
        raise record.refuse("date", str(error)) from error


def _trade(record: Record) -> Row:
    fee = paid(record, "fee", record.currency("feeCurrency") if record.maybe("feeCurrency") else None)
    fill = FillRow(
        symbol=record.text("market"), side=record.side("side"), price=record.positive("price"),
        qty=record.positive("amount"),
        trade_id=record.text("id"), order_id=record.maybe("orderId"), **charged(fee),
        liquidity="taker" if record.flag("taker") else "maker",
    )  # fmt: skip
    return spot(record, fill, record.market("market"), stamp="timestamp")


FORMATS.add(
    "bitvavo-trades",
    Format(
        name="bitvavo-trades", venue="bitvavo", title="Bitvavo trades (API answer)",
        needs=("id", "timestamp", "market", "side", "amount", "price", "taker", "fee", "feeCurrency"),
        also=("orderId", "settled", "clientOrderId"), rows=each(_trade), shapes=BOTH,
    ),
)  # fmt: skip
FORMATS.add(
    "bitvavo-history",
    Format(
        name="bitvavo-history", venue="bitvavo", title="Bitvavo transaction history",
        needs=("date", "time", "type", "currency", "amount", "quoteCurrency", "quotePrice",
        "received/paidAmount", "status"),
        also=("timezone", "received/paidCurrency", "feeCurrency", "feeAmount", "transactionId"),
        rows=each(_row),
        names={"Price": "quotePrice"},
    ),
)  # fmt: skip
