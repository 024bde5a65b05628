"""
The venue's clock: market time as it goes by, and how it is shown to clients.

The record speaks market time. Clients are shown market time moved by a constant, so that at real
time a recorded or synthetic market happens now and no bot takes its data for old. Stepped time is
shown as it is, and stands until the control endpoint moves it.
"""

from collections.abc import Callable
from dataclasses import dataclass

NS_PER_MS = 1_000_000
AHEAD_MS = 1_000  # how far a client's clock may be ahead of the venue's, by the venue's own rule


@dataclass(frozen=True)
class Clocks:
    """The machine's clocks, passed in: wall (ns UTC) and one that never goes back (ns)."""

    wall_ns: Callable[[], int]
    monotonic_ns: Callable[[], int]


class VenueClock:
    """Market time at `speed` times real time; 0 is stepped."""

    def __init__(self, clocks: Clocks, *, speed: float) -> None:
        self.clocks, self.speed = clocks, speed
        self.skew_ms = 0
        self._from_ns = self._from_monotonic_ns = self.shift_ns = 0

    @property
    def stepped(self) -> bool:
        """Tell whether time moves only when it is told to."""
        return self.speed == 0

    def start(self, market_ns: int) -> None:
        """Begin at a moment of market time."""
        self._from_ns, self._from_monotonic_ns = market_ns, self.clocks.monotonic_ns()
        if not self.stepped:
            self.shift_ns = (self.clocks.wall_ns() - market_ns) // NS_PER_MS * NS_PER_MS

    def now_ns(self) -> int:
        """Return the present moment in market time."""
        if self.stepped:
            return self._from_ns
        return self._from_ns + int((self.clocks.monotonic_ns() - self._from_monotonic_ns) * self.speed)

    def step(self, market_ns: int) -> None:
        """Move stepped time on to a moment."""
        self._from_ns = max(self._from_ns, market_ns)

    def wall_delay_s(self, market_ns: int) -> float:
        """Return how long it takes on the wall until a moment of market time; 0 when it has come."""
        if self.stepped:
            return 0.0
        return max(0.0, (market_ns - self.now_ns()) / self.speed / 1e9)

    def shown_ms(self, market_ns: int) -> int:
        """Return a moment of market time as clients are shown it."""
        return (market_ns + self.shift_ns) // NS_PER_MS

    def market_ns(self, shown_ms: int) -> int:
        """Return the moment of market time that clients know as `shown_ms`."""
        return shown_ms * NS_PER_MS - self.shift_ns

    def time_ms(self) -> int:
        """Return the time that the venue says it is."""
        return self.shown_ms(self.now_ns()) + self.skew_ms

    def is_timely(self, sent_ms: int, window_ms: int) -> bool:
        """
        Tell whether a request stamped `sent_ms` is neither too old nor from the future.

        At real time venue and wall agree and this is the venue's own rule. Otherwise a client may
        go by either clock, or by one that it set once, so the whole span between them counts.
        """
        early, late = self._span_ms()
        return early - window_ms <= sent_ms < late + AHEAD_MS

    def earliest_ms(self) -> int:
        """Return the earlier of the two times that a client may go by."""
        return self._span_ms()[0]

    def _span_ms(self) -> tuple[int, int]:
        wall_ms, shown_ms = self.clocks.wall_ns() // NS_PER_MS + self.skew_ms, self.time_ms()
        return (wall_ms, shown_ms) if wall_ms < shown_ms else (shown_ms, wall_ms)
