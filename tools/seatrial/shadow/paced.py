"""A recording at the pace of the clock: the bot meets each event when its moment comes, not before."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

from ..dryrun.instants import whole_instants
from ..market.feed import Feed
from ..model.tape import Tape

PAUSE_S = 0.02


class PacedFeed:
    """A feed at `speed` times real time by a monotonic clock; speed 0 does not wait."""

    def __init__(
        self,
        feed: Feed,
        speed: float,
        monotonic_ns: Callable[[], int],
        pause: Callable[[float], object] | None = None,
    ) -> None:
        self._feed, self._speed, self._monotonic_ns = feed, speed, monotonic_ns
        self._pause = pause or threading.Event().wait
        self._began_ns: int | None = None
        self.instruments, self.provenance = feed.instruments, feed.provenance
        self.start_ns, self.end_ns = feed.start_ns, feed.end_ns

    def pieces(self, from_ns: int, until_ns: int) -> Iterator[tuple[Tape, int]]:
        """Yield (tape, end) as their moments come; the last end is `until_ns`, and ends never go back."""
        if self._began_ns is None:
            self._began_ns = self._monotonic_ns()
        for tape, end_ns in whole_instants(self._feed.window(from_ns, until_ns), until_ns):
            at = 0
            while True:
                reached_ns = min(end_ns, self._market_ns(end_ns))
                cut = max(at, int(tape.ts.searchsorted(reached_ns)))
                if reached_ns >= from_ns:
                    yield tape.between(at, cut), reached_ns
                    at = cut
                if reached_ns == end_ns:
                    break
                self._pause(PAUSE_S)

    def window(self, from_ns: int, until_ns: int) -> Iterator[Tape]:
        """Yield the rows of a stretch as their moments come."""
        for tape, _ in self.pieces(from_ns, until_ns):
            yield tape

    def state(self) -> dict[str, Any]:
        """Return the recording's own state."""
        return self._feed.state()

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a state that `state` returned."""
        self._feed.restore(state)

    def _market_ns(self, end_ns: int) -> int:
        if not self._speed or self._began_ns is None:
            return end_ns
        return self.start_ns + int((self._monotonic_ns() - self._began_ns) * self._speed)
