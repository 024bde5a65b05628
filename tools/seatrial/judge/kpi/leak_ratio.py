"""
Leaks: growth per day of each resource of the process, over what it may grow.

One procedure for all of them; see `judge.trend.leak`. Above 1 is a leak that was proved, below 1
an absence that was proved; whatever lies between is not measured and says how long it would take.
"""

from functools import partial

from ..slices import Slice
from ..trend.leak import Leak, judge_leak
from ..trend.resources import MARGINS, series
from .kpi import KPIS, Kpi, Measure, measured, no_samples, setting

_WORDS = {
    "rss": "resident memory",
    "pss": "proportional memory of the process tree",
    "cpu": "share of a core",
    "fds": "open descriptors",
    "threads": "threads",
    "children": "child processes",
}


def leak_ratio(resource: str, part: Slice) -> Measure:
    """Return growth per 24 h over the margin, by the leak procedure; None without an answer."""
    ended = part.history.iterations[part.first : part.last + 1]
    rows = part.history.resources
    if part.window != "whole":
        wanted = {fact.index for fact in ended}
        rows = [row for row in rows if row.get("iteration") in wanted]
    points = series(rows, resource)
    if not points:
        return Measure(None, 0, None, f"{_WORDS[resource]} was not measured")
    warm_h = max((fact.until_ns for fact in ended if fact.phase == "warmup"), default=0) / 3_600e9
    found = judge_leak(points, MARGINS[resource], warm_up_h=max(0.0, warm_h - points[0][0]))
    newest = int(points[-1][0] * 3_600e9)
    return measured(found.ratio, len(points), max(newest, part.until_ns), _said(found))


def _said(found: Leak) -> str:
    return f"{found.verdict.replace('_', ' ')}: {found.reason}"


for _resource, _what in _WORDS.items():
    KPIS.add(
        f"{_resource}_leak_ratio",
        Kpi(
            name=f"{_resource}_leak_ratio",
            better="lower",
            doc=f"growth of {_what} per 24 h over its margin, by the leak procedure; above 1 leaks",
            measure=partial(leak_ratio, _resource),
            provoke=setting("leak_ratio"),
            samples=no_samples,
            of_the_machine=True,
        ),
    )
