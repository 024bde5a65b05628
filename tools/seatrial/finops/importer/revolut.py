"""
Revolut: the statement of crypto trades.

Fields: the venue's own header. Price, value and fees carry their currency, as a code or a sign; the fee
is as paid and comes on top of the value.
"""

from decimal import Decimal

from ..amounts import with_unit
from ..entry import FillRow, Kind, Movement, Row
from ..markets import currency as code
from ..record import Record
from .deal import charge, swap, unit_price
from .interface import FORMATS, Format, each

SIGNS = {"€": "EUR", "$": "USD", "£": "GBP", "¥": "JPY"}
OTHERS = {
    "receive": (1, Kind.TRANSFER), "send": (-1, Kind.TRANSFER), "stake": (-1, Kind.TRANSFER), "unstake": (1,
    Kind.TRANSFER),
    "staking reward": (1, Kind.INTEREST), "learn reward": (1, Kind.REFERRAL), "payment": (-1, Kind.TRANSFER),
}  # fmt: skip


def _money(record: Record, name: str) -> tuple[Decimal, str]:
    text = record.text(name)
    amount, unit = with_unit(text, comma="thousands")
    signs = [money for sign, money in SIGNS.items() if sign in text]
    if unit is None and len(signs) != 1:
        raise record.refuse(name, f"{text!r} has no currency")
    return abs(amount), code(unit) if unit is not None else signs[0]


def _row(record: Record) -> Row:
    word, name = record.text("type"), record.word("type")
    coin, qty = record.currency("symbol"), record.positive("quantity")
    if name not in {"buy", "sell"}:
        # Staking moves coins within the account; the sign is as seen from the part that trades.
        sign, kind = OTHERS.get(name, (0, Kind.OTHER))
        amount = sign * qty if sign else record.amount("quantity")
        return Row(record.stamp("date"), record.source, (Movement(coin, amount, kind),), word=word)
    value, money = _money(record, "value")
    cost, cost_in = _money(record, "fees")
    fill = FillRow(
        symbol=f"{coin}/{money}", side=name, price=unit_price(value, qty), qty=qty, fee=-cost,
        fee_currency=cost_in,
    )  # fmt: skip
    moved = swap((coin, money), name, qty, value) + charge((-cost, cost_in))
    return Row(record.stamp("date"), record.source, moved, fill, word=word)


FORMATS.add(
    "revolut-crypto",
    Format(
        name="revolut-crypto", venue="revolut", title="Revolut crypto statement",
        needs=("symbol", "type", "quantity", "price", "value", "fees", "date"), comma="thousands",
        rows=each(_row),
    ),
)  # fmt: skip
