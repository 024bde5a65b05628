"""
Bitfinex: trades and ledgers, as exported and as the API answers.

Fields: Bitfinex API documentation v2 (`auth/r/trades/hist`, `auth/r/ledgers/hist`: arrays whose
places have meanings), the exports' own headers. A fee is cash: negative is paid. A sale has a
negative amount. Dates of an export follow its user's settings, day first if nothing in it tells.
"""

from ..entry import FillRow, Kind, Movement, Row
from ..markets import currency as code
from ..record import Record
from .deal import charge, charged, kind_of, received, spot
from .interface import FORMATS, JSON, Format, each

KINDS = (
    ("trading fee", Kind.FEE), ("trading rebate", Kind.REBATE), ("exchange", Kind.TRADE),
    ("deposit fee", Kind.FEE),
    ("withdrawal fee", Kind.FEE), ("deposit", Kind.TRANSFER), ("withdrawal", Kind.TRANSFER),
    ("transfer", Kind.TRANSFER),
    ("position funding cost", Kind.INTEREST), ("margin funding payment", Kind.INTEREST),
    ("funding event", Kind.FUNDING),
    ("funding fee", Kind.FUNDING), ("settlement", Kind.REALIZED), ("position closed", Kind.REALIZED),
    ("position", Kind.REALIZED),
    ("liquidation", Kind.LIQUIDATION), ("affiliate rebate", Kind.REFERRAL), ("earned fees", Kind.REFERRAL),
    ("leo discount", Kind.REBATE), ("conversion", Kind.CONVERSION), ("staking", Kind.INTEREST),
)  # fmt: skip


def _kind(description: str) -> Kind:
    words = description.lower()
    return next((kind for word, kind in KINDS if words.startswith(word)), kind_of({}, words))


def _trade(record: Record) -> Row:
    coin = record.currency("feeCurrency") if record.maybe("feeCurrency") else None
    fee = received(record, "fee", coin)
    amount = record.amount("amount")
    if not amount:
        raise record.refuse("amount", "is zero")
    fill = FillRow(
        symbol=record.text("pair"), side="buy" if amount > 0 else "sell", price=record.positive("price"),
        qty=abs(amount),
        trade_id=record.maybe("#"), order_id=record.maybe("orderId"), **charged(fee),
    )  # fmt: skip
    if "F0" in fill.symbol.upper():
        return Row(record.stamp("date"), record.source, charge(fee), fill, fill.trade_id, word="trade")
    return spot(record, fill, record.market("pair", coin), stamp="date")


def _ledger(record: Record) -> Row:
    word = record.text("description")
    moved = Movement(
        record.currency("currency"), record.amount("amount"), _kind(word), record.amount_or_none("balance")
    )
    return Row(
        record.stamp("date"),
        record.source,
        (moved,),
        None,
        record.maybe("#"),
        record.maybe("wallet") or "",
        word,
    )


def _trade_places(record: Record) -> Row:
    fee = received(record, "9", record.currency("10") if record.maybe("10") else None)
    amount = record.amount("4")
    if not amount:
        raise record.refuse("4", "the amount is zero")
    symbol = record.text("1")
    fill = FillRow(
        symbol=symbol, side="buy" if amount > 0 else "sell", price=record.positive("5"), qty=abs(amount),
        trade_id=record.text("0"),
        order_id=record.maybe("3"), **charged(fee),
        liquidity={"1": "maker", "-1": "taker"}.get(record.maybe("8") or ""),
    )  # fmt: skip
    if "F0" in symbol.upper():
        return Row(record.stamp("2"), record.source, charge(fee), fill, fill.trade_id, word="trade")
    return spot(record, fill, _places_pair(record, symbol.removeprefix("t")), stamp="2")


def _places_pair(record: Record, symbol: str) -> tuple[str, str]:
    """Return the pair: three letters each, or parted by a colon where one has more."""
    if len(symbol) == 6:
        return code(symbol[:3]), code(symbol[3:])
    base, colon, quote = symbol.partition(":")
    if not colon or not base or not quote:
        raise record.refuse("1", f"{symbol!r} is no pair of currencies")
    return code(base), code(quote)


def _ledger_places(record: Record) -> Row:
    word = record.text("8")
    moved = Movement(record.currency("1"), record.amount("5"), _kind(word), record.amount_or_none("6"))
    return Row(
        record.stamp("3"), record.source, (moved,), None, record.text("0"), record.maybe("2") or "", word
    )


FORMATS.add(
    "bitfinex-trades",
    Format(
        name="bitfinex-trades", venue="bitfinex", title="Bitfinex trades export",
        needs=("pair", "amount", "price", "fee", "feeCurrency", "date", "orderId"), also=("#", "feePerc"),
        order="dmy",
        locale_dates=True, stamp_field="date", comma="thousands", rows=each(_trade),
    ),
)  # fmt: skip
FORMATS.add(
    "bitfinex-ledger",
    Format(
        name="bitfinex-ledger", venue="bitfinex", title="Bitfinex ledger export",
        needs=("description", "currency", "amount", "balance", "date"), also=("#", "wallet"), order="dmy",
        locale_dates=True,
        stamp_field="date", rows=each(_ledger),
    ),
)  # fmt: skip
FORMATS.add(
    "bitfinex-api-trades",
    Format(
        name="bitfinex-api-trades", venue="bitfinex", title="Bitfinex trades (API answer)",
        needs=("0", "1", "2", "3", "4", "5", "9", "10"), also=("6", "7", "8"), shapes=JSON,
        rows=each(_trade_places),
        check=lambda record: (record.maybe("1") or "").startswith("t"),
    ),
)  # fmt: skip
FORMATS.add(
    "bitfinex-api-ledgers",
    Format(
        name="bitfinex-api-ledgers", venue="bitfinex", title="Bitfinex ledgers (API answer)",
        needs=("0", "1", "3", "5", "6", "8"), shapes=JSON, rows=each(_ledger_places),
        check=lambda record: len(record.names()) == 9 and isinstance(record.raw("8"), str),
    ),
)  # fmt: skip
