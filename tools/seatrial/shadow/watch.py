"""
The watch: looks at a venue's public data on a thread of its own, so that the bot's loop never waits.

A look that failed is told as well. The loop takes what has come; if it is late, the oldest looks
are dropped, and what they missed is counted by whoever reads them.
"""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress

from ..engine.venue.ccxt_public import PublicData
from ..engine.venue.port import VenueUnreachable
from .observed import LEVELS, Look

_KEPT = 256
_LONGEST_JOIN_S = 10.0


class Watch:
    """One thread, one connection; `ahead_ns` is how far the venue's clock is ahead of ours, at most."""

    def __init__(
        self,
        data: PublicData,
        symbols: Sequence[str],
        now_ns: Callable[[], int],
        *,
        every_ms: float,
        ahead_ns: int,
    ) -> None:
        self._data, self._symbols, self._now_ns = data, tuple(symbols), now_ns
        self._every_s, self._ahead_ns = every_ms / 1_000, ahead_ns
        self._looks: deque[Look] = deque(maxlen=_KEPT)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._work, name="shadow-watch", daemon=True)
        self.trouble: str | None = None
        """Why the last look failed, None when it did not."""

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def take(self) -> list[Look]:
        """Take what has come, oldest first."""
        found: list[Look] = []
        with suppress(IndexError):
            while True:
                found.append(self._looks.popleft())
        return found

    def alive(self) -> bool:
        """Return whether the thread still works."""
        return self._thread.is_alive()

    def stop(self) -> None:
        """Look no more, and let go of the connection."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(_LONGEST_JOIN_S)
        self._data.close()

    def look(self, symbol: str) -> Look:
        """Look once: trades first, so that the book is never older than they are."""
        try:
            prints = self._data.prints(symbol)
            book = self._data.book(symbol, LEVELS)
        except VenueUnreachable as error:
            self.trouble = error.message
            return Look(symbol, self._now_ns(), None)
        self.trouble = None
        return Look(symbol, self._now_ns(), book, prints, self._ahead_ns)

    def _work(self) -> None:
        while not self._stopping.is_set():
            for symbol in self._symbols:
                self._looks.append(self.look(symbol))
            self._stopping.wait(self._every_s)
