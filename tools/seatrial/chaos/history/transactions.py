"""
Transactions over keys: the parts that the checks of lists and of registers share.

The promise that is checked is strict serializability: one order of all transactions that agrees with
every value read, with each client's order and with time.
"""

from collections.abc import Hashable, Iterator
from typing import Any, Final

from .finding import Finding
from .graph import Graph, anomaly
from .operation import History, Operation, frozen, plain

READS: Final = frozenset({"r", "read"})
Part = tuple[str, Hashable, Any]


def committed(history: History) -> list[Operation]:
    """Return the transactions that happened or may have happened."""
    return [operation for operation in history.operations if operation.status != "fail"]


def parts(operation: Operation) -> Iterator[Part]:
    """Yield (f, key, value) of a transaction; of one without an answer only what it asked."""
    told = operation.told if operation.status == "ok" else operation.asked
    for part in told or operation.asked or ():
        f, key, value = part
        yield str(f), frozen(key), frozen(value)


def readable(history: History) -> Finding | None:
    """Return the finding for a history whose operations are no transactions, None when they are."""
    for operation in history.operations:
        asked = operation.asked or operation.told
        if not isinstance(asked, list) or not all(isinstance(p, list) and len(p) == 3 for p in asked):
            return Finding("unknown", "an operation is no list of [f key value]", operation.say())
    return None


def writers(
    history: History, write: frozenset[str]
) -> tuple[dict[Part, int], dict[Part, int], Finding | None]:
    """
    Return (key, value) -> transaction, the same for the failed ones, and a finding.

    The same value written twice under a key leaves open who was read, so nothing can be concluded.
    """
    good: dict[Any, int] = {}
    bad: dict[Any, int] = {}
    for index, operation in enumerate(committed(history)):
        for f, key, value in parts(operation):
            if f in write and good.setdefault((key, value), index) != index:
                return good, bad, Finding(
                    "unknown", "a value was written twice, so reads do not tell by whom",
                    {"key": plain(key), "value": plain(value)},
                )  # fmt: skip
    for index, operation in enumerate(o for o in history.operations if o.status == "fail"):
        bad |= {(key, value): index for f, key, value in parts(operation) if f in write}
    return good, bad, None


def concluded(graph: Graph, read: int) -> Finding:
    """Return what a graph of transactions says once every edge is in it."""
    graph.add_time()
    cycle = graph.cycle()
    if cycle is not None:
        shown = [{"txn": graph.operations[index].say(), "then": why} for index, why in cycle]
        return Finding("invalid", f"transactions go round in a circle ({anomaly(cycle)})", {"cycle": shown})
    count = len(graph.operations)
    return Finding(
        "valid", f"{count} transactions have an order that explains {read} reads", vacuous=not read
    )


def spoiled(kind: str, operation: Operation, key: Any, value: Any) -> Finding:
    """Return the finding for a read that is wrong in itself."""
    witness = {"anomaly": kind, "key": plain(key), "value": plain(value), "txn": operation.say()}
    return Finding("invalid", f"a read that cannot be ({kind})", witness)
