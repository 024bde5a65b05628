"""
Coinmate: the transaction history of three generations, in English and Czech.

Fields: the venue's own headers. `Total` is what moved in the second currency, the fee taken off;
of a deposit or withdrawal what moved with its fee. Fees are written as paid. Only rows with status
OK or COMPLETED moved money. Amounts of a sale are negative in some exports and not in others.
"""

from decimal import Decimal

from ..entry import FillRow, Kind, Movement, Row
from ..record import Record
from .deal import charge, charged, is_done, paid, spot
from .interface import FORMATS, Format, each

CZECH = {
    "Datum": "date", "Účet": "account", "Typ": "type", "Částka": "amount", "Částka měny": "amountCurrency",
    "Cena": "price",
    "Cena měny": "priceCurrency", "Poplatek": "fee", "Poplatek měny": "feeCurrency", "Celkem": "total",
    "Celkem měny": "totalCurrency",
    "Popisek": "description", "První zůstatek po": "firstBalanceAfter",
    "První zůstatek po měně": "firstBalanceAfterCurrency",
    "Druhý zůstatek po": "secondBalanceAfter", "Druhý zůstatek po měně": "secondBalanceAfterCurrency",
}  # fmt: skip
TURNED = {
    "Transaction id": "id", "Currency amount": "amountCurrency", "Currency price": "priceCurrency",
    "Currency fee": "feeCurrency",
    "Currency total": "totalCurrency", "Type": "group", "Type detail": "type",
    "Currency first balance after": "firstBalanceAfterCurrency",
    "Currency second balance after": "secondBalanceAfterCurrency",
}  # fmt: skip
KINDS = {
    "deposit": Kind.TRANSFER, "withdrawal": Kind.TRANSFER, "balance_move_credit": Kind.TRANSFER,
    "balance_move_debit": Kind.TRANSFER,
    "affiliate": Kind.REFERRAL, "referral": Kind.REFERRAL, "rebate": Kind.REBATE, "": Kind.OTHER,
    "new_user_reward": Kind.REFERRAL,
    "instant_deposit": Kind.TRANSFER, "instant_withdrawal": Kind.TRANSFER, "fee": Kind.FEE,
}  # fmt: skip
TRADES = frozenset(
    {
        f"{how}{side}"
        for how in ("", "quick_", "market_", "instant_", "stop_", "limit_")
        for side in ("buy", "sell")
    }
)


def _row(record: Record) -> Row:
    word, account = record.maybe("type") or "", record.maybe("account") or record.maybe("name") or ""
    if not is_done(record, "status"):
        said = f"{word} {record.maybe('status') or 'without a status'}"
        return Row(record.stamp("date"), record.source, ref=record.maybe("id"), account=account, word=said)
    if word.lower() in TRADES:
        row = _trade(record)
        return Row(row.ts_ns, row.source, row.movements, row.fill, row.ref, account, word)
    if word.lower() not in KINDS and record.amount_or_none("price"):
        # What has a price moved two currencies, and nobody knows which way.
        raise record.refuse("type", f"{word!r} is no kind of trade that is known")
    coin, amount = record.currency("amountCurrency"), record.amount("amount")
    fee = paid(record, "fee", record.currency("feeCurrency") if record.maybe("feeCurrency") else None)
    moved = (Movement(coin, amount, KINDS.get(word.lower(), Kind.OTHER)), *charge(fee))
    return Row(
        record.stamp("date"), record.source, _balanced(record, moved), None, record.maybe("id"), account, word
    )


def _trade(record: Record) -> Row:
    base, quote = record.currency("amountCurrency"), record.currency("priceCurrency")
    side = "buy" if record.word("type").endswith("buy") else "sell"
    fee = paid(record, "fee", record.currency("feeCurrency") if record.maybe("feeCurrency") else quote)
    net, cost = abs(record.amount("total")), abs(fee[0]) if fee and fee[1] == quote else Decimal(0)
    fill = FillRow(
        symbol=f"{base}_{quote}", side=side, price=record.positive("price"), qty=record.positive("amount"),
        trade_id=record.maybe("id"), **charged(fee),
    )  # fmt: skip
    row = spot(record, fill, (base, quote), net - cost if side == "buy" else net + cost, stamp="date")
    return Row(row.ts_ns, row.source, _balanced(record, row.movements), fill, row.ref, word="trade")


def _balanced(record: Record, moved: tuple[Movement, ...]) -> tuple[Movement, ...]:
    """Return the movements with the balances that the row states, on the last of each currency."""
    balances = {}
    for place in ("first", "second"):
        after = record.amount_or_none(f"{place}BalanceAfter")
        if after is not None and record.maybe(f"{place}BalanceAfterCurrency"):
            balances[record.currency(f"{place}BalanceAfterCurrency")] = after
    told = [
        Movement(one.currency, one.amount, one.kind, balances.pop(one.currency, None))
        for one in reversed(moved)
    ]
    return tuple(reversed(told))


NEEDS = (
    "date",
    "type",
    "amount",
    "amountCurrency",
    "price",
    "priceCurrency",
    "fee",
    "feeCurrency",
    "total",
    "totalCurrency",
    "status",
)
FORMATS.add(
    "coinmate-history",
    Format(
        name="coinmate-history", venue="coinmate", title="Coinmate transaction history", needs=NEEDS,
        also=("id", "account", "firstBalanceAfter", "secondBalanceAfter"), names=CZECH, rows=each(_row),
    ),
)  # fmt: skip
FORMATS.add(
    "coinmate-history-turned",
    Format(
        name="coinmate-history-turned", venue="coinmate",
        title="Coinmate transaction history with the currency first", needs=NEEDS,
        also=("id", "group", "name", "firstBalanceAfter", "secondBalanceAfter"), names=TURNED,
        rows=each(_row),
    ),
)  # fmt: skip
