"""
What the charts of a report show, as plain numbers, whoever draws them.

Times are milliseconds since 1970 UTC (what browsers count in); a hole in a line is NaN.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .thinning import Floats

PARTS = ("gross_bps", "adverse_bps", "inventory_bps", "fees_bps", "funding_bps", "unattributed_bps")


@dataclass(frozen=True)
class Line:
    """One value over time, already thinned."""

    label: str
    at_ms: "Floats"
    value: "Floats"


@dataclass(frozen=True)
class Dots:
    """Single events at a time and a height: own fills."""

    label: str
    at_ms: "Floats"
    value: "Floats"


@dataclass(frozen=True)
class Band:
    """A stretch of time to be shaded: a gap in the data, or a freeze of the bot."""

    kind: str
    from_ms: float
    until_ms: float
    label: str


@dataclass(frozen=True)
class Bar:
    """The edge of one iteration, part by part, in basis points; None was not measured."""

    index: int
    phase: str
    from_ms: float
    until_ms: float
    parts: dict[str, float | None]
    net: float | None

    def at(self, share: float) -> float:
        """Return the time that lies that share of the way from its start to its end."""
        return self.from_ms + (self.until_ms - self.from_ms) * share

    def stacked(self) -> dict[str, tuple[float, float]]:
        """Return (bottom, top) of each part: gains pile up from zero, losses pile down."""
        up = down = 0.0
        placed = {}
        for part in PARTS:
            value = self.parts.get(part) or 0.0
            if value >= 0:
                placed[part], up = (up, up + value), up + value
            else:
                placed[part], down = (down + value, down), down + value
        return placed


@dataclass(frozen=True)
class Step:
    """One horizon of the mark-out curve: how far the market went for us after a fill."""

    horizon_s: str
    bps: float | None
    n: int


@dataclass(frozen=True)
class Histogram:
    """Counts between edges, with the percentiles that a gate looks at."""

    edges: tuple[float, ...] = ()
    counts: tuple[int, ...] = ()
    marks: dict[str, float] = field(default_factory=dict)
    n: int = 0


@dataclass(frozen=True)
class Market:
    """One instrument: its mid with own fills, and how far market and own quotes stand from it."""

    symbol: str
    mid: Line
    fills: tuple[Dots, ...]
    distances: tuple[Line, ...]


@dataclass(frozen=True)
class Picture:
    """Everything that a report draws."""

    from_ms: float
    until_ms: float
    currency: str = ""
    equity: tuple[Line, ...] = ()
    position: tuple[Line, ...] = ()
    markets: tuple[Market, ...] = ()
    bars: tuple[Bar, ...] = ()
    bands: tuple[Band, ...] = ()
    markouts: tuple[Step, ...] = ()
    latency: Histogram = Histogram()
