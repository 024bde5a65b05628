"""
Columns of canonical events, and the Parquet segments that hold them: one per instrument and UTC day.

DuckDB writes and reads Parquet; it is asked for nothing else, on one thread, so that the same rows
give the same file.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..model.errors import InputError, UsageError, Where
from ..model.tape import INSTRUMENT_SHIFT, KIND_MASK, LAST, NO_FILL, SIDE_BIT, Tape

if TYPE_CHECKING:
    import numpy as np

NONE_NS = -(2**63)
DAY_NS = 86_400_000_000_000
BLOCK_ROWS = 61_440
# name -> (numpy type, DuckDB type)
COLUMNS = {
    "ts_ns": ("int64", "BIGINT"),
    "exch_ts_ns": ("int64", "BIGINT"),
    "kind": ("uint8", "UTINYINT"),
    "side": ("uint8", "UTINYINT"),
    "flags": ("uint8", "UTINYINT"),
    "px": ("int32", "INTEGER"),
    "qty": ("int64", "BIGINT"),
    "ref": ("int64", "BIGINT"),
}


@dataclass(frozen=True)
class Rows:
    """
    Canonical events of one instrument, sorted by `ts_ns`; equal lengths.

    `exch_ts_ns` is NONE_NS where the venue gave none; `flags` holds LAST and NO_FILL; `px` ticks;
    `qty` lots (FUNDING: rate * 1e12); `ref` the trade id or update id, 0 if none.
    """

    ts_ns: "np.ndarray"
    exch_ts_ns: "np.ndarray"
    kind: "np.ndarray"
    side: "np.ndarray"
    flags: "np.ndarray"
    px: "np.ndarray"
    qty: "np.ndarray"
    ref: "np.ndarray"

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.ts_ns)

    @classmethod
    def of_tape(cls, tape: Tape) -> "Rows":
        """Return a tape's rows (of one instrument) with no exchange stamp and no references."""
        import numpy as np

        nothing = np.zeros(len(tape), np.int64)
        code = tape.code
        return cls(
            ts_ns=tape.ts,
            exch_ts_ns=nothing + NONE_NS,
            kind=(code & KIND_MASK).astype(np.uint8),
            side=((code & SIDE_BIT) != 0).astype(np.uint8),
            flags=(code & (LAST | NO_FILL)).astype(np.uint8),
            px=tape.px,
            qty=tape.qty,
            ref=nothing,
        )

    def tape(self, index: int = 0) -> Tape:
        """Return the rows as a tape, with the instrument's index in the code."""
        return tape_of_columns(self.ts_ns, (self.kind, self.side, self.flags), (self.px, self.qty), index)

    def between(self, start: int, end: int) -> "Rows":
        """Return rows `start` to `end` (indices) as a view."""
        return Rows(*(getattr(self, field.name)[start:end] for field in fields(self)))

    def update(self, digest: "hashlib._Hash") -> None:
        """Feed the rows to a digest: little-endian columns, so that it is the same on any machine."""
        import numpy as np

        table = np.empty(
            len(self), np.dtype([(name, "<" + np.dtype(kind).str[1:]) for name, (kind, _) in COLUMNS.items()])
        )
        for name in COLUMNS:
            table[name] = getattr(self, name)
        digest.update(table.tobytes())


def tape_of_columns(
    ts: "np.ndarray", kinds: "Sequence[np.ndarray]", values: "Sequence[np.ndarray]", index: int
) -> Tape:
    """Return a tape from (kind, side, flags) and (px, qty) columns."""
    import numpy as np

    kind, side, flags = kinds
    code = (
        kind.astype(np.int32)
        | (side.astype(np.int32) * SIDE_BIT)
        | flags
        | np.int32(index << INSTRUMENT_SHIFT)
    )
    return Tape(ts, code.astype(np.int32), values[0], values[1])


def connect(database: str = ":memory:") -> Any:
    """Return a DuckDB connection on one thread; without the `data` extra, say what to install."""
    try:
        import duckdb
    except ImportError as error:
        raise UsageError("datasets need DuckDB", fix="pip install 'seatrial[data]'") from error
    connection = duckdb.connect(database)
    connection.execute("SET threads = 1")
    connection.execute("SET memory_limit = '256MB'")
    return connection


def read_tape(connection: Any, path: Path, from_ns: int, until_ns: int) -> Tape:
    """Return the rows of a segment with from_ns <= ts < until_ns as a tape of instrument 0."""
    columns = _select(connection, path, ("ts_ns", "kind", "side", "flags", "px", "qty"), (from_ns, until_ns))
    ts, kind, side, flags, px, qty = columns
    return tape_of_columns(ts, (kind, side, flags), (px, qty), 0)


def read_rows(connection: Any, path: Path, from_ns: int, until_ns: int) -> Rows:
    """Return every column of a segment's rows with from_ns <= ts < until_ns."""
    return Rows(*_select(connection, path, tuple(COLUMNS), (from_ns, until_ns)))


def _select(connection: Any, path: Path, names: Sequence[str], span: tuple[int, int]) -> "list[np.ndarray]":
    import duckdb
    import numpy as np

    wanted = ", ".join(
        f"COALESCE({name}, {NONE_NS}) AS {name}" if name == "exch_ts_ns" else name for name in names
    )
    query = f"SELECT {wanted} FROM read_parquet(?) WHERE ts_ns >= ? AND ts_ns < ?"  # noqa: S608
    try:
        found = connection.execute(query, [str(path), *span]).fetchnumpy()
    except duckdb.Error as error:
        raise InputError(
            f"the segment is damaged: {str(error).splitlines()[0]}",
            where=Where(str(path)),
            fix="import the dataset again",
        ) from error
    # ascontiguousarray also turns DuckDB's masked arrays (no value is ever masked) into plain ones.
    return [np.ascontiguousarray(found[name], dtype=COLUMNS[name][0]) for name in names]
