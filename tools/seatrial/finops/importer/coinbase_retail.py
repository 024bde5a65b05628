"""
Coinbase's retail transaction history.

Fields: the venue's own headers over the years: the currency of price, subtotal, total and fees stands
in the header (`EUR Subtotal`), in a column of its own, and later as a sign in the cell as well. What
a conversion brought in stands only in the note. Fees are written as paid; newer exports write what
leaves as negative, older ones do not.
"""

import re
from decimal import Decimal

from ..entry import FillRow, Kind, Movement, Row
from ..markets import currency as code
from ..record import Record
from .deal import charge, charged, swap, unit_price
from .interface import FORMATS, Format, each

BUYS = frozenset({"buy", "advanced trade buy", "advance trade buy"})
SELLS = frozenset({"sell", "advanced trade sell", "advance trade sell"})
LEAVING = {
    "send": Kind.TRANSFER, "withdrawal": Kind.TRANSFER, "exchange deposit": Kind.TRANSFER,
    "pro deposit": Kind.TRANSFER,
    "asset migration out": Kind.CONVERSION, "subscription": Kind.FEE, "unwrap out": Kind.CONVERSION,
}  # fmt: skip
COMING = {
    "receive": Kind.TRANSFER, "deposit": Kind.TRANSFER, "exchange withdrawal": Kind.TRANSFER,
    "pro withdrawal": Kind.TRANSFER,
    "staking income": Kind.INTEREST, "rewards income": Kind.INTEREST, "reward income": Kind.INTEREST,
    "inflation reward": Kind.INTEREST, "interest income": Kind.INTEREST, "coinbase earn": Kind.REFERRAL,
    "learning reward": Kind.REFERRAL, "subscription rebate": Kind.REBATE, "airdrop": Kind.REFERRAL,
}  # fmt: skip
SIGNED = {
    "retail staking transfer": Kind.TRANSFER, "retail unstaking transfer": Kind.TRANSFER,
    "asset migration": Kind.CONVERSION,
    "retail eth2 deprecation": Kind.CONVERSION, "wrap asset": Kind.CONVERSION,
}  # fmt: skip
PAID_IN = re.compile(r" for \D{0,4}[0-9.,]+ ([A-Z]{3,5})(?: on |\s*$)")
CONVERTED = re.compile(r"Converted ([0-9.,]+) (\S+) to ([0-9.,]+) (\S+)")


def _row(record: Record) -> Row:
    word = record.text("transactionType")
    name, asset, qty = (
        record.word("transactionType"),
        record.currency("asset"),
        record.amount("quantityTransacted"),
    )
    fill: FillRow | None = None
    if name in BUYS | SELLS:
        moved, fill = _deal(record, asset, qty, "buy" if name in BUYS else "sell")
    elif name == "convert":
        moved = _convert(record, asset, qty)
    elif name in LEAVING:
        moved = (Movement(asset, -abs(qty), LEAVING[name]),)
    elif name in COMING:
        moved = (Movement(asset, abs(qty), COMING[name]),)
    else:
        moved = (Movement(asset, qty, SIGNED.get(name, Kind.OTHER)),)
    return Row(record.stamp("timestamp"), record.source, moved, fill, record.maybe("id"), word=word)


def _money(record: Record, ending: str) -> tuple[Decimal | None, str | None]:
    """Return the amount of the column with this ending, and the currency in its name if it has one."""
    for name in record.names():
        if name.startswith(ending):
            return record.amount_or_none(name), None
        if len(name) > 3 and name[3:].startswith(ending):
            return record.amount_or_none(name), code(name[:3])
    return None, None


def _deal(record: Record, asset: str, qty: Decimal, side: str) -> tuple[tuple[Movement, ...], FillRow]:
    subtotal, named = _money(record, "subtotal")
    fees, _ = _money(record, "fees")
    money = named
    for name in ("priceCurrency", "spotPriceCurrency"):
        money = money or (record.currency(name) if record.maybe(name) else None)
    if money is None or subtotal is None or not qty:
        raise record.refuse("subtotal", "is missing, so that the trade has no price")
    money = _noted(record, money)
    fee = (-abs(fees), money) if fees is not None else None
    fill = FillRow(
        symbol=f"{asset}-{money}", side=side, price=unit_price(abs(subtotal), abs(qty)), qty=abs(qty),
        trade_id=record.maybe("id"), **charged(fee),
    )  # fmt: skip
    return swap((asset, money), side, abs(qty), abs(subtotal)) + charge(fee), fill


def _noted(record: Record, money: str) -> str:
    """
    Return the money of a trade: an advanced one was paid in what its note says, others in the columns'.

    The columns of an advanced trade are a valuation in the account's own currency.
    """
    noted = PAID_IN.search(record.maybe("notes") or "")
    if noted is None or code(noted[1]) == money:
        return money
    if record.word("transactionType").startswith("advance"):
        return code(noted[1])
    raise record.refuse("notes", f"says {noted[1]}, the columns say {money}")


def _convert(record: Record, asset: str, qty: Decimal) -> tuple[Movement, ...]:
    found = CONVERTED.search(record.maybe("notes") or "")
    if found is None:
        raise record.refuse("notes", "does not say what the conversion brought in")
    got = Decimal(found[3].replace(",", ""))
    return (Movement(asset, -abs(qty), Kind.CONVERSION), Movement(code(found[4]), got, Kind.CONVERSION))


FORMATS.add(
    "coinbase-retail",
    Format(
        name="coinbase-retail", venue="coinbase", title="Coinbase transaction history",
        needs=("timestamp", "transactionType", "asset", "quantityTransacted"),
        also=("id", "notes", "subtotal", "priceCurrency", "spotPriceCurrency"), comma="thousands",
        rows=each(_row),
    ),
)  # fmt: skip
