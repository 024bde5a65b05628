"""
One pass over a recording that notes what resampling needs: books and mids on a grid of moments.

A block can only begin where the book is known, so the books are kept at the moments where blocks
may begin; a bound on their number keeps the memory small however long the recording is.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..model.tape import GAP_OPENS, INSTRUMENT_SHIFT, KIND_MASK, SIDE_BIT, STATUS, TRADE, Tape
from .ladder import Ladder

if TYPE_CHECKING:
    import numpy as np

LEVELS_MAX = 200
BOOKS_MAX = 2_000
STEPS_PER_BLOCK = 8


@dataclass(frozen=True)
class Grid:
    """Moments `start_ns + i * step_ns`; blocks are `steps` long and may begin at every `stride`-th."""

    start_ns: int
    step_ns: int
    steps: int
    stride: int
    count: int

    @classmethod
    def of(cls, start_ns: int, end_ns: int, block_ns: int) -> "Grid":
        """Return a grid for blocks of about `block_ns`, at most half the recording."""
        length = end_ns - start_ns
        block_ns = max(min(block_ns, length // 2), STEPS_PER_BLOCK)
        blocks = max(length // block_ns, 1)
        steps = max(1, min(STEPS_PER_BLOCK, BOOKS_MAX // blocks))
        step_ns = block_ns // steps
        return cls(start_ns, step_ns, steps, -(-blocks // BOOKS_MAX), length // step_ns + 1)

    def at(self, number: int) -> int:
        """Return a moment of the grid."""
        return self.start_ns + number * self.step_ns

    @property
    def block_ns(self) -> int:
        """Return the length of a block."""
        return self.steps * self.step_ns


@dataclass
class Book:
    """One instrument's book at a moment: sides (0 bid), prices and sizes from the touch outwards."""

    side: "np.ndarray"
    px: "np.ndarray"
    qty: "np.ndarray"


@dataclass
class Survey:
    """
    What was known at each moment of a grid.

    `mids[i]` holds each instrument's bid plus ask in ticks (twice the last trade where there is no
    book), None if not known; `silent[i]` whether it was in a gap; `books[i]` the books where a block
    may begin. `last_mids` and `last_silent` are those of the recording's end.
    """

    grid: Grid
    mids: list[tuple[int | None, ...]] = field(default_factory=list)
    silent: list[tuple[bool, ...]] = field(default_factory=list)
    books: dict[int, tuple[Book, ...]] = field(default_factory=dict)
    last_mids: tuple[int | None, ...] = ()
    last_silent: tuple[bool, ...] = ()

    def beginnings(self) -> list[int]:
        """Return the numbers of the moments at which a block may begin: all is known, and at its end."""
        last = len(self.mids) - 1 - self.grid.steps
        return [number for number in self.books if number <= last and None not in self.mids[number]]

    def ending(self, number: int) -> tuple[int | None, ...]:
        """Return what the instruments were worth when a block that begins there ends."""
        return self.mids[number + self.grid.steps]


def survey(tapes: Iterable[Tape], instruments: int, grid: Grid) -> Survey:
    """Replay a recording once."""
    found = Survey(grid)
    markets = [_Market() for _ in range(instruments)]
    for tape in tapes:
        columns = (tape.ts.tolist(), tape.code.tolist(), tape.px.tolist(), tape.qty.tolist())
        due = grid.at(len(found.mids))
        for ts, code, px, qty in zip(*columns, strict=True):
            while ts >= due and len(found.mids) < grid.count:
                _note(found, markets)
                due = grid.at(len(found.mids))
            markets[code >> INSTRUMENT_SHIFT].see(code, px, qty)
    while len(found.mids) < grid.count:
        _note(found, markets)
    found.last_mids = tuple(market.mid for market in markets)
    found.last_silent = tuple(market.silent for market in markets)
    return found


def _note(found: Survey, markets: "Sequence[_Market]") -> None:
    number = len(found.mids)
    found.mids.append(tuple(market.mid for market in markets))
    found.silent.append(tuple(market.silent for market in markets))
    if number % found.grid.stride == 0 and None not in found.mids[-1] and not any(found.silent[-1]):
        found.books[number] = tuple(market.book() for market in markets)


class _Market:
    """One instrument during the replay."""

    def __init__(self) -> None:
        self._ladder = Ladder()
        self._last_trade: int | None = None
        self.silent = False

    def see(self, code: int, px: int, qty: int) -> None:
        kind = code & KIND_MASK
        if kind == TRADE:
            self._last_trade = px
        elif kind == STATUS:
            self.silent = px == GAP_OPENS
        else:
            self._ladder.apply(code, px, qty)

    @property
    def mid(self) -> int | None:
        bid, ask = self._ladder.best_bid, self._ladder.best_ask
        if bid is None or ask is None or bid >= ask:
            traded_only = bid is None and ask is None and self._last_trade is not None
            return 2 * self._last_trade if traded_only and self._last_trade is not None else None
        return bid + ask

    def book(self) -> Book:
        import numpy as np

        rows = [row for row in self._ladder.snapshot(0, depth=LEVELS_MAX) if row[3]]
        return Book(
            np.array([int(bool(code & SIDE_BIT)) for _, code, _, _ in rows], "int8"),
            np.array([px for _, _, px, _ in rows], "int32"),
            np.array([qty for _, _, _, qty in rows], "int64"),
        )
