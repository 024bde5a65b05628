"""
bitcoin.de: the account statement of one coin, in English and German.

Fields: the venue's own headers. `Incoming / Outgoing` is the coin's cash and the balance stands
beside it. Half of a trade's fee is taken from the coins and half from the euros, which go from bank
to bank and are no wallet of the venue; they are kept as the trade's other side.
"""

from decimal import Decimal

from ..entry import FillRow, Kind, Movement, Row
from ..record import Record
from .deal import kind_of
from .interface import FORMATS, Format, each

KINDS = {
    "registration": Kind.OTHER, "registrierung": Kind.OTHER, "disbursement": Kind.TRANSFER,
    "auszahlung": Kind.TRANSFER,
    "deposit": Kind.TRANSFER, "einzahlung": Kind.TRANSFER, "network fee": Kind.FEE,
    "netzwerk-gebühr": Kind.FEE,
    "partner programme": Kind.REFERRAL, "partnerprogramm": Kind.REFERRAL, "welcome btc": Kind.REFERRAL,
    "kickoff": Kind.REFERRAL,
    "fork": Kind.OTHER,
}  # fmt: skip
SIDES = {"purchase": "buy", "kauf": "buy", "sale": "sell", "verkauf": "sell"}
NAMES = {
    "Booking type": "type", "Rate": "price", "Amount before fee": "before",
    "unit (amount before fee)": "money",
    "amount after Bitcoin.de-fee": "after", "Incoming / Outgoing": "moved", "Account balance": "balance",
    "Datum": "date",
    "Typ": "type", "Währung": "currency", "Referenz": "reference", "Kurs": "price",
    "Menge vor Gebühr": "before",
    "Einheit (Menge vor Gebühr)": "money", "Menge nach Bitcoin.de-Gebühr": "after", "Zu- / Abgang": "moved",
    "Kontostand": "balance",
}  # fmt: skip
COIN_BEFORE = ("inclfee", "beforefee", "vorgebühr", "btcinklgebühr")


def _row(record: Record) -> Row:
    word, coin, amount = record.text("type"), record.currency("currency"), record.amount("moved")
    side = SIDES.get(record.word("type"))
    balance = record.amount_or_none("balance")
    if side is None:
        moved: tuple[Movement, ...] = (Movement(coin, amount, kind_of(KINDS, record.word("type")), balance),)
        return Row(record.stamp("date"), record.source, moved, None, record.maybe("reference"), word=word)
    gross = _coins(record, coin)
    money, cash, net = record.currency("money"), record.positive("before"), record.positive("after")
    if side == "buy":
        coin_fee = amount - gross
        moved = (
            Movement(coin, gross, Kind.TRADE),
            Movement(coin, coin_fee, Kind.FEE, balance),
            Movement(money, -net, Kind.TRADE),
        )
    else:
        coin_fee = Decimal(0)
        moved = (
            Movement(coin, amount, Kind.TRADE, balance),
            Movement(money, cash, Kind.TRADE),
            Movement(money, net - cash, Kind.FEE),
        )
    if coin_fee > 0:
        raise record.refuse("moved", f"{amount} is more than the {gross} bought")
    fill = FillRow(
        symbol=f"{coin}/{money}", side=side, price=record.positive("price"), qty=gross,
        trade_id=record.maybe("reference"),
        fee=coin_fee if side == "buy" else net - cash, fee_currency=coin if side == "buy" else money,
    )  # fmt: skip
    return Row(record.stamp("date"), record.source, moved, fill, record.maybe("reference"), word=word)


def _coins(record: Record, coin: str) -> Decimal:
    """Return the coins of a trade before the fee, whose column is named after the coin."""
    for name in record.names():
        if name.startswith(coin.lower()) and name[len(coin) :] in COIN_BEFORE:
            return record.positive(name)
    raise record.refuse("currency", f"there is no column of {coin} before the fee")


FORMATS.add(
    "bitcoin-de",
    Format(
        name="bitcoin-de", venue="bitcoin.de", title="bitcoin.de account statement",
        needs=("date", "type", "currency", "reference", "price", "before", "money", "after", "moved",
        "balance"), names=NAMES,
        rows=each(_row),
    ),
)  # fmt: skip
