"""
Pairs between two runs over the same market: decisions by moment, then orders, then fills.

Each thing is paired at most once, with the nearest in time that could be the same; what remains is
unpaired on its side. The order of the steps matters: a fill of an order that the other run never
sent says nothing about fills.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from .sides import Event, Order, Side

Thing = TypeVar("Thing")


@dataclass(frozen=True)
class Pairs(Generic[Thing]):
    """What was paired, and what was not, on the first and on the second side."""

    both: tuple[tuple[Thing, Thing], ...]
    first: tuple[Thing, ...]
    second: tuple[Thing, ...]

    @property
    def ratio(self) -> float | None:
        """Return the share of everything that is in a pair, None when there is nothing."""
        total = 2 * len(self.both) + len(self.first) + len(self.second)
        return 2 * len(self.both) / total if total else None


@dataclass(frozen=True)
class Matched:
    """The pairs of two sides; `agreeing` are pairs of decisions that show the same quotes."""

    decisions: Pairs[Event]
    agreeing: int
    orders: Pairs[Order]
    fills_both: int
    fills_total: int

    @property
    def agreeing_ratio(self) -> float | None:
        """Return the share of all decisions that are paired and agree."""
        pairs = self.decisions
        total = 2 * len(pairs.both) + len(pairs.first) + len(pairs.second)
        return 2 * self.agreeing / total if total else None

    @property
    def fill_ratio(self) -> float | None:
        """Return the share of filled quantity, in fills, that both runs have; None without any."""
        return self.fills_both / self.fills_total if self.fills_total else None


def match(one: Side, other: Side, within_ns: int) -> Matched:
    """Pair everything that two sides did, no further apart in time than `within_ns`."""
    decisions = paired(
        one.decisions, other.decisions, lambda d: d["symbol"], lambda d: int(d["ts_ns"]), within_ns
    )
    agreeing = sum(_agree(a, b) for a, b in decisions.both)
    orders = paired(
        one.orders, other.orders, lambda o: (o.symbol, o.side, o.price, o.qty), lambda o: o.ts_ns, within_ns
    )
    both = sum(a.filled == b.filled > 0 for a, b in orders.both)
    filled = [*one.orders, *other.orders]
    return Matched(decisions, agreeing, orders, 2 * both, sum(order.filled > 0 for order in filled))


def paired(
    one: Sequence[Thing],
    other: Sequence[Thing],
    key: Callable[[Thing], Hashable],
    moment: Callable[[Thing], int],
    within_ns: int,
) -> Pairs[Thing]:
    """Pair things of equal keys, each with the nearest in time that is still free."""
    free: defaultdict[Hashable, list[tuple[int, int, Thing]]] = defaultdict(list)
    for place, thing in enumerate(other):
        free[key(thing)].append((moment(thing), place, thing))
    for waiting in free.values():
        waiting.sort(key=lambda item: item[:2])
    both: list[tuple[Thing, Thing]] = []
    first: list[Thing] = []
    for thing in sorted(one, key=moment):
        waiting = free[key(thing)]
        at = _nearest([item[0] for item in waiting], moment(thing))
        if at is None or abs(waiting[at][0] - moment(thing)) > within_ns:
            first.append(thing)
        else:
            both.append((thing, waiting.pop(at)[2]))
    second = sorted((item for waiting in free.values() for item in waiting), key=lambda item: item[:2])
    return Pairs(tuple(both), tuple(first), tuple(item[2] for item in second))


def _nearest(moments: Sequence[int], ts_ns: int) -> int | None:
    at = bisect_left(moments, ts_ns)
    places = [place for place in (at - 1, at) if 0 <= place < len(moments)]
    return min(places, key=lambda place: abs(moments[place] - ts_ns), default=None)


def _agree(one: Event, other: Event) -> bool:
    return all(one[name] == other[name] for name in ("quote_bid", "quote_ask", "position"))
