"""
Market events as columns: the one form in which data reach the engine.

A tape is four parallel arrays, a row an event, sorted by time. `code` packs what the row is:

    bits 0-3   kind (DELTA, TRADE, CLEAR, SNAPSHOT, BBO, FUNDING, STATUS)
    bit  4     side: 0 bid (or a buying taker), 1 ask (or a selling taker)
    bit  5     LAST: the message ends here and the book is whole again
    bit  6     NO_FILL: a print that no resting order could have met (duplicate, off the book)
    bits 8-15  index of the instrument in the feed

| kind | px | qty |
| DELTA, SNAPSHOT | level in ticks | absolute size in lots, 0 removes the level |
| TRADE | price in ticks | size in lots; side is the taker's |
| CLEAR | 0 | 0; the book is empty from here (a snapshot follows) |
| BBO | best level in ticks | its size; better levels on that side are gone |
| FUNDING | mark price in ticks, 0 if unknown | rate times 10^12; longs pay when positive |
| STATUS | GAP_OPENS, GAP_CLOSES | 0; between the two nothing was recorded |
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

DELTA, TRADE, CLEAR, SNAPSHOT, BBO, FUNDING, STATUS = 1, 2, 3, 4, 5, 6, 7
KIND_MASK = 0x0F
SIDE_BIT = 0x10
LAST = 0x20
NO_FILL = 0x40
INSTRUMENT_SHIFT = 8
BID, ASK = 0, 1
GAP_CLOSES, GAP_OPENS = 0, 1
RATE_SCALE = 10**12
COLUMNS = (("ts", "int64"), ("code", "int32"), ("px", "int32"), ("qty", "int64"))


@dataclass(frozen=True)
class Tape:
    """Rows of market events: `ts` (ns UTC), `code`, `px` (ticks), `qty` (lots), equal lengths."""

    ts: "np.ndarray"
    code: "np.ndarray"
    px: "np.ndarray"
    qty: "np.ndarray"

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.ts)

    def between(self, start: int, end: int) -> "Tape":
        """Return rows `start` to `end` (indices) as a view."""
        return Tape(self.ts[start:end], self.code[start:end], self.px[start:end], self.qty[start:end])


def tape_of(rows: Sequence[tuple[int, int, int, int]]) -> Tape:
    """Return a tape of (ts, code, px, qty) rows; for tests and small sets."""
    import numpy as np

    columns = list(zip(*rows, strict=True)) or [(), (), (), ()]
    return Tape(*(np.array(column, dtype) for column, (_, dtype) in zip(columns, COLUMNS, strict=True)))


def join(tapes: Sequence[Tape]) -> Tape:
    """Return the tapes end to end."""
    import numpy as np

    if not tapes:
        return tape_of([])
    return Tape(*(np.concatenate([getattr(tape, name) for tape in tapes]) for name, _ in COLUMNS))


def merge(tapes: Sequence[Tape]) -> Tape:
    """Return the rows of all tapes in time order; equal stamps keep the order of the tapes."""
    import numpy as np

    whole = join(tapes)
    if len(tapes) < 2:
        return whole
    order = np.argsort(whole.ts, kind="stable")
    return Tape(whole.ts[order], whole.code[order], whole.px[order], whole.qty[order])
