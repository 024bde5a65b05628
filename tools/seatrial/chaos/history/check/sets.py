"""
Elements added to a set: none that was acknowledged may be lost, none may appear that nobody added.

`set` looks at the last read. `set-full` looks at every read and knows from when on each element must be
there; `writes` is the same question about acknowledged writes, where seeing one twice is wrong too.
"""

from collections import Counter
from typing import Any

from ..finding import Finding
from ..operation import History, Operation, frozen, plain

SHOWN = 10


def last_read(history: History, _: float) -> Finding:
    """Judge the last read of a set."""
    return _final(history, twice=False)


def writes(history: History, _: float) -> Finding:
    """Judge which acknowledged writes the last read still holds, and that it holds each once."""
    return _final(history, twice=True)


def _final(history: History, *, twice: bool) -> Finding:
    reads = [o for o in history.operations if o.f == "read" and o.status == "ok"]
    if not reads:
        return Finding("unknown", "nothing was read at the end", {"reads": 0})
    final = Counter(frozen(value) for value in reads[-1].told or ())
    adds = [o for o in history.operations if o.f in {"add", "write"}]
    tried = {frozen(o.asked) for o in adds if o.status != "fail"}
    kept = {frozen(o.asked) for o in adds if o.status == "ok"}
    wrong = {
        "lost": kept - final.keys(),
        "unexpected": final.keys() - tried,
        "duplicated": {value for value, count in final.items() if count > 1 and twice},
    }
    for name, values in wrong.items():
        if values:
            return Finding("invalid", f"{len(values)} {name}", {name: _some(values)})
    return Finding("valid", f"{len(kept)} acknowledged, all there, none from nowhere", vacuous=not kept)


def full(history: History, _: float) -> Finding:
    """Judge every read: an element that was known and then stays away was lost."""
    reads = [o for o in history.operations if o.f == "read" and o.status == "ok"]
    known, twice = _known(history, reads)
    if twice is not None:
        return Finding("invalid", "a read holds an element twice", twice)
    last_seen = {element: o.called for o in reads for element in _elements(o)}
    lost, stable = set(), 0
    for element, since in known.items():
        seen = last_seen.get(element, -1)
        absent = max((o.called for o in reads if element not in _elements(o)), default=-1)
        stable += seen > absent
        if absent > seen and absent > since:
            lost.add(element)
    if lost:
        return Finding("invalid", f"{len(lost)} known elements were lost", {"lost": _some(lost)})
    if not stable:
        return Finding("unknown", "no element was read after it was known", {"known": len(known)})
    return Finding("valid", f"{stable} of {len(known)} elements are stable")


def _known(history: History, reads: list[Operation]) -> tuple[dict[Any, int], dict[str, Any] | None]:
    """Return from when on each element is known to be there, and a read that holds one twice."""
    known: dict[Any, int] = {}
    tried = {frozen(o.asked) for o in history.operations if o.f == "add"}
    for operation in reads:
        told = [frozen(value) for value in operation.told or ()]
        if len(set(told)) != len(told):
            return known, operation.say()
        for element in tried.intersection(told):
            known[element] = min(known.get(element, 1 << 62), operation.returned or 0)
    for operation in history.operations:
        if operation.f == "add" and operation.status == "ok":
            element = frozen(operation.asked)
            known[element] = min(known.get(element, 1 << 62), operation.returned or 0)
    return known, None


_CACHE_KEY = "elements"


def _elements(operation: Operation) -> set[Any]:
    if _CACHE_KEY not in operation.more:
        operation.more = operation.more | {_CACHE_KEY: {frozen(value) for value in operation.told or ()}}
    found: set[Any] = operation.more[_CACHE_KEY]
    return found


def _some(values: set[Any]) -> list[Any]:
    return [plain(value) for value in sorted(values, key=repr)[:SHOWN]]
