"""
Lists that transactions append to and read, after Elle.

A list tells its own history: of two reads one must begin with the other, and the longest gives the
order of the appends. What is not so is an anomaly by itself; what is so becomes a graph.
"""

from itertools import pairwise
from typing import Any, Final

from ..finding import Finding
from ..graph import RW, WR, WW, Graph
from ..operation import History, Operation
from ..transactions import READS, committed, concluded, parts, readable, spoiled, writers

APPEND: Final = frozenset({"append"})


def list_append(history: History, _: float) -> Finding:
    """Judge list-append transactions: strict serializability."""
    strange = readable(history)
    if strange is not None:
        return strange
    good, bad, unclear = writers(history, APPEND)
    if unclear is not None:
        return unclear
    transactions = committed(history)
    orders: dict[Any, tuple[Any, ...]] = {}
    finals = _finals(transactions)
    for operation in transactions:
        wrong = _inside(operation) or _reads(operation, orders, bad, finals)
        if wrong is not None:
            return wrong
    return _graph(transactions, orders, good)


def _finals(transactions: list[Operation]) -> dict[Any, bool]:
    """Return (key, value) -> whether it is the last append of its transaction to that key."""
    finals: dict[Any, bool] = {}
    for operation in transactions:
        last: dict[Any, Any] = {}
        for f, key, value in parts(operation):
            if f in APPEND:
                if key in last:
                    finals[key, last[key]] = False
                last[key] = value
                finals[key, value] = True
    return finals


def _inside(operation: Operation) -> Finding | None:
    """Whether a transaction sees its own appends."""
    if operation.status != "ok":
        return None
    known: dict[Any, tuple[Any, ...]] = {}
    own: dict[Any, tuple[Any, ...]] = {}
    for f, key, value in parts(operation):
        if f in APPEND:
            own[key] = (*own.get(key, ()), value)
            if key in known:
                known[key] = (*known[key], value)
        elif f in READS:
            seen = tuple(value or ())
            ends = own.get(key, ())
            if known.get(key, seen) != seen or seen[len(seen) - len(ends) :] != ends:
                return spoiled("internal", operation, key, value)
            known[key] = seen
    return None


def _reads(
    operation: Operation, orders: dict[Any, tuple[Any, ...]], bad: dict[Any, int], finals: dict[Any, bool]
) -> Finding | None:
    if operation.status != "ok":
        return None
    own = {(key, value) for f, key, value in parts(operation) if f in APPEND}
    for f, key, value in parts(operation):
        if f not in READS:
            continue
        seen = tuple(value or ())
        if len(set(seen)) != len(seen):
            return spoiled("duplicate-elements", operation, key, value)
        if any((key, element) in bad for element in seen):
            return spoiled("G1a", operation, key, value)
        if seen and (key, seen[-1]) not in own and not finals.get((key, seen[-1]), True):
            return spoiled("G1b", operation, key, value)
        known = orders.setdefault(key, seen)
        short, long = sorted((known, seen), key=len)
        if long[: len(short)] != short:
            return spoiled("incompatible-order", operation, key, value)
        orders[key] = long
    return None


def _graph(
    transactions: list[Operation], orders: dict[Any, tuple[Any, ...]], good: dict[Any, int]
) -> Finding:
    graph, read = Graph(transactions), 0
    late = _late(transactions, orders, good)
    for key, order in orders.items():
        for before, after in pairwise(order):
            graph.add(good.get((key, before)), good.get((key, after)), WW)
    for index, operation in enumerate(transactions):
        for key, seen in _outside(operation):
            read += 1
            order = orders[key]
            if seen:
                graph.add(good.get((key, seen[-1])), index, WR)
            following = order[len(seen)] if len(seen) < len(order) else None
            graph.add(index, good.get((key, following)), RW)
            for unseen in late.get(key, ()) if following is None else ():
                graph.add(index, unseen, RW)
    return concluded(graph, read)


def _late(
    transactions: list[Operation], orders: dict[Any, tuple[Any, ...]], good: dict[Any, int]
) -> dict[Any, list[int]]:
    """Return acknowledged appends that no read holds: they come after every read that could have."""
    late: dict[Any, list[int]] = {}
    seen = {key: set(order) for key, order in orders.items()}
    for (key, value), index in good.items():
        if value not in seen.get(key, ()) and transactions[index].status == "ok":
            late.setdefault(key, []).append(index)
    return late


def _outside(operation: Operation) -> list[tuple[Any, tuple[Any, ...]]]:
    """Return the reads of what others wrote: before the transaction's own append to the key."""
    if operation.status != "ok":
        return []
    own: set[Any] = set()
    found = []
    for f, key, value in parts(operation):
        if f in APPEND:
            own.add(key)
        elif f in READS and key not in own:
            found.append((key, tuple(value or ())))
    return found
