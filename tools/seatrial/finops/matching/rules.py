"""
When two rows agree: the one copy of every rule, used wherever a pair is compared.

Amounts are signed cash effects, so a difference is always what they booked less what we booked.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, localcontext
from enum import StrEnum
from functools import lru_cache

from .. import markets
from ..entry import FillRow, Kind, Row
from ..ledger import EXACT, ZERO
from ..saying import amount, maybe, utc
from .tolerance import Tolerance


class BreakClass(StrEnum):
    """What is wrong with a row; `here` is our record, `there` the venue's statement."""

    MISSING_HERE = "missing_here"
    MISSING_THERE = "missing_there"
    DUPLICATE = "duplicate"
    QUANTITY = "quantity"
    PRICE = "price"
    FEE_AMOUNT = "fee_amount"
    FEE_CURRENCY = "fee_currency"
    SIDE = "side"
    TIMING = "timing"
    CURRENCY = "currency"
    LATE = "late"
    RESTATED = "restated"


@dataclass(frozen=True)
class Difference:
    """One field in which two rows differ, in words, and what the difference is worth in its unit."""

    kind: BreakClass
    field: str
    ours: str | None
    theirs: str | None
    amount: Decimal = ZERO


@lru_cache(maxsize=4_096)
def market_of(symbol: str) -> str:
    """Return a symbol as every venue would write it: BTC/USDT:USDT and BTC-USDT are BTCUSDT."""
    plain = symbol.upper().partition(":")[0]
    for word in ("-SWAP", "-PERP", "_PERP"):
        plain = plain.removesuffix(word)
    return "".join(letter for letter in plain if letter.isalnum()).replace("XBT", "BTC")


@lru_cache(maxsize=4_096)
def currencies_of(symbol: str) -> tuple[str, str]:
    """Return base and quote of a symbol, empty where it does not tell."""
    for word in ("-SWAP", "-PERP", "_PERP"):
        symbol = symbol.upper().removesuffix(word)
    try:
        return markets.split(symbol)
    except ValueError:
        return "", ""


def fill_of(row: Row) -> FillRow:
    """Return the fill of a row that is known to have one."""
    assert row.fill is not None, "only rows with a fill are matched as fills"
    return row.fill


def differences(ours: Row, theirs: Row, tolerance: Tolerance) -> tuple[Difference, ...]:
    """Return every field in which two rows of one fill differ by more than is tolerated."""
    return tuple(_differences(ours, theirs, tolerance))


def _differences(ours: Row, theirs: Row, tolerance: Tolerance) -> Iterator[Difference]:
    a, b = fill_of(ours), fill_of(theirs)
    if market_of(a.symbol) != market_of(b.symbol):
        yield Difference(BreakClass.CURRENCY, "symbol", a.symbol, b.symbol)
    if a.side != b.side:
        yield Difference(BreakClass.SIDE, "side", a.side, b.side)
    if abs(b.qty - a.qty) > tolerance.qty:
        yield Difference(BreakClass.QUANTITY, "qty", amount(a.qty), amount(b.qty), b.qty - a.qty)
    if abs(b.price - a.price) > tolerance.price:
        yield Difference(BreakClass.PRICE, "price", amount(a.price), amount(b.price), b.price - a.price)
    yield from fee_differences(a, b, tolerance)
    yield from time_differences(ours, theirs, tolerance)


def fee_differences(a: FillRow, b: FillRow, tolerance: Tolerance) -> Iterator[Difference]:
    """Yield the difference of the fees; amounts in two currencies are not compared, zero is in any."""
    if a.fee is None or b.fee is None:
        return
    named = bool(a.fee_currency and b.fee_currency) and bool(a.fee or b.fee)
    if named and money_of(a.fee_currency) != money_of(b.fee_currency):
        yield Difference(
            BreakClass.FEE_CURRENCY, "fee_currency",
            f"{maybe(a.fee)} {a.fee_currency}", f"{maybe(b.fee)} {b.fee_currency}",
        )  # fmt: skip
    elif abs(b.fee - a.fee) > tolerance.of_fee(a.fee):
        yield Difference(BreakClass.FEE_AMOUNT, "fee", amount(a.fee), amount(b.fee), b.fee - a.fee)


def time_differences(ours: Row, theirs: Row, tolerance: Tolerance) -> Iterator[Difference]:
    """Yield the difference of the times: none, timing, or late."""
    apart = abs(theirs.ts_ns - ours.ts_ns)
    if apart > tolerance.time_ns:
        kind = BreakClass.LATE if apart > tolerance.late_ns else BreakClass.TIMING
        yield Difference(
            kind, "ts_ns", utc(ours.ts_ns), utc(theirs.ts_ns), Decimal(theirs.ts_ns - ours.ts_ns)
        )


def money_of(currency: str | None) -> str:
    """Return a currency's code as both books would write it."""
    return markets.currency(currency or "")


def value_of(row: Row) -> Decimal:
    """Return what a fill is worth in quote currency."""
    fill = fill_of(row)
    with localcontext(EXACT):
        if fill.notional is not None:
            return abs(fill.notional * fill.price) if fill.inverse else abs(fill.notional)
        return abs(fill.price * fill.qty)


def charged_on(row: Row) -> Decimal:
    """Return what a fee is a share of, in settlement money."""
    fill = fill_of(row)
    with localcontext(EXACT):
        return abs(fill.notional) if fill.notional is not None else abs(fill.price * fill.qty)


def cash_key(row: Row) -> tuple[str, str]:
    """Return what two rows of cash must share to be one: the kind of payment and its currency."""
    movement = row.movements[0]
    kind = Kind.FEE if movement.kind is Kind.REBATE else movement.kind
    return kind.value, money_of(movement.currency)
