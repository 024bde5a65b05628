"""The market as a bot's own files sampled it: the mid at a moment, never older than it may be."""

from bisect import bisect_right
from collections.abc import Iterable
from decimal import Decimal

from .telling import ToldMid

FRESH_NS = 5 * 10**9


class Samples:
    """Samples of one market in order of time."""

    def __init__(self, mids: Iterable[ToldMid]) -> None:
        self.rows = list(mids)
        self._times = [row.ts_ns for row in self.rows]

    def at(self, ts_ns: int, *, oldest_ns: int = FRESH_NS) -> ToldMid | None:
        """Return the last sample at or before a moment, None when it is older than that."""
        place = bisect_right(self._times, ts_ns)
        if not place or ts_ns - self._times[place - 1] > oldest_ns:
            return None
        return self.rows[place - 1]

    def mid(self, ts_ns: int) -> Decimal | None:
        """Return the mid of a fresh sample."""
        found = self.at(ts_ns)
        return None if found is None else found.mid
