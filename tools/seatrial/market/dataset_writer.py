"""
Write a dataset: rows go in as they come, whole days come out as Parquet, all of it or nothing.

Everything is made in a folder beside the target and renamed into its place at the end, so that a
failed or killed import leaves no half dataset that a later run would believe.
"""

import hashlib
import os
import re
import shutil
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

from ..model.artifact import InstrumentReport, SourceFile
from ..model.atomic import json_bytes, write_bytes
from ..model.errors import BugError, OutsideError, UsageError, Where
from ..model.instrument import Instrument
from .dataset import DESCRIPTION, SCHEMA_VERSION, Dataset, Description, Part, Segment
from .segments import BLOCK_ROWS, COLUMNS, DAY_NS, NONE_NS, Rows, connect


class DatasetWriter:
    """
    A dataset in the making; use it with `with`, and `finish` it, or nothing stays.

    Instruments may be written in any order and side by side; each one's rows in time order.
    """

    def __init__(
        self,
        to: Path,
        *,
        clock: Literal["receive", "exchange"],
        kind: Literal["recorded", "resampled", "synthetic"],
        detail: dict[str, Any] | None = None,
    ) -> None:
        self.to, self.clock, self.kind, self.detail = Path(to), clock, kind, detail or {}
        self.scratch = self.to.parent / f".{self.to.name}.{os.getpid()}.partial"
        self._made: list[Path] = []
        self._parts: list[InstrumentWriter] = []
        self._connection: Any = None

    def __enter__(self) -> Self:
        """Check the target and make the scratch folder."""
        check_target(self.to)
        try:
            missing = [folder for folder in (self.to.parent, *self.to.parent.parents) if not folder.exists()]
            for folder in reversed(missing):
                folder.mkdir()
                self._made.append(folder)
            self.scratch.mkdir()
            self._connection = connect(str(self.scratch / ".rows.duckdb"))
        except BaseException as error:
            self._clean()
            if _is_disk(error):
                raise _disk(error, self.to) from error
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Remove what was not finished."""
        self._clean()
        if error is not None and _is_disk(error):
            raise _disk(error, self.to) from error

    def instrument(self, instrument: Instrument) -> "InstrumentWriter":
        """Return a writer of one instrument's rows."""
        part = InstrumentWriter(self._connection, self.scratch, instrument, len(self._parts))
        self._parts.append(part)
        return part

    def finish(self, sources: Sequence[SourceFile] = ()) -> Dataset:
        """Close the instruments, put the folder in its place and return it opened."""
        parts = sorted((part.part() for part in self._parts), key=lambda part: _place(part.instrument))
        self._connection.close()
        self._connection = None
        for name in (".rows.duckdb", ".rows.duckdb.wal"):
            (self.scratch / name).unlink(missing_ok=True)  # the second stays where the disk was full
        description = Description(
            kind=self.kind,
            clock=self.clock,
            sha256=content_hash(self.clock, parts),
            parts=tuple(parts),
            sources=tuple(sorted(sources, key=lambda source: (source.name, source.sha256))),
            detail=self.detail,
        )
        write_bytes(self.scratch / DESCRIPTION, json_bytes(description))
        try:
            self.scratch.rename(self.to)
        except OSError as error:
            raise _disk(error, self.to) from error
        self._made.clear()
        return Dataset.open(self.to)

    def _clean(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        shutil.rmtree(self.scratch, ignore_errors=True)
        for folder in reversed(self._made):
            with suppress(OSError):
                folder.rmdir()
        self._made.clear()


class InstrumentWriter:
    """The rows of one instrument, cut into days."""

    def __init__(self, connection: Any, folder: Path, instrument: Instrument, number: int) -> None:
        self.instrument = instrument
        self._connection, self._folder, self._table = connection, folder, f"rows_{number}"
        self._segments: list[Segment] = []
        self._report: InstrumentReport | None = None
        self._day: _Day | None = None
        self._last_ns = -(2**62)
        columns = ", ".join(f"{name} {kind}" for name, (_, kind) in COLUMNS.items())
        connection.execute(f"CREATE TABLE {self._table} ({columns})")

    def append(self, rows: Rows) -> None:
        """Add rows; they must not be older than the rows before."""
        import numpy as np

        if not len(rows):
            return
        if int(rows.ts_ns[0]) < self._last_ns or bool((np.diff(rows.ts_ns) < 0).any()):
            raise BugError(f"rows of {self.instrument.symbol} were written out of order")
        self._last_ns = int(rows.ts_ns[-1])
        days = rows.ts_ns // DAY_NS
        edges = [0, *(np.flatnonzero(np.diff(days)) + 1).tolist(), len(rows)]
        for start, end in pairwise(edges):
            self._append_day(int(days[start]), rows.between(start, end))

    def close(self, report: InstrumentReport) -> None:
        """Finish the last day and keep the report."""
        self._flush()
        self._report = report

    def part(self) -> Part:
        """Return the finished instrument."""
        if self._report is None:
            raise BugError(f"the rows of {self.instrument.symbol} were never closed")
        return Part(instrument=self.instrument, report=self._report, segments=tuple(self._segments))

    def _append_day(self, day: int, rows: Rows) -> None:
        if self._day is None or self._day.number != day:
            self._flush()
            self._day = _Day(day)
        self._day.add(rows)
        self._connection.register("batch", {name: getattr(rows, name) for name in COLUMNS})
        self._connection.execute(f"INSERT INTO {self._table} SELECT {', '.join(COLUMNS)} FROM batch")  # noqa: S608
        self._connection.unregister("batch")

    def _flush(self) -> None:
        if self._day is None:
            return
        date = datetime.fromtimestamp(self._day.number * 86_400, UTC)
        place = Path(*_place(self.instrument), f"{date:%Y}", f"{date:%m}", f"{date:%d}.parquet")
        target = self._folder / place
        target.parent.mkdir(parents=True, exist_ok=True)
        wanted = ", ".join(
            f"NULLIF({name}, {NONE_NS}) AS {name}" if name == "exch_ts_ns" else name for name in COLUMNS
        )
        quoted = str(target).replace("'", "''")
        self._connection.execute(
            f"COPY (SELECT {wanted} FROM {self._table}) TO '{quoted}' "  # noqa: S608
            f"(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {BLOCK_ROWS})"
        )
        self._connection.execute(f"TRUNCATE {self._table}")
        self._segments.append(self._day.segment(place.as_posix()))
        self._day = None
        with target.open("rb") as file:
            os.fsync(file.fileno())


class _Day:
    """The counts, blocks and hash of one day's rows."""

    def __init__(self, number: int) -> None:
        self.number = number
        self._digest = hashlib.sha256()
        self._blocks: list[list[int]] = []
        self._last_ns = 0
        self._rows = 0

    def add(self, rows: Rows) -> None:
        """Count rows; a block ends at the first change of stamp after BLOCK_ROWS rows."""
        import numpy as np

        rows.update(self._digest)
        ts = rows.ts_ns
        at, end = 0, len(rows)
        while at < end:
            room = BLOCK_ROWS - self._blocks[-1][1] if self._blocks else 0
            if room <= 0 and (not self._blocks or int(ts[at]) != self._last_ns):
                self._blocks.append([int(ts[at]), 0])
                continue
            stop = min(end, at + max(room, 1))
            stop = int(np.searchsorted(ts, ts[stop - 1], side="right"))
            self._blocks[-1][1] += stop - at
            self._last_ns = int(ts[stop - 1])
            at = stop
        self._rows += end

    def segment(self, path: str) -> Segment:
        """Return the description of the finished day."""
        return Segment(
            path=path,
            rows=self._rows,
            first_ts_ns=self._blocks[0][0],
            last_ts_ns=self._last_ns,
            sha256=self._digest.hexdigest(),
            blocks=tuple((start, rows) for start, rows in self._blocks),
        )


def content_hash(clock: str, parts: Sequence[Part]) -> str:
    """Return the SHA-256 of what the market is: clock, instruments, findings and rows."""
    content = {
        "schema_version": SCHEMA_VERSION,
        "clock": clock,
        "parts": [
            {
                "instrument": part.instrument.model_dump(mode="json"),
                "report": part.report.model_dump(mode="json"),
                "rows": [(segment.path, segment.rows, segment.sha256) for segment in part.segments],
            }
            for part in parts
        ],
    }
    return hashlib.sha256(json_bytes(content)).hexdigest()


def check_target(to: Path) -> None:
    """Refuse a target that is a file or holds something already."""
    if to.is_dir():
        if any(to.iterdir()):
            raise UsageError(
                "the target folder is not empty", where=Where(str(to)), fix="choose a new folder for --to"
            )
    elif to.exists() or to.is_symlink():
        raise UsageError(
            "the target is not a folder", where=Where(str(to)), fix="choose a new folder for --to"
        )


def _place(instrument: Instrument) -> tuple[str, str]:
    return _file_name(instrument.venue), _file_name(instrument.symbol)


def _file_name(name: str) -> str:
    """Return a name that is one folder on every system; what is unusual becomes %XX."""
    safe = re.sub(
        r"[^A-Za-z0-9._@=+-]", lambda match: "".join(f"%{byte:02X}" for byte in match[0].encode()), name
    )
    return "%2E" + safe[1:] if safe.startswith(".") else safe


def _is_disk(error: BaseException) -> bool:
    """Say whether the disk failed, in our own writing or in DuckDB's."""
    # The writer asks DuckDB for nothing that can fail but for the disk; its error classes vary.
    return isinstance(error, OSError) or type(error).__module__.strip("_") == "duckdb"


def _disk(error: BaseException, to: Path) -> OutsideError:
    reason = getattr(error, "strerror", None) or str(error).splitlines()[0]
    return OutsideError(
        f"the dataset cannot be written: {reason}",
        where=Where(str(getattr(error, "filename", None) or to)),
        fix="choose a folder with room that you may write to",
    )
