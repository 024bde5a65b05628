"""
A recorded dataset as a feed: its own rows, and where nothing was recorded, a row that says so.

A gap is opened after the last event before it and closed before the first event after it, so that
a bot's book is known to be old for the whole of the silence.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from ..model.artifact import Gap, Provenance
from ..model.errors import UsageError, Where
from ..model.instrument import Instrument
from ..model.tape import GAP_CLOSES, GAP_OPENS, INSTRUMENT_SHIFT, LAST, STATUS, Tape, merge, tape_of
from .dataset import Dataset
from .feed import CHUNK_ROWS_MAX


class DatasetFeed:
    """The rows of a dataset, of all its instruments or of those named, in time order."""

    def __init__(self, dataset: Dataset, symbols: Sequence[str] = ()) -> None:
        self._dataset = dataset
        everything = range(len(dataset.instruments))
        self._places = [dataset.index_of(name) for name in symbols] if symbols else list(everything)
        _refuse_repeats(symbols, self._places)
        self.instruments = told_apart([dataset.instruments[place] for place in self._places])
        reports = [dataset.reports[place] for place in self._places]
        self._gaps = [gaps_within(report.gaps) for report in reports]
        firsts = [report.first_ts_ns for report in reports if report.first_ts_ns is not None]
        lasts = [report.last_ts_ns for report in reports if report.last_ts_ns is not None]
        if not firsts:
            raise UsageError(f"the dataset {dataset.path} holds no events", fix="choose another dataset")
        self.start_ns: int = min(firsts)
        self.end_ns: int | None = max(lasts) + 1

    @property
    def provenance(self) -> Provenance:
        """Return where the rows come from."""
        return self._dataset.provenance

    def window(self, from_ns: int, until_ns: int) -> Iterator[Tape]:
        """Yield the rows with from_ns <= ts < until_ns in bounded tapes; see `Feed`."""
        edges = {from_ns, until_ns}
        for place in self._places:
            edges.update(self._dataset.block_starts(place, from_ns, until_ns))
        moments = sorted(edges)
        for start, end in pairwise(moments):
            piece = self._piece(start, end)
            for at in range(0, len(piece), CHUNK_ROWS_MAX):
                yield piece.between(at, at + CHUNK_ROWS_MAX)

    def state(self) -> dict[str, Any]:
        """Return nothing: every window is found by its times alone."""
        return {}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from anywhere."""

    def _piece(self, from_ns: int, until_ns: int) -> Tape:
        tapes = []
        for index, place in enumerate(self._places):
            closes, opens = _status(self._gaps[index], index, from_ns, until_ns)
            rows = self._dataset.rows_of(place, from_ns, until_ns, code_index=index)
            # A stable merge keeps this order at equal stamps: closed before the first event after.
            tapes += [tape_of(closes), rows, tape_of(opens)]
        return merge([tape for tape in tapes if len(tape)])


def gaps_within(gaps: Sequence[Gap]) -> list[tuple[int, int]]:
    """Return the gaps as (from, to), in order."""
    return sorted((gap.from_ts_ns, gap.to_ts_ns) for gap in gaps)


def _status(
    gaps: Sequence[tuple[int, int]], index: int, from_ns: int, until_ns: int
) -> tuple[list[tuple[int, int, int, int]], list[tuple[int, int, int, int]]]:
    code = STATUS | LAST | index << INSTRUMENT_SHIFT
    closes = [(end, code, GAP_CLOSES, 0) for _, end in gaps if from_ns <= end < until_ns]
    opens = [(start, code, GAP_OPENS, 0) for start, _ in gaps if from_ns <= start < until_ns]
    return closes, opens


def told_apart(instruments: Sequence[Instrument]) -> tuple[Instrument, ...]:
    """
    Return the instruments under names that differ: a symbol on several venues becomes `venue:SYMBOL`.

    A record speaks of symbols alone; all others keep the name that their venue gave them.
    """
    seen = Counter(instrument.symbol for instrument in instruments)
    return tuple(
        instrument
        if seen[instrument.symbol] == 1
        else instrument.model_copy(update={"symbol": f"{instrument.venue}:{instrument.symbol}"})
        for instrument in instruments
    )


def _refuse_repeats(symbols: Sequence[str], places: Sequence[int]) -> None:
    """Refuse one instrument asked for twice: its events would come twice."""
    for at, place in enumerate(places):
        if place in places[:at]:
            raise UsageError(
                f"{symbols[at]!r} is asked for twice",
                where=Where(field=f"market.symbols[{at}]"),
                fix="name each instrument once",
            )
