"""
How a report says a number, a time or a bound, so that every format says it alike.

Nothing here depends on a locale, a time zone or the clock.
"""

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from ...model.verdict import Verdict

DASH = "\u2013"
UNITS = ("bps", "ratio", "ms", "s", "bytes", "min", "h")
MEANING = {
    Verdict.PASS: "Every gate was measured and kept its bound.",
    Verdict.WARN: "No gate failed, but at least one is past its soft bound.",
    Verdict.UNKNOWN: "There is not enough evidence for a verdict; no evidence is never a pass.",
    Verdict.FAIL: "At least one gate is past its hard bound.",
}
_SECOND = 1_000_000_000
_DAY_S = 86_400
_MEGA = 1_000_000


def unit_of(kpi: str) -> str:
    """Return the unit that the name of a KPI carries: `bps`, `ms`, `per h`, or nothing for a count."""
    words = kpi.split("_")
    found = [word for word in words if word in UNITS]
    if not found:
        return ""
    return f"per {found[-1]}" if "per" in words else found[-1]


def number(value: float | None, unit: str = "") -> str:
    """Return a value as a person reads it; what was not measured is a dash."""
    if value is None or not math.isfinite(value):
        return DASH
    if unit == "bytes" and abs(value) >= _MEGA:
        return f"{_digits(value / _MEGA)} MB"
    text = "0" if value == 0 else _digits(value)
    suffix = {"": "", "ratio": ""}.get(unit, f" {unit}")
    return f"{text}{suffix}"


def _digits(value: float) -> str:
    size = abs(value)
    if size >= 100_000:
        return f"{value:,.0f}"
    if size >= 100:
        return f"{value:,.1f}".removesuffix(".0")
    if size >= 1:
        return f"{value:.3f}".rstrip("0").rstrip(".")
    if size >= 0.01:
        return f"{value:.4f}".rstrip("0").rstrip(".")
    return f"{Decimal(f'{value:.2g}'):f}" if size >= 1e-7 else f"{value:.1e}"


def plain(value: float | None) -> str:
    """Return a value for a machine: the shortest digits that read back as the same float."""
    return "" if value is None or not math.isfinite(value) else repr(float(value))


def side_and_bounds(bound: Mapping[str, Any]) -> tuple[str, float | None, float | None]:
    """Return (`at_least` or `at_most`, hard, soft) of a gate result's bound."""
    for side in ("at_least", "at_most"):
        given = bound.get(side)
        if isinstance(given, Mapping):
            return side, given.get("hard"), given.get("soft")
    return "", None, None


def bound_text(bound: Mapping[str, Any], unit: str = "") -> str:
    """Return a bound in words: `at least 2 bps, better 2.7`."""
    side, hard, soft = side_and_bounds(bound)
    if not side:
        return DASH
    words = side.replace("_", " ")
    if hard is None:
        return f"better {words} {number(soft, unit)}"
    better = "" if soft is None else f", better {number(soft)}"
    return f"{words} {number(hard, unit)}{better}"


def margin(value: float | None, bound: Mapping[str, Any]) -> float | None:
    """Return how far inside the binding bound a value is (negative: outside), in the KPI's unit."""
    side, hard, soft = side_and_bounds(bound)
    limit = soft if hard is None else hard
    if value is None or limit is None:
        return None
    return value - limit if side == "at_least" else limit - value


def duration(ns: int) -> str:
    """Return a span of market time in its two largest units."""
    seconds = ns // _SECOND
    days, rest = divmod(seconds, _DAY_S)
    hours, rest = divmod(rest, 3_600)
    minutes, seconds = divmod(rest, 60)
    parts = ((days, "d"), (hours, "h"), (minutes, "min"), (seconds, "s"))
    said = [f"{count} {unit}" for count, unit in parts if count]
    return " ".join(said[:2]) or f"{ns / _SECOND:g} s"


def utc(ns: int) -> str:
    """Return a time as `2025-07-01 00:00:00`, UTC whatever the machine's time zone."""
    return datetime.fromtimestamp(ns // _SECOND, UTC).strftime("%Y-%m-%d %H:%M:%S")


def counted(count: int, noun: str) -> str:
    """Return `1 gate` or `3 gates`."""
    return f"{count} {noun}" if count == 1 else f"{count:,} {noun}s"
