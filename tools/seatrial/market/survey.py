"""
Look at an instrument's finished rows the way a trader would: is the book sane, do prints belong to it.

It counts and never repairs; a plain reference book is rebuilt from the very rows that are written.
"""

from ..model.tape import BBO, CLEAR, DELTA, KIND_MASK, LAST, SIDE_BIT, SNAPSHOT, TRADE
from .ladder import Ladder
from .segments import Rows

OFF_BOOK_BPS = 5
STALE_NS = 60 * 10**9
_BOOK = frozenset({SNAPSHOT, BBO, CLEAR})


class Survey:
    """
    Counts over the rows of one instrument, in order.

    `crossed`: messages after which a bid stands at or above an ask. `off_book_prints`: trades more
    than 5 bps beyond the last touch seen (the best quote stream where there is one, else the book);
    a book that has not moved for a minute says nothing about a trade.
    """

    def __init__(self) -> None:
        self.crossed = 0
        self.off_book_prints = 0
        self.ladder = Ladder()
        self._quoted = [0, 0]
        self._moved_ns = 0

    def add(self, rows: Rows) -> None:
        """Take rows, in time order."""
        tape = rows.tape()
        ladder, bids, asks = self.ladder, self.ladder.bids, self.ladder.asks
        columns = (tape.ts.tolist(), tape.code.tolist(), tape.px.tolist(), tape.qty.tolist())
        for ts, code, px, qty in zip(*columns, strict=True):
            kind = code & KIND_MASK
            # Most rows are changes of a level: they take the short way past the ladder's own switch.
            if kind == DELTA:
                (asks if code & SIDE_BIT else bids).set(px, qty)
            elif kind == TRADE:
                self.off_book_prints += ts - self._moved_ns <= STALE_NS and self._off_book(px)
                continue
            elif kind in _BOOK:
                ladder.apply(code, px, qty)
                if kind == BBO:
                    self._quoted[(code & SIDE_BIT) != 0] = px
            else:
                continue
            if code & LAST:
                self._moved_ns = ts
                self.crossed += ladder.crossed

    def _off_book(self, px: int) -> bool:
        bid, ask = self._quoted
        bid, ask = bid or self.ladder.best_bid or 0, ask or self.ladder.best_ask or 0
        if ask and px > ask:
            return (px - ask) * 10_000 > OFF_BOOK_BPS * ask
        return bool(bid) and px < bid and (bid - px) * 10_000 > OFF_BOOK_BPS * bid
