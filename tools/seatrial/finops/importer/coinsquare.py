"""
Coinsquare: the trade list and the conversions of its quick trade.

Fields: the venue's own headers. `currency` is the money, `base_currency` the coin, the price is the
coins for one unit of money; prices have a decimal comma beside amounts with a comma for thousands.
Dates are day first.
"""

from ..entry import FillRow, Kind, Movement, Row
from ..record import Record
from .deal import swap, unit_price
from .interface import FORMATS, Format, each


def _trade(record: Record) -> Row:
    coin, money, side = record.currency("base_currency"), record.currency("currency"), record.side("action")
    if record.word("action") not in {"buy", "sell"}:
        raise record.refuse("action", f"{record.text('action')!r} is neither buy nor sell")
    qty, total = record.positive("base_amount"), record.positive("amount")
    fill = FillRow(symbol=f"{coin}/{money}", side=side, price=unit_price(total, qty), qty=qty)
    return Row(record.stamp("date"), record.source, swap((coin, money), side, qty, total), fill, word="trade")


def _conversion(record: Record) -> Row:
    moved = (
        Movement(record.currency("from_currency"), -record.positive("from_amount"), Kind.CONVERSION),
        Movement(record.currency("to_currency"), record.positive("to_amount"), Kind.CONVERSION),
    )
    return Row(record.stamp("date"), record.source, moved, word="conversion")


FORMATS.add(
    "coinsquare-trades",
    Format(
        name="coinsquare-trades", venue="coinsquare", title="Coinsquare trades",
        needs=("date", "action", "currency", "base_currency", "price", "amount", "base_amount"),
        order="dmy", comma="thousands",
        rows=each(_trade),
    ),
)  # fmt: skip
FORMATS.add(
    "coinsquare-conversions",
    Format(
        name="coinsquare-conversions", venue="coinsquare", title="Coinsquare quick trades",
        needs=("date", "from_currency", "from_amount", "to_currency", "to_amount"), order="dmy",
        comma="thousands", rows=each(_conversion),
    ),
)  # fmt: skip
