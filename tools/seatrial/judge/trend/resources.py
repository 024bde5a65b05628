"""
The resources of a process as series, each with its margin, and where a leak of memory lies.

Memory is attributed by what else was measured: growth of the resident set over a heap that does
not grow is fragmentation; a growing C heap over a quiet Python heap is native; both growing is
Python's own. Without those measurements it is not attributed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from itertools import pairwise
from typing import Any

from .blocks import Point
from .leak import Leak, Margin, judge_leak

_MB = 1_000_000.0
_NS_PER_H = 3_600e9
MARGINS: dict[str, Margin] = {
    "rss": Margin(5 * _MB, 0.05),
    "pss": Margin(5 * _MB, 0.05),
    "heap": Margin(5 * _MB, 0.05),
    "traced": Margin(5 * _MB, 0.05),
    "cpu": Margin(0.05, 0.05),
    "fds": Margin(2.0, counts=True),
    "threads": Margin(1.0, counts=True),
    "children": Margin(1.0, counts=True),
}
FIELDS = {
    "rss": "rss_bytes",
    "pss": "pss_bytes",
    "heap": "heap_bytes",
    "traced": "traced_bytes",
    "fds": "fds",
    "threads": "threads",
    "children": "children",
}


def series(rows: Sequence[Mapping[str, Any]], resource: str) -> list[Point]:
    """
    Return (hours, size) of a resource; samples without it or without a time are left out.

    CPU is the share of a core used since the sample before; a counter that fell back (a restart)
    begins anew.
    """
    if resource == "cpu":
        spent = _points(rows, "cpu_s")
        return [
            (later, (total - before) / (3_600 * (later - at)))
            for (at, before), (later, total) in pairwise(spent)
            if later > at and total >= before
        ]
    return _points(rows, FIELDS[resource])


def _points(rows: Sequence[Mapping[str, Any]], field: str) -> list[Point]:
    return [
        (row["ts_ns"] / _NS_PER_H, float(row[field]))
        for row in rows
        if isinstance(row.get(field), int | float) and isinstance(row.get("ts_ns"), int)
    ]


def leaks(rows: Sequence[Mapping[str, Any]], *, warm_until_ns: int | None = None) -> dict[str, Leak]:
    """Return the answer about every resource that was measured."""
    found = {}
    for resource, margin in MARGINS.items():
        points = series(rows, resource)
        if points:
            since = 0.0 if warm_until_ns is None else max(0.0, warm_until_ns / _NS_PER_H - points[0][0])
            found[resource] = judge_leak(points, margin, warm_up_h=since)
    return found


def attribution(found: Mapping[str, Leak]) -> str | None:
    """Return what a memory leak consists of; None when there is none."""
    grown = [name for name in ("rss", "pss") if name in found and found[name].verdict == "leak"]
    if not grown:
        return None
    heap, traced = (found[name].verdict if name in found else None for name in ("heap", "traced"))
    if traced == "leak":
        return "python"
    if heap == "ok":
        return "fragmentation"
    if heap == "leak" and traced == "ok":
        return "native"
    missing = "tracemalloc" if heap == "leak" else "the C heap"
    return f"not attributed: {missing} was not measured, or not long enough"


def told(found: Mapping[str, Leak]) -> dict[str, Any]:
    """Return the answers as JSON objects."""
    return {name: asdict(leak) | {"ratio": leak.ratio} for name, leak in found.items()}
