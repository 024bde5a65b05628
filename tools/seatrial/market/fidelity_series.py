"""What a market did, as series: its touch over time, its trades, and samples of its levels."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..model.tape import (
    FUNDING,
    GAP_OPENS,
    INSTRUMENT_SHIFT,
    KIND_MASK,
    LAST,
    NO_FILL,
    SIDE_BIT,
    STATUS,
    TRADE,
    Tape,
)
from .ladder import Ladder

if TYPE_CHECKING:
    import numpy as np

SECOND_NS = 10**9
SAMPLED_LEVELS = 24
PARENT_NS = 2_000_000  # prints of one side this close together are one order


@dataclass(frozen=True)
class Series:
    """
    One instrument's market: `touch` columns are (ts, bid, bid lots, ask, ask lots), a row a change.

    A touch of zeros means that nobody knows: before the first book, and in gaps. `trades` columns
    are (ts, price, lots, sign); sign is 1 for a buying taker. `levels` are samples of both sides,
    each a list of (price, lots) from the touch outwards.
    """

    touch: "np.ndarray"
    trades: "np.ndarray"
    rows: int
    messages: int
    levels: list[list[tuple[int, int]]] = field(default_factory=list)

    @property
    def start_ns(self) -> int:
        """Return the first moment with a book."""
        return int(self.touch[0, 0])

    @property
    def end_ns(self) -> int:
        """Return the last moment."""
        return int(max(self.touch[-1, 0], self.trades[-1, 0] if len(self.trades) else 0))

    @property
    def seconds(self) -> float:
        """Return the span."""
        return max(self.end_ns - self.start_ns, 1) / SECOND_NS

    def between(self, from_ns: int, until_ns: int) -> "Series":
        """Return a part; its touch begins with what was known then."""
        import numpy as np

        low, high = np.searchsorted(self.touch[:, 0], [from_ns, until_ns]).tolist()
        touch = self.touch[max(low - 1, 0) : high].copy()
        if len(touch) and low:
            touch[0, 0] = from_ns
        first, last = np.searchsorted(self.trades[:, 0], [from_ns, until_ns]).tolist()
        share = (last - first + high - low) / max(len(self.trades) + len(self.touch), 1)
        return Series(touch, self.trades[first:last], int(self.rows * share), int(self.messages * share))


def observe(tapes: Iterable[Tape], *, index: int = 0, sample_ns: int = SECOND_NS) -> Series:
    """Replay the rows of one instrument of a feed and note what happened at the touch."""
    import numpy as np

    watch = _Watch(sample_ns)
    for tape in tapes:
        for ts, code, px, qty in _rows(tape, index):
            watch.see(ts, code, px, qty)
    touch = np.array(watch.touch or [(0, 0, 0, 0, 0)], "int64")
    trades = np.array(watch.trades, "int64").reshape(-1, 4)
    return Series(touch, trades, watch.rows, watch.messages, watch.levels)


def restated(tapes: Iterable[Tape], *, time_factor: int = 1, lot_factor: int = 1) -> Iterator[Tape]:
    """
    Yield the tapes with time running `time_factor` times as fast, in lots of `lot_factor` old lots.

    A size never becomes zero by it: a level that was there stays there.
    """
    start: int | None = None
    for tape in tapes:
        if start is None and len(tape):
            start = int(tape.ts[0])
        ts = (tape.ts - (start or 0)) // time_factor + (start or 0)
        sized = (tape.code & KIND_MASK) != FUNDING
        qty = tape.qty.copy()
        qty[sized] = (qty[sized] // lot_factor).clip(min=(qty[sized] > 0))
        yield Tape(ts, tape.code, tape.px, qty)


def _rows(tape: Tape, index: int) -> Iterator[tuple[int, int, int, int]]:
    mine = (tape.code >> INSTRUMENT_SHIFT) == index
    columns = (tape.ts[mine], tape.code[mine], tape.px[mine], tape.qty[mine])
    return zip(*(column.tolist() for column in columns), strict=True)


class _Watch:
    """The book being replayed and the notes taken so far."""

    def __init__(self, sample_ns: int) -> None:
        self.touch: list[tuple[int, int, int, int, int]] = []
        self.trades: list[tuple[int, int, int, int]] = []
        self.levels: list[list[tuple[int, int]]] = []
        self.rows = self.messages = 0
        self._ladder, self._sample_ns, self._next_sample = Ladder(), sample_ns, 0
        self._depth = 0

    def see(self, ts: int, code: int, px: int, qty: int) -> None:
        """Take in one row."""
        kind = code & KIND_MASK
        self.rows += 1
        if kind == TRADE:
            if not code & NO_FILL:
                self.trades.append((ts, px, qty, -1 if code & SIDE_BIT else 1))
            return
        if kind == STATUS:
            if px == GAP_OPENS and self.touch:
                self.touch.append((ts, 0, 0, 0, 0))
            return
        self._ladder.apply(code, px, qty)
        if code & LAST:
            self.messages += 1
            self._note(ts)

    def _note(self, ts: int) -> None:
        bids, asks = self._ladder.bids, self._ladder.asks
        bid, ask = bids.best(), asks.best()
        if bid is None or ask is None or bid >= ask:
            return
        now = (bid, bids.levels[bid], ask, asks.levels[ask])
        if not self.touch or self.touch[-1][1:] != now:
            self.touch.append((ts, *now))
        if ts >= self._next_sample:
            self._next_sample = ts + self._sample_ns
            self.levels += [side.sorted()[:SAMPLED_LEVELS] for side in (bids, asks)]
