"""
Registers that transactions read and write, after Elle.

A register forgets, so less follows than for lists: who wrote what was read, that nothing comes before
the empty register, and that what a transaction writes follows what it read before.
"""

from typing import Any, Final

from ..finding import Finding
from ..graph import RW, WR, WW, Graph
from ..operation import History, Operation
from ..transactions import READS, committed, concluded, parts, readable, spoiled, writers

WRITES: Final = frozenset({"w", "write"})


def rw_register(history: History, _: float) -> Finding:
    """Judge read-write transactions: strict serializability, as far as registers show it."""
    strange = readable(history)
    if strange is not None:
        return strange
    good, bad, unclear = writers(history, WRITES)
    if unclear is not None:
        return unclear
    transactions = committed(history)
    passing = _passing(transactions)
    for operation in transactions:
        wrong = _spoiled(operation, bad, passing)
        if wrong is not None:
            return wrong
    return _graph(transactions, good)


def _passing(transactions: list[Operation]) -> set[Any]:
    """Return the (key, value) that a transaction wrote and then overwrote itself."""
    found: set[Any] = set()
    for operation in transactions:
        last: dict[Any, Any] = {}
        for f, key, value in parts(operation):
            if f in WRITES:
                if key in last:
                    found.add((key, last[key]))
                last[key] = value
    return found


def _spoiled(operation: Operation, bad: dict[Any, int], passing: set[Any]) -> Finding | None:
    if operation.status != "ok":
        return None
    known: dict[Any, Any] = {}
    own: set[Any] = set()
    for f, key, value in parts(operation):
        if f in READS:
            if key in known and known[key] != value:
                return spoiled("internal", operation, key, value)
            if (key, value) in bad:
                return spoiled("G1a", operation, key, value)
            if (key, value) in passing and (key, value) not in own:
                return spoiled("G1b", operation, key, value)
        else:
            own.add((key, value))
        known[key] = value
    return None


def _graph(transactions: list[Operation], good: dict[Any, int]) -> Finding:
    graph, read = Graph(transactions), 0
    readers: dict[Any, list[int]] = {}
    follows: dict[Any, list[int]] = {}
    for index, operation in enumerate(transactions):
        for key, value, writes in _outside(operation):
            read += 1
            readers.setdefault((key, value), []).append(index)
            graph.add(good.get((key, value)), index, WR)
            if writes:
                follows.setdefault((key, value), []).append(index)
    for version, index in ((version, index) for version, after in follows.items() for index in after):
        graph.add(good.get(version), index, WW)
        for reader in readers[version]:
            graph.add(reader, index, RW)
    for (key, _), index in good.items():
        for reader in readers.get((key, None), ()) if transactions[index].status == "ok" else ():
            graph.add(reader, index, RW)
    return concluded(graph, read)


def _outside(operation: Operation) -> list[tuple[Any, Any, bool]]:
    """Return (key, value, whether it then writes the key) for reads of what others wrote."""
    if operation.status != "ok":
        return []
    told = list(parts(operation))
    first = {key: f for f, key, _ in reversed(told)}
    written = {key for f, key, _ in told if f in WRITES}
    values = {key: value for f, key, value in reversed(told) if f in READS}
    return [(key, values[key], key in written) for key, f in first.items() if f in READS]
