"""
From what a venue showed to market events: books become differences, prints become trades.

A poll sees the market late and in steps. What cannot be known from it is never decided in the bot's
favour: a print that may have happened before an order arrived fills nothing, and a stretch in which
the venue did not answer is a gap.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from ..engine.venue.ccxt_public import Print
from ..engine.venue.port import VenueBook
from ..model.instrument import Instrument
from ..model.tape import (
    ASK,
    BID,
    CLEAR,
    DELTA,
    GAP_CLOSES,
    GAP_OPENS,
    INSTRUMENT_SHIFT,
    LAST,
    NO_FILL,
    SIDE_BIT,
    SNAPSHOT,
    STATUS,
    TRADE,
)

LEVELS = 50
_KNOWN_MAX = 4_000
Row = tuple[int, int, int, int]
Side = dict[int, int]


@dataclass(frozen=True)
class Look:
    """What one look at one symbol brought; None: the venue did not answer. `seen_ns` is our clock."""

    symbol: str
    seen_ns: int
    book: VenueBook | None
    prints: tuple[Print, ...] = ()
    ahead_ns: int = 0
    """How far the venue's clock is ahead of ours, at most: a print is never taken for younger than it is."""


class Observed:
    """Writes the rows of one instrument from its looks, in order."""

    def __init__(self, instrument: Instrument, at: int) -> None:
        self._instrument, self._index = instrument, at << INSTRUMENT_SHIFT
        self._sides: tuple[Side, Side] = ({}, {})
        self._known: dict[str, None] | None = None
        self._whole = self._blind = False
        self.missed_prints = 0
        """How often a look could not see every print since the one before."""

    def rows(self, look: Look, ts_ns: int, fills_from_ns: int) -> list[Row]:
        """Return a look as rows at `ts_ns`; prints of before `fills_from_ns` (our clock) fill nothing."""
        if look.book is None:
            return self._gap(ts_ns)
        rows = [] if self._whole else self._again(ts_ns)
        rows += self._trades(look, ts_ns, fills_from_ns)
        rows += self._levels(look.book, ts_ns, first=not self._whole)
        self._whole = True
        return rows

    def _gap(self, ts_ns: int) -> list[Row]:
        if self._blind:
            return []
        self._whole, self._blind, self._known = False, True, None
        return [(ts_ns, STATUS | LAST | self._index, GAP_OPENS, 0)]

    def _again(self, ts_ns: int) -> list[Row]:
        """Begin anew: an old gap is over, and nothing of the old book stands."""
        was = [(ts_ns, STATUS | LAST | self._index, GAP_CLOSES, 0)] if self._blind else []
        self._sides, self._blind = ({}, {}), False
        return [*was, (ts_ns, CLEAR | self._index, 0, 0)]

    def _trades(self, look: Look, ts_ns: int, fills_from_ns: int) -> list[Row]:
        known = self._known
        new = [one for one in look.prints if known is None or one.trade_id not in known]
        if known and look.prints and len(new) == len(look.prints):
            self.missed_prints += 1
        kept = [*(known or ()), *(one.trade_id for one in new)][-_KNOWN_MAX:]
        self._known = dict.fromkeys(kept)
        if known is None:
            return []  # those of before we looked for the first time
        rows = []
        for one in new:
            px, qty = self._ticks(one.price), self._lots(one.qty)
            code = TRADE | LAST | self._index | (SIDE_BIT if one.side == "sell" else 0)
            if one.ts_ns - look.ahead_ns < fills_from_ns:
                code |= NO_FILL
            if px > 0 and qty > 0:
                rows.append((ts_ns, code, px, qty))
        return rows

    def _levels(self, book: VenueBook, ts_ns: int, *, first: bool) -> list[Row]:
        kind = SNAPSHOT if first else DELTA
        changes: list[tuple[int, int, int]] = []
        for side, shown in ((BID, book.bids), (ASK, book.asks)):
            levels = self._grid(shown)
            changes += [(side, px, qty) for px, qty in _changes(self._sides[side], levels, side, len(shown))]
        rows = [
            (ts_ns, kind | self._index | (SIDE_BIT if side == ASK else 0), px, qty)
            for side, px, qty in changes
        ]
        if rows:
            last = rows[-1]
            rows[-1] = (last[0], last[1] | LAST, last[2], last[3])
        return rows

    def _grid(self, shown: Sequence[tuple[Decimal, Decimal]]) -> Side:
        levels = {self._ticks(price): self._lots(qty) for price, qty in shown}
        return {px: qty for px, qty in levels.items() if px > 0 and qty > 0}

    def _ticks(self, price: Decimal) -> int:
        return int((price / self._instrument.tick_size).to_integral_value())

    def _lots(self, qty: Decimal) -> int:
        return int(qty / self._instrument.lot_size)


def _changes(held: Side, levels: Side, side: int, shown: int) -> list[tuple[int, int]]:
    """Make `held` the new levels; return the changes. What lies behind a cut list is left as it was."""
    whole = shown < LEVELS
    worst = (min if side == BID else max)(levels, default=0)
    gone = [
        px for px in held if px not in levels and (whole or (px >= worst if side == BID else px <= worst))
    ]
    changed = [(px, qty) for px, qty in levels.items() if held.get(px) != qty]
    for px in gone:
        del held[px]
    held.update(levels)
    return [*((px, 0) for px in gone), *changed]
