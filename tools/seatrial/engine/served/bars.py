"""Candles: trades gathered by the minute, kept for a week of market time, and joined to longer ones."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, takewhile

MINUTE_NS = 60 * 10**9
DAY_NS = 1_440 * MINUTE_NS
KEPT_MAX = 7 * 1_440
MINUTES = {"1": 1, "3": 3, "5": 5, "15": 15, "30": 30, "60": 60, "120": 120, "240": 240, "360": 360}
INTERVALS = {**MINUTES, "720": 720, "D": 1_440, "W": 10_080}
# The venue's weeks begin on a Monday; 1970 began on a Thursday.
WEEK_BEGINS = 4 * 1_440


@dataclass(slots=True)
class Bar:
    """One candle: prices in ticks, size in lots, and the sum of price times size."""

    start_ns: int
    open: int
    high: int
    low: int
    close: int
    lots: int = 0
    turnover: int = 0

    def add(self, px: int, qty: int) -> None:
        """Take in one trade."""
        self.high, self.low, self.close = max(self.high, px), min(self.low, px), px
        self.lots += qty
        self.turnover += px * qty


class Bars:
    """The candles of one instrument."""

    def __init__(self) -> None:
        self._minutes: deque[Bar] = deque(maxlen=KEPT_MAX)

    def add(self, ts_ns: int, px: int, qty: int) -> None:
        """Take in one trade; a minute without trades gets a flat candle."""
        start = ts_ns // MINUTE_NS * MINUTE_NS
        minutes = self._minutes
        if not minutes:
            minutes.append(Bar(start, px, px, px, px))
        last = minutes[-1]
        if start - last.start_ns > KEPT_MAX * MINUTE_NS:
            minutes.clear()
            minutes.append(Bar(start, px, px, px, px))
        while minutes[-1].start_ns < start:
            last = minutes[-1]
            minutes.append(Bar(last.start_ns + MINUTE_NS, *(last.close,) * 4))
            if minutes[-1].start_ns == start:
                minutes[-1] = Bar(start, px, px, px, px)
        minutes[-1].add(px, qty)

    def of(self, interval: str, *, shift_ns: int = 0) -> Iterator[Bar]:
        """Yield the candles of an interval, oldest first; their edges lie on the shown clock."""
        for start, group in groupby(self._minutes, lambda bar: start_of(bar, interval, shift_ns)):
            yield joined(start, list(group))

    def newest(self, interval: str, *, shift_ns: int = 0) -> Bar | None:
        """Return the candle under way, None before the first trade."""
        if not self._minutes:
            return None
        start = start_of(self._minutes[-1], interval, shift_ns)
        same = takewhile(lambda bar: start_of(bar, interval, shift_ns) == start, reversed(self._minutes))
        return joined(start, list(same)[::-1])

    def day(self, now_ns: int) -> Bar | None:
        """Return the last 24 hours as one candle, None without a trade."""
        since = now_ns - DAY_NS
        found = [bar for bar in self._minutes if bar.start_ns >= since]
        return joined(found[0].start_ns, found) if found else None

    def close_before(self, moment_ns: int) -> int | None:
        """Return the last price before a moment, or the first one known."""
        if not self._minutes:
            return None
        at = (moment_ns - self._minutes[0].start_ns) // MINUTE_NS - 1
        return self._minutes[min(at, len(self._minutes) - 1)].close if at >= 0 else self._minutes[0].open


def start_of(bar: Bar, interval: str, shift_ns: int) -> int:
    """Return when the candle of an interval begins that a minute belongs to."""
    length = INTERVALS[interval] * MINUTE_NS
    offset = WEEK_BEGINS * MINUTE_NS if interval == "W" else 0
    return (bar.start_ns + shift_ns - offset) // length * length + offset - shift_ns


def joined(start_ns: int, bars: list[Bar]) -> Bar:
    """Return several candles as one."""
    return Bar(
        start_ns,
        bars[0].open,
        max(bar.high for bar in bars),
        min(bar.low for bar in bars),
        bars[-1].close,
        sum(bar.lots for bar in bars),
        sum(bar.turnover for bar in bars),
    )
