"""
Bitstamp: the transactions export of two generations, and the API's user transactions.

Fields: the venue's own headers; API `user_transactions` (type 0 deposit, 1 withdrawal, 2 trade, 14
sub account transfer; amounts are cash, the fee is written as paid in the quote). In the exports
amounts have no sign, and the fee of a withdrawal comes on top of it.
"""

from decimal import Decimal

from ..entry import FillRow, Kind, Movement, Row
from ..record import Record
from .deal import Fee, charge, charged, spot, unit_price
from .interface import FORMATS, JSON, Format, each

ARRIVING = {
    "deposit": Kind.TRANSFER, "ripple deposit": Kind.TRANSFER, "card deposit": Kind.TRANSFER,
    "staking reward": Kind.INTEREST,
    "staked assets": Kind.TRANSFER, "crypto currency purchase": Kind.CONVERSION,
    "referral reward": Kind.REFERRAL,
    "started generating rewards": Kind.OTHER, "credit": Kind.OTHER, "inter account transfer": Kind.OTHER,
    "sub account transfer": Kind.OTHER,
}  # fmt: skip
LEAVING = {"withdrawal": Kind.TRANSFER, "ripple payment": Kind.TRANSFER}
# What prices are in, first of all; a coin against bitcoin is priced in bitcoin.
QUOTES = ("usd", "eur", "gbp", "usdt", "usdc", "btc")
NO_COINS = frozenset(
    {"id", "datetime", "type", "fee", "order_id", "self_trade", "self_trade_order_id", "market"}
)
API_TYPES = {
    "0": "deposit",
    "1": "withdrawal",
    "2": "trade",
    "14": "sub account transfer",
    "33": "settlement",
    "35": "inter account transfer",
}


def _units(record: Record, name: str) -> tuple[Decimal, str | None]:
    """Return an amount and its unit, from one cell or from the cell and its currency column."""
    apart = f"{name}Currency"
    if record.maybe(apart):
        return record.amount(name), record.currency(apart)
    return record.worded(name)


def _unit(record: Record, name: str) -> tuple[Decimal, str]:
    amount, unit = _units(record, name)
    if unit is None:
        raise record.refuse(name, "has no currency")
    return amount, unit


def _export(record: Record) -> Row:
    word = record.word("type")
    amount, coin = _unit(record, "amount")
    fee: Fee = None
    if record.amount_or_none("fee") if record.maybe("feeCurrency") else record.maybe("fee"):
        cost, unit = _unit(record, "fee")
        fee = (-abs(cost), unit) if cost else None
    account = record.maybe("account") or ""
    if word == "market":
        row = _market(record, abs(amount), coin, fee)
        return Row(row.ts_ns, row.source, row.movements, row.fill, row.ref, account, row.word)
    if word in LEAVING:
        moved = Movement(coin, -abs(amount), LEAVING[word])
    else:
        moved = Movement(coin, amount, ARRIVING.get(word, Kind.OTHER))
    return Row(
        record.stamp("datetime"), record.source, (moved, *charge(fee)), None, record.maybe("id"), account,
        record.text("type"),
    )  # fmt: skip


def _market(record: Record, amount: Decimal, coin: str, fee: Fee) -> Row:
    value, money = _unit(record, "value")
    rate, _ = _unit(record, "rate")
    if not amount or not rate:
        raise record.refuse("amount", "is zero")
    fill = FillRow(
        symbol=f"{coin}/{money}", side=record.side("subType"), price=abs(rate), qty=amount,
        trade_id=record.maybe("id"),
        order_id=record.maybe("orderId"), **charged(fee),
    )  # fmt: skip
    return spot(record, fill, (coin, money), abs(value), stamp="datetime")


def _api(record: Record) -> Row:
    word = API_TYPES.get(record.text("type"), record.text("type"))
    pair = _pair_of(record) if word == "trade" else None
    moved = _moved(record, word, pair)
    if not moved:
        raise record.refuse("type", f"the {word} moves nothing")
    if word == "trade":
        return _api_trade(record, pair or _older_pair(record, moved), moved)
    cost = record.amount_or_none("fee")
    costs = charge((-cost, moved[0].currency) if cost else None)
    return Row(record.stamp("datetime"), record.source, moved + costs, None, record.text("id"), word=word)


def _pair_of(record: Record) -> str | None:
    """Return the field whose name is the market and whose value the price, like `btc_usd`."""
    named = (name for name in record.names() if "_" in name and name not in NO_COINS)
    return next((name for name in named if record.amount_or_none(name)), None)


def _moved(record: Record, word: str, pair: str | None) -> tuple[Movement, ...]:
    """Return the coins that moved, each in a field of its own name."""
    kind = {"trade": Kind.TRADE, "settlement": Kind.REALIZED}.get(word, Kind.TRANSFER)
    coins = (
        pair.split("_")
        if pair
        else [name for name in record.names() if name not in NO_COINS and "_" not in name]
    )
    amounts = {coin: record.amount_or_none(coin) for coin in sorted(coins)}
    return tuple(Movement(coin.upper(), amount, kind) for coin, amount in amounts.items() if amount)


def _older_pair(record: Record, moved: tuple[Movement, ...]) -> str:
    """Return the market of a trade that states no price, by the two coins that it moved."""
    coins = {one.currency.lower() for one in moved}
    quote = next((money for money in QUOTES if money in coins), None)
    if len(coins) != 2 or quote is None:
        raise record.refuse("type", f"a trade of {', '.join(sorted(coins))} has no market")
    return f"{(coins - {quote}).pop()}_{quote}"


def _api_trade(record: Record, pair: str, moved: tuple[Movement, ...]) -> Row:
    base, _, quote = pair.partition("_")
    qty = record.amount(base)
    cost = record.amount_or_none("fee")
    fee: Fee = (-cost, quote.upper()) if cost else None
    fill = FillRow(
        symbol=f"{base}/{quote}".upper(), side="buy" if qty > 0 else "sell",
        price=record.positive(pair) if record.maybe(pair) else unit_price(abs(record.amount(quote)),
        abs(qty)),
        qty=abs(qty),
        trade_id=record.text("id"), order_id=record.maybe("order_id"), **charged(fee),
    )  # fmt: skip
    return Row(
        record.stamp("datetime"), record.source, moved + charge(fee), fill, fill.trade_id, word="trade"
    )


FORMATS.add(
    "bitstamp-transactions",
    Format(
        name="bitstamp-transactions", venue="bitstamp", title="Bitstamp transactions export",
        needs=("type", "datetime", "account", "amount", "value", "rate", "fee", "subType"),
        also=("id", "amountCurrency", "valueCurrency", "rateCurrency", "feeCurrency", "orderId"),
        rows=each(_export),
    ),
)  # fmt: skip
FORMATS.add(
    "bitstamp-api",
    Format(
        name="bitstamp-api", venue="bitstamp", title="Bitstamp user transactions (API answer)",
        needs=("id", "datetime", "type", "fee"), also=("order_id", "usd", "btc", "eur"), shapes=JSON,
        rows=each(_api),
        check=lambda record: (record.maybe("type") or "").isdigit(),
    ),
)  # fmt: skip
