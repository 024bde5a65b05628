"""Breaks of payments that are no fills: missing, said twice, of another amount, at another time."""

from collections.abc import Iterator
from decimal import Decimal, localcontext

from .breaks import Break, Rates, in_quote, key_of, source_of
from .ledger import EXACT
from .matching.cash import CashMatching, Payment, same_amount
from .matching.rules import BreakClass, money_of, time_differences
from .matching.tolerance import Tolerance
from .saying import amount


def cash_breaks(matching: CashMatching, tolerance: Tolerance, rates: Rates) -> Iterator[Break]:
    """Yield every break of the payments of two books."""
    for ours, theirs in matching.pairs:
        yield from _of_pair(ours, theirs, tolerance, rates)
    for one, here in matching.twice:
        yield _alone(one, BreakClass.DUPLICATE, rates, here=here)
    for one in matching.left_ours:
        yield _alone(one, BreakClass.MISSING_THERE, rates, here=True)
    for one in matching.left_theirs:
        yield _alone(one, BreakClass.MISSING_HERE, rates, here=False)


def _of_pair(ours: Payment, theirs: Payment, tolerance: Tolerance, rates: Rates) -> Iterator[Break]:
    if not same_amount(ours, theirs, tolerance):
        with localcontext(EXACT):
            moved = theirs.movement.amount - ours.movement.amount
        yield Break(
            BreakClass.FEE_AMOUNT,
            key_of(theirs.row),
            theirs.movement.kind.value,
            told(ours),
            told(theirs),
            in_quote(abs(moved), theirs.movement.currency, theirs.row, rates),
            symbol_of(theirs, ours),
            theirs.row.ts_ns,
            source_of(theirs.row),
            {money_of(theirs.movement.currency): moved},
            ours.row,
            theirs.row,
        )
    for one in time_differences(ours.row, theirs.row, tolerance):
        late = one.kind is BreakClass.LATE
        value = in_quote(abs(theirs.movement.amount), theirs.movement.currency, theirs.row, rates)
        yield Break(
            one.kind, key_of(theirs.row), one.field, one.ours, one.theirs, value if late else Decimal(0),
            symbol_of(theirs, ours), theirs.row.ts_ns, source_of(theirs.row), {}, ours.row, theirs.row,
        )  # fmt: skip


def _alone(one: Payment, kind: BreakClass, rates: Rates, *, here: bool) -> Break:
    moved = -one.movement.amount if here else one.movement.amount
    return Break(
        kind,
        key_of(one.row),
        one.movement.kind.value,
        told(one) if here else None,
        None if here else told(one),
        in_quote(abs(moved), one.movement.currency, one.row, rates),
        one.row.symbol,
        one.row.ts_ns,
        source_of(one.row),
        {money_of(one.movement.currency): moved},
        one.row if here else None,
        None if here else one.row,
    )


def told(one: Payment) -> str:
    """Return a payment in words."""
    return f"{amount(one.movement.amount)} {one.movement.currency}"


def symbol_of(one: Payment, other: Payment) -> str:
    """Return the market of a pair of payments, empty where neither says."""
    return one.row.symbol or other.row.symbol
