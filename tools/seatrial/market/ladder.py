"""
A plain reference book: sizes by price on each side, fed with the rows of a tape.

It is slow on purpose and easy to believe: imports are checked against it, and so is the compiled
book of the engine.
"""

from collections.abc import Sequence
from heapq import heapify, heappop, heappush

from ..model.tape import ASK, BBO, CLEAR, DELTA, KIND_MASK, LAST, SIDE_BIT, SNAPSHOT, Tape

Row = tuple[int, int, int, int]


class Side:
    """One side of the book: price in ticks to size in lots, and the best price at hand."""

    def __init__(self, sign: int) -> None:
        self._sign = sign
        self.levels: dict[int, int] = {}
        # Prices times sign, possibly of levels that are gone: those are dropped when they surface.
        self._heap: list[int] = []

    def set(self, px: int, qty: int) -> None:
        """Set the size at a price; 0 removes the level."""
        if qty:
            if px not in self.levels:
                heappush(self._heap, self._sign * px)
            self.levels[px] = qty
        elif self.levels.pop(px, None) is not None and len(self._heap) > 4 * len(self.levels) + 64:
            self._heap = [self._sign * price for price in self.levels]
            heapify(self._heap)

    def best(self) -> int | None:
        """Return the best price in ticks, or None of an empty side."""
        heap, levels, sign = self._heap, self.levels, self._sign
        while heap:
            px = sign * heap[0]
            if px in levels:
                return px
            heappop(heap)
        return None

    def touch(self, px: int, qty: int) -> None:
        """Make `px` the best price: better levels are gone."""
        best = self.best()
        while best is not None and self._sign * best < self._sign * px:
            self.levels.pop(best)
            best = self.best()
        self.set(px, qty)

    def clear(self) -> None:
        """Remove every level."""
        self.levels.clear()
        self._heap.clear()

    def sorted(self) -> list[tuple[int, int]]:
        """Return (price, size) from the best price outwards."""
        return sorted(self.levels.items(), key=lambda level: self._sign * level[0])


class Ladder:
    """Both sides of one instrument's book."""

    def __init__(self) -> None:
        self.bids, self.asks = Side(-1), Side(1)

    def apply(self, code: int, px: int, qty: int) -> None:
        """Apply one row of a tape; rows that are not about the book change nothing."""
        kind = code & KIND_MASK
        side = self.asks if code & SIDE_BIT else self.bids
        if kind in (DELTA, SNAPSHOT):
            side.set(px, qty)
        elif kind == BBO:
            side.touch(px, qty)
        elif kind == CLEAR:
            self.bids.clear()
            self.asks.clear()

    def replay(self, tape: Tape) -> None:
        """Apply every row of a tape of one instrument."""
        for code, px, qty in zip(tape.code.tolist(), tape.px.tolist(), tape.qty.tolist(), strict=True):
            self.apply(code, px, qty)

    @property
    def best_bid(self) -> int | None:
        """Return the best bid in ticks."""
        return self.bids.best()

    @property
    def best_ask(self) -> int | None:
        """Return the best ask in ticks."""
        return self.asks.best()

    @property
    def crossed(self) -> bool:
        """Say whether a bid is at or above an ask."""
        bid, ask = self.bids.best(), self.asks.best()
        return bid is not None and ask is not None and bid >= ask

    def snapshot(self, ts_ns: int, index: int = 0, depth: int | None = None) -> Sequence[Row]:
        """
        Return the book as tape rows (ts, code, px, qty): CLEAR, then levels from the touch outwards.

        `depth` bounds the levels of each side; the last row ends the message.
        """
        bits = index << 8
        rows: list[Row] = [(ts_ns, CLEAR | bits, 0, 0)]
        for side, mark in ((self.bids, 0), (self.asks, SIDE_BIT * ASK)):
            rows += [(ts_ns, SNAPSHOT | mark | bits, px, qty) for px, qty in side.sorted()[:depth]]
        ts, code, px, qty = rows[-1]
        rows[-1] = (ts, code | LAST, px, qty)
        return rows
