"""Long fork: two readers may not see two independent writes in opposite orders."""

from itertools import pairwise
from typing import Any

from ..finding import Finding
from ..operation import History, Operation, frozen
from ..transactions import READS, parts, readable


def long_fork(history: History, _: float) -> Finding:
    """Judge reads of groups of keys that are written once."""
    strange = readable(history)
    if strange is not None:
        return strange
    groups: dict[Any, dict[frozenset[Any], Operation]] = {}
    for operation in history.operations:
        if operation.status != "ok" or any(f not in READS for f, _, _ in parts(operation)):
            continue
        told = [(key, value) for _, key, value in parts(operation)]
        there = frozenset(pair for pair in told if pair[1] is not None)
        groups.setdefault(frozenset(frozen(key) for key, _ in told), {}).setdefault(there, operation)
    for views in groups.values():
        ordered = sorted(views.items(), key=lambda item: len(item[0]))
        for (less, first), (more, second) in pairwise(ordered):
            if not less < more:
                return Finding(
                    "invalid", "two reads see writes in opposite orders", [first.say(), second.say()]
                )
    read = sum(len(views) for views in groups.values())
    return Finding("valid", f"{read} different views, each of two within the other", vacuous=not read)
