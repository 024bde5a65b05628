"""
A dataset: recorded or synthetic market events in one folder that every run mode can read.

`<to>/<venue>/<symbol>/<YYYY>/<MM>/<DD>.parquet` holds the events, `dataset.json` what they are.
The dataset's SHA-256 covers instruments and rows, not paths, names or times of files: the same
market gives the same hash wherever it lies.
"""

import os
from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import ValidationError

from ..model.artifact import InstrumentReport, Provenance, SourceFile
from ..model.config import Config, Count
from ..model.errors import InputError, UsageError, Where
from ..model.instrument import Instrument
from ..model.tape import INSTRUMENT_SHIFT, Tape, join, merge
from .segments import Rows, connect, read_rows, read_tape

SCHEMA_VERSION: Final = 1
DESCRIPTION = "dataset.json"
# A run goes forward and needs the block it is in; who draws blocks from all over asks for more.
BLOCKS_KEPT_OF_EACH = 2
_MAGIC = b"PAR1"  # how a whole Parquet file ends


class Segment(Config):
    """
    One Parquet file: one instrument, one UTC day.

    `blocks` are (first ts_ns, rows), so that a window is found without opening the file; rows of
    equal stamps never lie in two blocks.
    """

    path: str
    rows: Count
    first_ts_ns: int
    last_ts_ns: int
    sha256: str
    blocks: tuple[tuple[int, int], ...]


class Part(Config):
    """One instrument of a dataset: what it is, what the import found, where its rows are."""

    instrument: Instrument
    report: InstrumentReport
    segments: tuple[Segment, ...]


class Description(Config):
    """`dataset.json`."""

    schema_version: Literal[1] = SCHEMA_VERSION
    kind: Literal["recorded", "resampled", "synthetic"] = "recorded"
    clock: Literal["receive", "exchange"]
    sha256: str
    parts: tuple[Part, ...]
    sources: tuple[SourceFile, ...] = ()
    licence: str | None = None
    detail: dict[str, Any] = {}


class Dataset:
    """A dataset folder, open for reading; nothing is read before it is asked for."""

    def __init__(self, path: Path, description: Description) -> None:
        self.path, self.description = path, description
        self._connection: Any = None
        self._blocks: OrderedDict[tuple[int, int], Tape] = OrderedDict()
        self.blocks_kept = BLOCKS_KEPT_OF_EACH * len(description.parts)
        # Per instrument: the first stamp of every block, the stamp after its last, and its file.
        self._index = [_index_of(part.segments) for part in description.parts]

    @classmethod
    def open(cls, path: Path | str) -> "Dataset":
        """Open the dataset in a folder; an InputError says what is missing or damaged."""
        path = Path(path)
        dataset = cls(path, _read_description(path))
        for part in dataset.description.parts:
            for segment in part.segments:
                fault = _fault(path / segment.path)
                if fault:
                    where = Where(str(path / segment.path))
                    raise InputError(f"the segment is {fault}", where=where, fix="import the dataset again")
        return dataset

    @property
    def instruments(self) -> tuple[Instrument, ...]:
        """Return the instruments, ordered by venue and symbol."""
        return tuple(part.instrument for part in self.description.parts)

    @property
    def reports(self) -> tuple[InstrumentReport, ...]:
        """Return what the import found, in the order of the instruments."""
        return tuple(part.report for part in self.description.parts)

    @property
    def sha256(self) -> str:
        """Return the hash of the content, the same wherever the folder lies."""
        return self.description.sha256

    @property
    def clock(self) -> str:
        """Return which stamp orders the rows: receive or exchange."""
        return self.description.clock

    @property
    def provenance(self) -> Provenance:
        """Return what a record says about a market that is read from here unchanged."""
        kind = self.description.kind
        return Provenance(
            kind=kind,
            dataset=self.path.name,
            sha256=self.sha256,
            recorded_ratio=1.0 if kind == "recorded" else 0.0,
            detail={"clock": self.clock, **self.description.detail},
        )

    @property
    def first_ts_ns(self) -> int:
        """Return the stamp of the first row of all instruments."""
        return min(starts[0] for starts, _, _ in self._index if starts)

    @property
    def last_ts_ns(self) -> int:
        """Return the stamp of the last row of all instruments."""
        return max(ends[-1] - 1 for _, ends, _ in self._index if ends)

    def index_of(self, symbol: str) -> int:
        """Return the place of `symbol` or `venue:symbol`; an unknown or ambiguous one is an error."""
        found = [
            index
            for index, instrument in enumerate(self.instruments)
            if symbol in (instrument.symbol, f"{instrument.venue}:{instrument.symbol}")
        ]
        if len(found) == 1:
            return found[0]
        known = ", ".join(f"{instrument.venue}:{instrument.symbol}" for instrument in self.instruments)
        trouble = "is not in" if not found else "is on several venues in"
        raise UsageError(f"{symbol!r} {trouble} the dataset {self.path}", fix=f"it has: {known}")

    def tape(self, from_ns: int, until_ns: int, symbols: Sequence[str] | None = None) -> Tape:
        """
        Return the rows with from_ns <= ts < until_ns, in time order.

        The index in the codes is the place in `symbols` (all instruments, when None). The whole
        span is held in memory: ask for windows.
        """
        places = (
            range(len(self.instruments)) if symbols is None else [self.index_of(name) for name in symbols]
        )
        tapes = [
            self.rows_of(place, from_ns, until_ns, code_index=index) for index, place in enumerate(places)
        ]
        return merge(tapes)

    def rows_of(self, place: int, from_ns: int, until_ns: int, *, code_index: int = 0) -> Tape:
        """Return the rows of one instrument, with `code_index` in their codes."""
        import numpy as np

        starts, ends, _ = self._index[place]
        first, last = bisect_right(ends, from_ns), bisect_left(starts, until_ns)
        pieces = []
        for number in range(first, last):
            block = self._block(place, number)
            low, high = np.searchsorted(block.ts, [from_ns, until_ns]).tolist()
            if high > low:
                pieces.append(block.between(low, high))
        whole = pieces[0] if len(pieces) == 1 else join(pieces)
        if code_index:
            return Tape(whole.ts, whole.code | np.int32(code_index << INSTRUMENT_SHIFT), whole.px, whole.qty)
        return whole

    def block_starts(self, place: int, from_ns: int, until_ns: int) -> list[int]:
        """Return the first stamps of the blocks of one instrument that begin inside the span."""
        starts = self._index[place][0]
        return starts[bisect_right(starts, from_ns) : bisect_left(starts, until_ns)]

    def every_row(self, place: int) -> Iterator[Rows]:
        """Yield all columns of one instrument, block by block; for audits and conversions."""
        starts, ends, files = self._index[place]
        for start, end, (name, _) in zip(starts, ends, files, strict=True):
            yield read_rows(self._reader(), self.path / name, start, end)

    def _block(self, place: int, number: int) -> Tape:
        key = (place, number)
        if key in self._blocks:
            self._blocks.move_to_end(key)
            return self._blocks[key]
        starts, ends, files = self._index[place]
        name, rows = files[number]
        block = read_tape(self._reader(), self.path / name, starts[number], ends[number])
        if len(block) != rows:
            raise InputError(
                f"a block holds {len(block)} rows and not {rows}",
                where=Where(str(self.path / name)),
                fix="import the dataset again",
            )
        self._blocks[key] = block
        while len(self._blocks) > self.blocks_kept:
            self._blocks.popitem(last=False)
        return block

    def _reader(self) -> Any:
        if self._connection is None:
            self._connection = connect()
        return self._connection


def _index_of(segments: Sequence[Segment]) -> tuple[list[int], list[int], list[tuple[str, int]]]:
    starts: list[int] = []
    ends: list[int] = []
    files: list[tuple[str, int]] = []
    for segment in segments:
        first = [start for start, _ in segment.blocks]
        starts += first
        ends += [*first[1:], segment.last_ts_ns + 1]
        files += [(segment.path, rows) for _, rows in segment.blocks]
    return starts, ends, files


def _fault(path: Path) -> str | None:
    """Return what can be seen of a segment without reading it: that it is not there, or cut short."""
    try:
        with path.open("rb") as file:
            file.seek(-len(_MAGIC), os.SEEK_END)
            return None if file.read() == _MAGIC else "damaged"
    except FileNotFoundError:
        return "missing"
    except OSError:
        return "damaged"


def _read_description(folder: Path) -> Description:
    import orjson

    path = folder / DESCRIPTION
    if not folder.exists():
        raise InputError(
            "no such dataset", where=Where(str(folder)), fix="make one with `seatrial market import`"
        )
    if not path.is_file():
        raise InputError(
            f"the folder has no {DESCRIPTION}: it is not a dataset",
            where=Where(str(folder)),
            fix="make one with `seatrial market import`",
        )
    try:
        content = orjson.loads(path.read_bytes())
        version = content.get("schema_version") if isinstance(content, dict) else None
        if isinstance(version, int) and version > SCHEMA_VERSION:
            raise InputError(
                f"the dataset has schema version {version}; this program knows {SCHEMA_VERSION}",
                where=Where(str(path), field="schema_version"),
                fix="upgrade seatrial",
            )
        return Description.model_validate(content)
    except orjson.JSONDecodeError as error:
        raise InputError(
            f"not JSON: {error}", where=Where(str(path)), fix="import the dataset again"
        ) from error
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise InputError(
            first["msg"], where=Where(str(path), field=field), fix="import the dataset again"
        ) from error
