"""
Guards: what stops a soaking bot by itself, and what lets it go again.

One bad iteration proves little and one good one as little, so a guard freezes after several bad
iterations in a row and lifts after several quiet ones; in between it does not flap. Pure: a state
and an iteration go in, the next state comes out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from ..model.profile import GuardSettings

Level = Literal["none", "partial", "full"]
_RANK: dict[Level, int] = {"none": 0, "partial": 1, "full": 2}


@dataclass(frozen=True)
class Seen:
    """What the guards look at in one iteration; None is not measured."""

    fills: int
    net_bps: float | None
    drawdown_ratio: float | None


@dataclass(frozen=True)
class Watch:
    """One guard's memory: whether it holds a freeze, and how many iterations in a row spoke against it."""

    frozen: bool = False
    streak: int = 0


@dataclass(frozen=True)
class Guard:
    """One rule: its name, the freeze it brings, and why an iteration is bad (None: it is not)."""

    name: str
    level: Level
    complaint: str | None


@dataclass(frozen=True)
class Ruling:
    """What the guards decide after an iteration."""

    watches: Mapping[str, Watch]
    level: Level
    bad: tuple[str, ...]
    guard: str
    reason: str


def rule(settings: GuardSettings, watches: Mapping[str, Watch], seen: Seen) -> Ruling:
    """Return the next state of all guards, and the strictest freeze that any of them holds."""
    judged = [
        (guard, _next(settings, watches.get(guard.name, Watch()), guard, seen))
        for guard in _guards(settings, seen)
    ]
    holding = [guard for guard, watch in judged if watch.frozen]
    level: Level = max((guard.level for guard in holding), key=_RANK.__getitem__, default="none")
    first = next((guard for guard in holding if guard.level == level), None)
    return Ruling(
        watches={guard.name: watch for guard, watch in judged},
        level=level,
        bad=tuple(guard.name for guard, _ in judged if guard.complaint and _votes(settings, seen)),
        guard=first.name if first else "",
        reason=(first.complaint or "not yet recovered") if first else "recovered",
    )


def _guards(settings: GuardSettings, seen: Seen) -> list[Guard]:
    net, drawdown = seen.net_bps, seen.drawdown_ratio
    found: list[Guard] = []
    if settings.min_net_bps is not None:
        found.append(Guard("net_bps", "full", _below(net, settings.min_net_bps)))
    if settings.max_drawdown_ratio is not None:
        bad = drawdown is not None and drawdown > settings.max_drawdown_ratio
        text = f"drawdown_ratio {drawdown} is above {settings.max_drawdown_ratio}" if bad else None
        found.append(Guard("drawdown_ratio", "full", text))
    if settings.partial_net_bps is not None:
        found.append(Guard("partial_net_bps", "partial", _below(net, settings.partial_net_bps)))
    return found


def _below(value: float | None, bound: float) -> str | None:
    return f"net_bps {value} is below {bound}" if value is not None and value < bound else None


def _votes(settings: GuardSettings, seen: Seen) -> bool:
    return seen.fills >= settings.min_fills


def _next(settings: GuardSettings, watch: Watch, guard: Guard, seen: Seen) -> Watch:
    bad = guard.complaint is not None and _votes(settings, seen)
    if watch.frozen:
        # A frozen bot hardly trades and cannot vote itself free: quiet is enough.
        streak = 0 if bad else watch.streak + 1
        return Watch() if streak >= settings.recover else replace(watch, streak=streak)
    if not _votes(settings, seen):
        return watch
    streak = watch.streak + 1 if bad else 0
    return Watch(frozen=True) if streak >= settings.debounce else replace(watch, streak=streak)
