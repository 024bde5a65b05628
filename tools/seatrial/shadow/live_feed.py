"""A venue's public data as a feed: market time is the wall's, and what was not seen is a gap."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

from ..engine.venue.ccxt_public import PublicData
from ..model.artifact import Provenance
from ..model.errors import OutsideError
from ..model.instrument import Instrument
from ..model.profile import Profile
from ..model.tape import Tape, tape_of
from .observed import Observed, Row
from .watch import Watch

PAUSE_S = 0.02
_TRIES = 3


class LiveFeed:
    """The market of a venue as it goes by; `fills_from` says since when a print may fill an order."""

    end_ns: int | None = None

    def __init__(
        self,
        data: PublicData,
        profile: Profile,
        now_ns: Callable[[], int],
        fills_from: Callable[[], int],
        pause: Callable[[float], object] | None = None,
    ) -> None:
        symbols = tuple(sorted(set(profile.market.symbols)))
        self._now_ns, self._fills_from = now_ns, fills_from
        self._pause = pause or threading.Event().wait
        self.instruments: tuple[Instrument, ...] = data.instruments(symbols)
        self.ahead_ns = ahead_ns(data, now_ns)
        every_ms = profile.live.book_ms
        self._watch = Watch(data, symbols, now_ns, every_ms=every_ms, ahead_ns=self.ahead_ns)
        self._observed = {
            instrument.symbol: Observed(instrument, at) for at, instrument in enumerate(self.instruments)
        }
        self.provenance = Provenance(
            kind="live",
            dataset=data.name,
            detail={
                "testnet": data.testnet,
                "url": profile.live.venue.url,
                "look_ms": every_ms,
                "venue_clock_ahead_ms": round(self.ahead_ns / 1e6, 3),
            },
        )
        self.start_ns = now_ns()
        self._reached_ns = self.start_ns
        self._started = False

    def pieces(self, from_ns: int, until_ns: int) -> Iterator[tuple[Tape, int]]:
        """Yield (tape, end) as time goes by; the last end is `until_ns`."""
        if not self._started:
            self._started = True
            self._watch.start()
        self._reached_ns = max(self._reached_ns, from_ns)
        while True:
            now_ns = min(max(self._now_ns(), self._reached_ns), until_ns)
            if not self._watch.alive():
                raise OutsideError("the thread that looks at the venue has ended")
            yield self._piece(now_ns), now_ns
            self._reached_ns = now_ns
            if now_ns >= until_ns:
                return
            self._pause(PAUSE_S)

    def window(self, from_ns: int, until_ns: int) -> Iterator[Tape]:
        """Yield the rows of a stretch as they come."""
        for tape, _ in self.pieces(from_ns, until_ns):
            yield tape

    def missed_prints(self) -> int:
        """Return how often prints went by unseen between two looks."""
        return sum(observed.missed_prints for observed in self._observed.values())

    def state(self) -> dict[str, Any]:
        """Return nothing: what has gone by cannot be asked for again."""
        return {}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on with what is there now."""

    def close(self) -> None:
        """Look no more."""
        self._watch.stop()

    def _piece(self, until_ns: int) -> Tape:
        """Return what has come, stamped within the stretch that ends here."""
        if until_ns <= self._reached_ns:
            return tape_of([])
        rows: list[Row] = []
        for look in self._watch.take():
            rows += self._observed[look.symbol].rows(look, until_ns - 1, self._fills_from())
        return tape_of(rows)


def ahead_ns(data: PublicData, now_ns: Callable[[], int]) -> int:
    """Return how far the venue's clock is ahead of ours, at most, by the quickest of a few answers."""
    asked = []
    for _ in range(_TRIES):
        before = now_ns()
        told = data.server_ns()
        asked.append((now_ns() - before, told - before))
    return min(asked)[1]
