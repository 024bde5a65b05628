"""
The account of an edge: addends, grouped by anything, whose groups always add up to the whole.

Sums are decimal in 60 digits; a figure becomes a float once, at the end.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Context, Decimal, localcontext
from typing import Any

from ..judge.money import PARTS
from ..judge.shares import Share

PRECISION = 60
_ZERO = Decimal(0)
NO_FILL = "no fill"


@dataclass(frozen=True)
class Sums:
    """What a group of addends comes to; `missing` counts the fills whose mid fell into a gap."""

    n: int
    notional: Decimal
    parts: tuple[Decimal, ...]
    missing: int
    missing_notional: Decimal

    @property
    def net(self) -> Decimal:
        """Return the sum of the parts."""
        with localcontext(Context(prec=PRECISION)):
            return sum(self.parts, _ZERO)


def sums(rows: Iterable[Share]) -> Sums:
    """Return the exact sums of some addends."""
    with localcontext(Context(prec=PRECISION)):
        count = missing = 0
        notional = lost = _ZERO
        parts = [_ZERO] * len(PARTS)
        for row in rows:
            for at, value in enumerate(row.parts):
                parts[at] += value
            if row.side is not None:
                count, notional = count + 1, notional + row.notional
                if row.missing:
                    missing, lost = missing + 1, lost + row.notional
        return Sums(count, notional, tuple(parts), missing, lost)


def grouped(rows: Iterable[Share], key: Callable[[Share], str]) -> dict[str, Sums]:
    """Return the sums of each group, in the order of their names."""
    groups: dict[str, list[Share]] = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    return {name: sums(groups[name]) for name in sorted(groups)}


def figures(found: Sums, whole: Sums | None = None) -> dict[str, Any]:
    """
    Return a group's figures: each part over the group's own notional, None where it traded nothing.

    With a `whole`, `contribution_bps` is the group's net over the whole's notional: the
    contributions of all groups add up to the whole's net.
    """
    said: dict[str, Any] = {
        f"{name}_bps": bps(value, found.notional) for name, value in zip(PARTS, found.parts, strict=True)
    }
    said |= {
        "net_bps": bps(found.net, found.notional),
        "n": found.n,
        "notional": float(found.notional),
        "missing": found.missing,
        "unattributed_ratio": float(found.missing_notional / found.notional) if found.notional else None,
    }
    return said if whole is None else {**said, "contribution_bps": bps(found.net, whole.notional)}


def bps(value: Decimal, notional: Decimal) -> float | None:
    """Return money over traded value times 10^4, None of nothing traded."""
    with localcontext(Context(prec=PRECISION)):
        return float(value / notional * 10_000) if notional else None


def ages(row: Share) -> str:
    """Return the bucket of the order's age at its fill."""
    if row.side is None:
        return NO_FILL
    if row.age_ms is None:
        return "unknown"
    for limit_ms, name in _AGES:
        if row.age_ms < limit_ms:
            return name
    return "60s and more"


def hours(row: Share) -> str:
    """Return the UTC hour of the day."""
    return NO_FILL if row.ts_ns is None else f"{row.ts_ns // 3_600_000_000_000 % 24:02d}"


def sides(row: Share) -> str:
    """Return buy or sell."""
    return NO_FILL if row.side is None else "buy" if row.side > 0 else "sell"


Key = Callable[[Share], str]
KEYS: Mapping[str, Key] = {"symbols": lambda row: row.symbol, "hours": hours, "sides": sides, "ages": ages}
_AGES = (
    (100, "0 to 100ms"),
    (1_000, "100ms to 1s"),
    (10_000, "1s to 10s"),
    (60_000, "10s to 60s"),
)
