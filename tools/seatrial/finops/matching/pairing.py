"""
Pairing: which fill of ours is which fill of theirs, in tiers from certain to likely.

Trade id first, then order id with price and quantity, then several rows that add up to one, then
time windows. Whatever a tier takes is gone for the next; what no tier takes is a break. The order
of the rows given never matters: every tier sorts by what the rows say.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, localcontext
from itertools import islice

from ..entry import Row
from ..ledger import EXACT, ZERO
from .rules import differences, fill_of, market_of, value_of
from .tolerance import Tolerance

Key = Callable[[Row], Hashable]
NEAREST = 64


@dataclass(frozen=True)
class Pair:
    """One fill of ours and the fill of theirs that it is; `tier` says how we know."""

    ours: Row
    theirs: Row
    tier: str


@dataclass(frozen=True)
class Group:
    """Several rows on one side that add up to those on the other."""

    ours: tuple[Row, ...]
    theirs: tuple[Row, ...]
    tier: str


@dataclass(frozen=True)
class Surplus:
    """A row whose id is matched already: said twice, or said otherwise (`other` is the one matched)."""

    row: Row
    other: Row
    here: bool
    equal: bool


@dataclass
class Matching:
    """The result of all tiers; `left_*` found no partner."""

    pairs: list[Pair] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    surplus: list[Surplus] = field(default_factory=list)
    left_ours: list[Row] = field(default_factory=list)
    left_theirs: list[Row] = field(default_factory=list)


def order_of(row: Row) -> tuple[object, ...]:
    """Return what rows are sorted by: everything they say, and at last where they stand."""
    fill = fill_of(row)
    return (
        row.ts_ns, fill.trade_id or "", fill.order_id or "", fill.symbol, fill.side, fill.price, fill.qty,
        fill.fee or ZERO, fill.fee_currency or "", row.account, row.source.file, row.source.line,
    )  # fmt: skip


def match(
    ours: Iterable[Row], theirs: Iterable[Row], tolerance: Tolerance, *, ids_shared: bool = False
) -> Matching:
    """
    Match the fills of two books.

    `ids_shared` says that other rows of these books have matched by trade id already, so that two
    different ids are two fills.
    """
    tiers = _Tiers(sorted(ours, key=order_of), sorted(theirs, key=order_of), tolerance)
    tiers.ids_shared = ids_shared
    tiers.by_trade_id()
    tiers.by_order()
    tiers.by_sum_of_order()
    tiers.by_window()
    tiers.by_sum_in_window()
    tiers.by_all_but_one()
    tiers.found.left_ours, tiers.found.left_theirs = tiers.ours, tiers.theirs
    return tiers.found


class _Tiers:
    """The rows that are still without a partner, and what was found so far."""

    def __init__(self, ours: list[Row], theirs: list[Row], tolerance: Tolerance) -> None:
        self.ours, self.theirs, self.tolerance = ours, theirs, tolerance
        self.found = Matching()
        self.ids_shared = False

    def by_trade_id(self) -> None:
        """Match rows of one market and trade id; then of one trade id and otherwise equal size and price."""
        sides = _grouped(self.ours, _market_and_id), _grouped(self.theirs, _market_and_id)
        for key in sorted(sides[0].keys() & sides[1].keys(), key=repr):
            self._settle(sides[0][key], sides[1][key])
        self._drop_taken()
        self._twice_on_one_side()
        self._all_equal(_id_and_size, "trade_id")
        self.ids_shared |= any(pair.tier == "trade_id" for pair in self.found.pairs)

    def by_order(self) -> None:
        """Match rows of one order, price and quantity; with ids that differ only at one time."""
        self._nearest(_order_and_size, "order", None)

    def by_sum_of_order(self) -> None:
        """Match all rows of an order with all rows of it, when quantity and value add up."""
        sides = _grouped(self.ours, _order), _grouped(self.theirs, _order)
        for key in sorted(sides[0].keys() & sides[1].keys(), key=repr):
            a, b = sides[0][key], sides[1][key]
            if len(a) == len(b) == 1 and not self._conflicting(a[0], b[0]):
                self.found.pairs.append(Pair(a[0], b[0], "order"))
            elif self._adds_up(a, b):
                self.found.groups.append(Group(tuple(a), tuple(b), "order"))
        self._drop_taken()

    def by_window(self) -> None:
        """Match rows of equal market, side, price and quantity that are near in time, the nearest first."""
        self._nearest(_size, "window", self.tolerance.window_ns)

    def _nearest(self, key: Key, tier: str, window_ns: int | None) -> None:
        sides = _grouped(self.ours, key), _grouped(self.theirs, key)
        for shared in sorted(sides[0].keys() & sides[1].keys(), key=repr):
            a, b = sides[0][shared], sides[1][shared]
            near = sorted(self._candidates(a, b, window_ns))
            taken: tuple[set[int], set[int]] = set(), set()
            for _, at, to in near:
                if at not in taken[0] and to not in taken[1]:
                    taken[0].add(at)
                    taken[1].add(to)
                    self.found.pairs.append(Pair(a[at], b[to], tier))
        self._drop_taken()

    def _candidates(
        self, a: list[Row], b: list[Row], window_ns: int | None
    ) -> Iterator[tuple[int, int, int]]:
        """Yield (distance, ours, theirs) of rows that may be one, for each row of ours the nearest few."""
        times = [row.ts_ns for row in b]
        for at, row in enumerate(a):
            middle = bisect_left(times, row.ts_ns)
            few = range(max(0, middle - NEAREST), min(len(b), middle + NEAREST))
            for to in few if len(b) > 2 * NEAREST else range(len(b)):
                apart = abs(row.ts_ns - times[to])
                limit = window_ns
                if self._conflicting(row, b[to]):
                    limit = self.tolerance.time_ns if window_ns is None else -1
                if limit is None or apart <= limit:
                    yield apart, at, to

    def by_sum_in_window(self) -> None:
        """Match one row with several of its market and side at about its time that add up to it."""
        for one_is_ours in (False, True):
            singles = self.ours if one_is_ours else self.theirs
            many = _grouped(self.theirs if one_is_ours else self.ours, _way)
            for single in singles:
                parts = self._near(single, many.get(_way(single), []))
                if len(parts) > 1 and self._adds_up(parts, [single]):
                    ours, theirs = ((single,), tuple(parts)) if one_is_ours else (tuple(parts), (single,))
                    self.found.groups.append(Group(ours, theirs, "window"))
                    many[_way(single)] = [part for part in many[_way(single)] if part not in parts]
            self._drop_taken()

    def by_all_but_one(self) -> None:
        """Match rows of one time that differ in one field only, where there is no other candidate."""
        for key in (_all_but_price, _all_but_qty, _all_but_side, _all_but_symbol):
            sides = _grouped(self.ours, key), _grouped(self.theirs, key)
            for shared in sorted(sides[0].keys() & sides[1].keys(), key=repr):
                for a in sides[0][shared]:
                    near = self._near(a, sides[1][shared])
                    if len(near) == 1 and len(self._near(near[0], sides[0][shared])) == 1:
                        self.found.pairs.append(Pair(a, near[0], "all_but_one"))
            self._drop_taken()

    def _near(self, row: Row, others: list[Row]) -> list[Row]:
        """Return the rows, sorted by time, that are at the time of this one and may be it."""
        within = self.tolerance.time_ns
        first = bisect_left(others, row.ts_ns - within, key=_when)
        near = []
        for other in islice(others, first, None):
            if other.ts_ns > row.ts_ns + within:
                break
            if not self._conflicting(row, other):
                near.append(other)
        return near

    def _conflicting(self, a: Row, b: Row) -> bool:
        """Return whether two ids of one space say that these are two fills."""
        one, other = fill_of(a).trade_id, fill_of(b).trade_id
        return self.ids_shared and bool(one) and bool(other) and one != other

    def _settle(self, ours: list[Row], theirs: list[Row]) -> None:
        """Pair the rows of one id: equal ones first, then the nearest; what is over is surplus."""
        if len(ours) == len(theirs) == 1:
            self.found.pairs.append(Pair(ours[0], theirs[0], "trade_id"))
            return
        apart = sorted(
            (len(differences(a, b, self.tolerance)), abs(a.ts_ns - b.ts_ns), at, to)
            for at, a in enumerate(ours)
            for to, b in enumerate(theirs)
        )
        partner: tuple[dict[int, int], dict[int, int]] = {}, {}
        for _, _, at, to in apart:
            if at not in partner[0] and to not in partner[1]:
                partner[0][at], partner[1][to] = to, at
                self.found.pairs.append(Pair(ours[at], theirs[to], "trade_id"))
        self._over(ours, partner[0].keys(), here=True)
        self._over(theirs, partner[1].keys(), here=False)

    def _over(self, rows: list[Row], matched: Iterable[int], *, here: bool) -> None:
        kept = [rows[at] for at in sorted(matched)]
        for row in rows:
            if any(row is one for one in kept):
                continue
            twins = [one for one in kept if not differences(one, row, self.tolerance)]
            self.found.surplus.append(Surplus(row, (twins or kept)[0], here, bool(twins)))

    def _twice_on_one_side(self) -> None:
        """Keep one row of an id that only one side knows; the others say it twice or otherwise."""
        for rows, here in ((self.ours, True), (self.theirs, False)):
            for same in _grouped(rows, _market_and_id).values():
                if len(same) > 1:
                    self._over(same, (0,), here=here)
        self._drop_taken()

    def _all_equal(self, key: Key, tier: str) -> None:
        sides = _grouped(self.ours, key), _grouped(self.theirs, key)
        for shared in sorted(sides[0].keys() & sides[1].keys(), key=repr):
            for a, b in zip(sides[0][shared], sides[1][shared], strict=False):
                self.found.pairs.append(Pair(a, b, tier))
        self._drop_taken()

    def _adds_up(self, ours: Sequence[Row], theirs: Sequence[Row]) -> bool:
        with localcontext(EXACT):
            qty = sum((fill_of(row).qty for row in theirs), ZERO) - sum(
                (fill_of(row).qty for row in ours), ZERO
            )
            value = _values(theirs) - _values(ours)
            size = sum((fill_of(row).qty for row in ours), ZERO)
            return abs(qty) <= self.tolerance.qty and abs(value) <= self.tolerance.price * size

    def _drop_taken(self) -> None:
        taken = {id(row) for pair in self.found.pairs for row in (pair.ours, pair.theirs)}
        taken |= {id(row) for group in self.found.groups for row in (*group.ours, *group.theirs)}
        taken |= {id(surplus.row) for surplus in self.found.surplus}
        self.ours = [row for row in self.ours if id(row) not in taken]
        self.theirs = [row for row in self.theirs if id(row) not in taken]


def _when(row: Row) -> int:
    return row.ts_ns


def _values(rows: Sequence[Row]) -> Decimal:
    return sum((value_of(row) for row in rows), ZERO)


def _grouped(rows: Iterable[Row], key: Key) -> dict[Hashable, list[Row]]:
    groups: dict[Hashable, list[Row]] = defaultdict(list)
    for row in rows:
        shared = key(row)
        if shared is not None:
            groups[shared].append(row)
    return groups


def _market_and_id(row: Row) -> Hashable:
    fill = fill_of(row)
    return (market_of(fill.symbol), fill.trade_id) if fill.trade_id else None


def _id_and_size(row: Row) -> Hashable:
    fill = fill_of(row)
    return (fill.trade_id, fill.side, fill.price, fill.qty) if fill.trade_id else None


def _order(row: Row) -> Hashable:
    fill = fill_of(row)
    return (market_of(fill.symbol), fill.order_id, fill.side) if fill.order_id else None


def _order_and_size(row: Row) -> Hashable:
    fill = fill_of(row)
    return (_order(row), fill.price, fill.qty) if fill.order_id else None


def _way(row: Row) -> Hashable:
    return market_of(fill_of(row).symbol), fill_of(row).side


def _size(row: Row) -> Hashable:
    return (_way(row), fill_of(row).price, fill_of(row).qty)


def _all_but_price(row: Row) -> Hashable:
    return (_way(row), fill_of(row).qty)


def _all_but_qty(row: Row) -> Hashable:
    return (_way(row), fill_of(row).price)


def _all_but_side(row: Row) -> Hashable:
    return (market_of(fill_of(row).symbol), fill_of(row).price, fill_of(row).qty)


def _all_but_symbol(row: Row) -> Hashable:
    return (fill_of(row).side, fill_of(row).price, fill_of(row).qty)
