"""A queue that is drained at the end: nothing acknowledged is lost, nothing comes out twice."""

from collections import Counter
from typing import Any

from ..finding import Finding
from ..operation import History, frozen, plain


def queue(history: History, _: float) -> Finding:
    """Judge what came out of a queue against what went in."""
    tried: Counter[Any] = Counter()
    kept: Counter[Any] = Counter()
    out: Counter[Any] = Counter()
    unheard = 0
    for operation in history.operations:
        if operation.f == "enqueue" and operation.status != "fail":
            tried[frozen(operation.asked)] += 1
            kept[frozen(operation.asked)] += operation.status == "ok"
        elif operation.f in {"dequeue", "drain"}:
            unheard += operation.status == "info"
            told = operation.told if operation.f == "drain" else [operation.told]
            out.update(
                frozen(value) for value in told or () if operation.status == "ok" and value is not None
            )
    twice, strange, lost = out - tried, set(out) - set(tried), +(kept - out)
    if twice or strange:
        return Finding("invalid", "more came out than went in", [plain(value) for value in twice][:10])
    if sum(lost.values()) > unheard:
        return Finding(
            "invalid", f"{sum(lost.values())} acknowledged elements were lost", [plain(v) for v in lost][:10]
        )
    return Finding("valid", f"{sum(out.values())} came out, each once", vacuous=not out)
