"""
Uptime: how much of the time the bot was allowed to trade.

Judged over the whole, time that was planned and never ran is down time too.
"""

from ..slices import Slice
from .kpi import KPIS, Kpi, Measure, measured, setting


def uptime_ratio(part: Slice) -> Measure:
    """Return the share of time that ran without a full freeze; of the whole, over the planned time."""
    history = part.history
    if part.empty or not history.iterations or not history.symbols:
        return Measure(None, 0, None, "no iteration ended")
    from_ns, until_ns = part.from_ns, part.until_ns
    ran = until_ns - from_ns
    planned = history.run.planned_iterations * history.run.window_ns if history.run else 0
    span = max(ran, planned) if part.window == "whole" else ran
    if span <= 0:
        return Measure(None, 0, None, "the window has no length")
    down = sum(_frozen_ns(part, name) for name in history.symbols) / len(history.symbols)
    return measured((ran - down) / span, part.last + 1 - part.first, until_ns)


def _frozen_ns(part: Slice, symbol: str) -> int:
    """Return how long a full freeze of everything or of this symbol lasted within the slice."""
    total, since = 0, part.from_ns
    held = _held_from_before(part)
    for fact in part.history.freezes:
        if fact.scope not in {"all", symbol} or (fact.begins and fact.level != "full"):
            continue
        if held:
            total += _overlap(part, since, fact.ts_ns)
        since = fact.ts_ns
        (held.add if fact.begins else held.discard)(fact.scope)
    return total + (_overlap(part, since, part.until_ns) if held else 0)


def _held_from_before(part: Slice) -> set[str]:
    """Return the freeze that the first iteration began in, when its history does not reach back to it."""
    first = part.history.iterations[part.first] if part.first < len(part.history.iterations) else None
    told = any(fact.ts_ns <= part.from_ns for fact in part.history.freezes)
    return {"all"} if first and first.freeze == "full" and not told else set()


def _overlap(part: Slice, since: int, until: int) -> int:
    return max(0, min(until, part.until_ns) - max(since, part.from_ns))


KPIS.add(
    "uptime_ratio",
    Kpi(
        name="uptime_ratio",
        better="higher",
        doc="time without a full freeze over time run (of the whole: over the time planned)",
        measure=uptime_ratio,
        provoke=setting("up_ratio"),
        needs="freeze",
        domain=(0, 1),
    ),
)
