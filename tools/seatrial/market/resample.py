"""
A recording made longer: first as it was, then in blocks of it, drawn with a seed, without end.

Each block begins with a book cleared and written anew, as it was where the block was cut out; its
prices are moved by whole ticks so that the mid goes on where the last block left it. Half of the
blocks, drawn by the seed too, are mirrored: up becomes down and bids become asks. Otherwise the
trend of a recording of minutes would go on for days and take the price to nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..model.artifact import Provenance
from ..model.errors import InputError, Where
from ..model.tape import (
    CLEAR,
    FUNDING,
    GAP_CLOSES,
    INSTRUMENT_SHIFT,
    KIND_MASK,
    LAST,
    SIDE_BIT,
    SNAPSHOT,
    STATUS,
    Tape,
    join,
    merge,
    tape_of,
)
from .dataset_feed import DatasetFeed
from .feed import CHUNK_ROWS_MAX
from .resample_survey import Book, Grid, Survey, survey

if TYPE_CHECKING:
    from .dataset import Dataset

FUNDING_NS = 8 * 3_600 * 10**9
BLOCKS_KEPT = 16  # of the dataset: a million rows, which is a short recording whole
WANDERS_MAX = 0.25  # beyond this share of its recorded price a market is only let come back


@dataclass(frozen=True)
class Block:
    """
    One drawn block: where it begins on the grid, and how its prices are changed.

    A price becomes `shifts[i] + px`, or `shifts[i] - px` when mirrored.
    """

    beginning: int
    mirrored: bool
    shifts: tuple[int, ...]

    def ending(self, found: Survey) -> tuple[int | None, ...]:
        """Return what the instruments are worth (bid plus ask) when the block ends."""
        sign = -1 if self.mirrored else 1
        ends = found.ending(self.beginning)
        return tuple(
            None if end is None else 2 * shift + sign * end
            for shift, end in zip(self.shifts, ends, strict=True)
        )


class ResampleFeed:
    """
    The `Feed` of a recording that is too short: recorded once, then resampled.

    `needed_ns` is the length of the run; it only tells the provenance which share of it is recorded.
    """

    end_ns = None

    def __init__(
        self,
        dataset: "Dataset",
        *,
        seed: int,
        block_s: float,
        symbols: Sequence[str] = (),
        needed_ns: int | None = None,
    ) -> None:
        self._dataset, self._seed, self._needed_ns = dataset, seed, needed_ns
        dataset.blocks_kept = max(dataset.blocks_kept, BLOCKS_KEPT)
        self._recording = DatasetFeed(dataset, symbols)
        self.instruments = self._recording.instruments
        self.start_ns = self._recording.start_ns
        self._recorded_end_ns = int(self._recording.end_ns or self.start_ns)
        self._grid = Grid.of(self.start_ns, self._recorded_end_ns, round(block_s * 1e9))
        self._blocks: list[Block] = []
        self._kept: tuple[int, Tape] = (-1, tape_of([]))

    @property
    def provenance(self) -> Provenance:
        """Return where the rows come from, and the share of the run that was recorded."""
        recorded_ns = self._recorded_end_ns - self.start_ns
        needed_ns = max(self._needed_ns or recorded_ns, recorded_ns)
        return Provenance(
            kind="resampled",
            dataset=self._dataset.provenance.dataset,
            sha256=self._dataset.sha256,
            recorded_ratio=recorded_ns / needed_ns,
            detail={
                **self._dataset.provenance.detail,
                "seed": self._seed,
                "block_ns": self._grid.block_ns,
                "recorded_ns": recorded_ns,
                "mirrored": "half of the blocks",
            },
        )

    def window(self, from_ns: int, until_ns: int) -> Iterator[Tape]:
        """Yield the rows with from_ns <= ts < until_ns in bounded tapes."""
        if from_ns < self._recorded_end_ns:
            yield from self._recording.window(from_ns, min(until_ns, self._recorded_end_ns))
        length = self._grid.block_ns
        first = max(0, (from_ns - self._recorded_end_ns) // length)
        for number in range(first, -(-(until_ns - self._recorded_end_ns) // length)):
            rows = _cut(self._rows(number), from_ns, until_ns)
            for at in range(0, len(rows), CHUNK_ROWS_MAX):
                yield rows.between(at, at + CHUNK_ROWS_MAX)

    def state(self) -> dict[str, Any]:
        """Return nothing: the seed and the time say all."""
        return {}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from anywhere."""

    def block(self, number: int) -> Block:
        """Return the drawn block of that number; blocks depend on the seed and on those before."""
        while len(self._blocks) <= number:
            self._blocks.append(self._drawn(len(self._blocks)))
        return self._blocks[number]

    @cached_property
    def _survey(self) -> Survey:
        tapes = self._recording.window(self.start_ns, self._recorded_end_ns)
        found = survey(tapes, len(self.instruments), self._grid)
        if not found.beginnings():
            raise InputError(
                "the recording is too short or its book too often unknown to be resampled",
                where=Where(str(self._dataset.path)),
                fix="shorten the run, or use a longer recording",
            )
        return found

    @cached_property
    def _beginnings(self) -> list[int]:
        return self._survey.beginnings()

    def _drawn(self, number: int) -> Block:
        import numpy as np

        chosen, way = (np.random.PCG64([self._seed, number]).random_raw(2) >> 1).tolist()
        beginning = self._beginnings[chosen % len(self._beginnings)]
        begins = [mid or 0 for mid in self._survey.mids[beginning]]
        ends = self._survey.last_mids if number == 0 else self._blocks[-1].ending(self._survey)
        # An instrument that was not known at the end of a block begins the next one where it was recorded.
        goals = [begin if end is None else end for end, begin in zip(ends, begins, strict=True)]
        mirrored = self._wanders_back(beginning, goals[0]) if self._is_far(goals[0]) else bool(way & 1)
        sign = -1 if mirrored else 1
        shifts = tuple((goal - sign * begin) // 2 for goal, begin in zip(goals, begins, strict=True))
        return Block(beginning, mirrored, shifts)

    def _is_far(self, mid: int) -> bool:
        home = self._home
        return abs(mid - home) > WANDERS_MAX * home

    @cached_property
    def _home(self) -> int:
        return self._survey.mids[self._beginnings[0]][0] or 0

    def _wanders_back(self, beginning: int, mid: int) -> bool:
        """Return whether a block must be mirrored so that it does not lead further away."""
        begin, end = self._survey.mids[beginning][0], self._survey.ending(beginning)[0]
        rises = (end or 0) > (begin or 0)
        return rises == (mid > self._home)

    def _rows(self, number: int) -> Tape:
        if self._kept[0] != number:
            self._kept = (number, self._made(number))
        return self._kept[1]

    def _made(self, number: int) -> Tape:
        block, grid = self.block(number), self._grid
        from_ns = grid.at(block.beginning)
        begins_ns = self._recorded_end_ns + number * grid.block_ns
        recorded = join(list(self._recording.window(from_ns, from_ns + grid.block_ns)))
        changed = _changed(recorded, block, begins_ns - from_ns)
        opening = self._opening(number, begins_ns)
        return merge([tape_of(opening), self._books(block, begins_ns), self._funding(begins_ns), changed])

    def _opening(self, number: int, ts_ns: int) -> list[tuple[int, int, int, int]]:
        """Return the ends of gaps in which the block before was cut off."""
        if number == 0:
            silent = self._survey.last_silent
        else:
            silent = self._survey.silent[self._blocks[number - 1].beginning + self._grid.steps]
        code = STATUS | LAST
        return [
            (ts_ns, code | index << INSTRUMENT_SHIFT, GAP_CLOSES, 0)
            for index, open_ in enumerate(silent)
            if open_
        ]

    def _books(self, block: Block, ts_ns: int) -> Tape:
        books = self._survey.books[block.beginning]
        return join([_snapshot(book, block, index, ts_ns) for index, book in enumerate(books)])

    def _funding(self, begins_ns: int) -> Tape:
        """
        Return funding rows of the block: one each 8 h, at rates that the recording had, if it had any.

        A block's own funding rows are dropped: drawn ten times, one settlement would be paid ten times.
        """
        import numpy as np

        due = -(-begins_ns // FUNDING_NS) * FUNDING_NS
        if due >= begins_ns + self._grid.block_ns:
            return tape_of([])
        drawn = int(np.random.PCG64([self._seed, due // FUNDING_NS, 1]).random_raw(1)[0])
        return tape_of(
            [
                (due, FUNDING | LAST | index << INSTRUMENT_SHIFT, 0, rates[drawn % len(rates)])
                for index, rates in enumerate(self._rates)
                if rates
            ]
        )

    @cached_property
    def _rates(self) -> list[list[int]]:
        rates: list[list[int]] = [[] for _ in self.instruments]
        for tape in self._recording.window(self.start_ns, self._recorded_end_ns):
            paid = (tape.code & KIND_MASK) == FUNDING
            for code, rate in zip(tape.code[paid].tolist(), tape.qty[paid].tolist(), strict=True):
                rates[code >> INSTRUMENT_SHIFT].append(rate)
        return rates


def _changed(tape: Tape, block: Block, later_ns: int) -> Tape:
    """Return recorded rows in the time and prices of a block; what falls below the first tick is gone."""
    import numpy as np

    kind = tape.code & KIND_MASK
    priced = ~np.isin(kind, (FUNDING, STATUS, CLEAR))
    shifts = np.array(block.shifts, "int64")[tape.code >> INSTRUMENT_SHIFT]
    px = tape.px.astype("int64")
    px = np.where(priced, shifts + (-px if block.mirrored else px), px)
    code = np.where(priced & block.mirrored, tape.code ^ SIDE_BIT, tape.code).astype("int32")
    kept = (kind != FUNDING) & (~priced | ((px > 0) & (px < 2**31)))
    return _without(Tape(tape.ts + later_ns, code, px.astype("int32"), tape.qty), kept)


def _without(tape: Tape, kept: Any) -> Tape:
    """Return the rows that are kept; a message that loses its last row ends with the row before."""
    import numpy as np

    if kept.all():
        return tape
    code = tape.code.copy()
    at = np.flatnonzero(kept)
    lost = np.flatnonzero(~kept & ((code & LAST) != 0))
    before = np.searchsorted(at, lost) - 1
    code[at[before[before >= 0]]] |= LAST
    return Tape(tape.ts[kept], code[kept], tape.px[kept], tape.qty[kept])


def _snapshot(book: Book, block: Block, index: int, ts_ns: int) -> Tape:
    """Return CLEAR and the levels of a book as a block shows it."""
    import numpy as np

    bits = index << INSTRUMENT_SHIFT
    px = block.shifts[index] + book.px.astype("int64") * (-1 if block.mirrored else 1)
    side = book.side.astype("int32") ^ int(block.mirrored)
    kept = px > 0
    count = int(kept.sum()) + 1
    code = np.full(count, SNAPSHOT | bits, "int32")
    code[1:] |= side[kept] * SIDE_BIT
    code[0] = CLEAR | bits
    code[-1] |= LAST
    prices = np.concatenate([[0], px[kept]]).astype("int32")
    return Tape(np.full(count, ts_ns, "int64"), code, prices, np.concatenate([[0], book.qty[kept]]))


def _cut(tape: Tape, from_ns: int, until_ns: int) -> Tape:
    import numpy as np

    low, high = np.searchsorted(tape.ts, [from_ns, until_ns]).tolist()
    return tape.between(low, high)
