"""
Cash that is no fill: funding, transfers, interest; matched by kind, currency, market and time.

These rows have no id that both books share, so the nearest in time of equal amount comes first;
a payment that both know but that differs is an amount that differs, not two missing rows.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from ..entry import Kind, Movement, Row
from .rules import cash_key, market_of
from .tolerance import Tolerance

NEAREST = 8


@dataclass(frozen=True)
class Payment:
    """One movement of a row without a fill."""

    row: Row
    movement: Movement

    @property
    def order(self) -> tuple[object, ...]:
        """Return what payments are sorted by."""
        row = self.row
        return (
            row.ts_ns, row.symbol, self.movement.currency, self.movement.amount, row.ref or "", row.account,
            row.source.file, row.source.line,
        )  # fmt: skip


@dataclass
class CashMatching:
    """Pairs of payments, payments that are said twice (and by whom), and those without a partner."""

    pairs: list[tuple[Payment, Payment]] = field(default_factory=list)
    twice: list[tuple[Payment, bool]] = field(default_factory=list)
    left_ours: list[Payment] = field(default_factory=list)
    left_theirs: list[Payment] = field(default_factory=list)


def payments(rows: Iterable[Row], kinds: frozenset[Kind]) -> Iterator[Payment]:
    """Yield the movements of these kinds; a movement of nothing is no payment."""
    for row in rows:
        if row.fill is None:
            for movement in row.movements:
                if movement.kind in kinds and movement.amount:
                    yield Payment(row, movement)


def match_cash(ours: Iterable[Payment], theirs: Iterable[Payment], tolerance: Tolerance) -> CashMatching:
    """Match the payments of two books."""
    found = CashMatching()
    sides = _grouped(ours), _grouped(theirs)
    for key in sorted(sides[0].keys() | sides[1].keys()):
        a, b = sides[0].get(key, []), sides[1].get(key, [])
        taken = _pair(a, b, tolerance, found)
        found.left_ours += _twins_out(
            [one for at, one in enumerate(a) if at not in taken[0]], a, found, here=True
        )
        found.left_theirs += _twins_out(
            [one for at, one in enumerate(b) if at not in taken[1]], b, found, here=False
        )
    return found


def _grouped(found: Iterable[Payment]) -> dict[tuple[str, str], list[Payment]]:
    groups: dict[tuple[str, str], list[Payment]] = defaultdict(list)
    for one in sorted(found, key=lambda payment: payment.order):
        groups[cash_key(Row(one.row.ts_ns, one.row.source, (one.movement,)))].append(one)
    return groups


def _pair(
    a: list[Payment], b: list[Payment], tolerance: Tolerance, found: CashMatching
) -> tuple[set[int], set[int]]:
    """Pair the nearest first; equal amounts at one time go before all others."""
    taken: tuple[set[int], set[int]] = set(), set()
    for _, _, at, to in sorted(_near(a, b, tolerance)):
        if at not in taken[0] and to not in taken[1]:
            taken[0].add(at)
            taken[1].add(to)
            found.pairs.append((a[at], b[to]))
    return taken


def _near(a: list[Payment], b: list[Payment], tolerance: Tolerance) -> Iterator[tuple[int, int, int, int]]:
    """
    Yield (rank, distance, ours, theirs) of payments that may be one, for each of ours the likely few.

    At one time goes before of one amount: a payment whose amount is wrong is still that payment.
    """
    times = [one.row.ts_ns for one in b]
    of_amount: dict[Decimal, list[int]] = defaultdict(list)
    for to, one in enumerate(b):
        of_amount[one.movement.amount].append(to)
    for at, one in enumerate(a):
        equal = of_amount.get(one.movement.amount, [])
        middle = bisect_left(equal, one.row.ts_ns, key=times.__getitem__)
        likely = set(equal[max(0, middle - NEAREST) : middle + NEAREST])
        middle = bisect_left(times, one.row.ts_ns)
        likely.update(range(max(0, middle - NEAREST), min(len(b), middle + NEAREST)))
        for to in likely:
            apart = abs(times[to] - one.row.ts_ns)
            if apart <= tolerance.late_ns and _one_market(one, b[to]):
                rank = 2 * (apart > tolerance.time_ns) + (not same_amount(one, b[to], tolerance))
                yield rank, apart, at, to


def _one_market(one: Payment, other: Payment) -> bool:
    names = {market_of(payment.row.symbol) for payment in (one, other) if payment.row.symbol}
    return len(names) < 2


def same_amount(one: Payment, other: Payment, tolerance: Tolerance) -> bool:
    """Return whether two payments are of one amount."""
    mine: Decimal = one.movement.amount
    return abs(other.movement.amount - mine) <= tolerance.of_fee(mine)


def _twins_out(
    left: list[Payment], every: list[Payment], found: CashMatching, *, here: bool
) -> list[Payment]:
    """Return what is left without the payments that the same side says a second time."""
    gone = {id(one) for one in left}
    kept_says = {_says(one) for one in every if id(one) not in gone}
    alone = []
    for one in left:
        said = _says(one)
        if said in kept_says:
            found.twice.append((one, here))
        else:
            alone.append(one)
            kept_says.add(said)
    return alone


def _says(one: Payment) -> tuple[object, ...]:
    row = one.row
    return row.ts_ns, row.account, row.symbol, row.ref, one.movement.amount, one.movement.currency
