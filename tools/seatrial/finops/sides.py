"""
The two sides of a comparison: what each file is, and the rows in it, a record at a time.

Ours is a record's folder, fills in the program's own columns, or a statement; theirs is one or more
statements. What our side can know decides which payments are compared: a bot's record knows its
funding, a list of fills knows none.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ..model.errors import InputError, UsageError, Where
from .entry import Kind, Row
from .fill_table import is_fill_table, table_fills
from .journal_rows import is_record, journal_rows
from .reading import read_statement

ALL_KINDS = frozenset(Kind)
RECORD_KINDS = frozenset({Kind.FUNDING})
NO_KINDS: frozenset[Kind] = frozenset()


@dataclass(frozen=True)
class Asked:
    """How statements are to be read: whose they are, a mapping file, the zone of naive times."""

    venue: str | None = None
    mapping: Path | None = None
    zone: str | None = None


def statement_files(paths: Sequence[Path], asked: Asked) -> Iterator[Iterator[Row]]:
    """Yield the rows of each statement; a record's folder and a list of fills are read as well."""
    if not paths:
        raise UsageError("no statement is named", fix="give --statement FILE")
    for path in paths:
        yield rows_of(path, asked)


def rows_of(path: Path, asked: Asked) -> Iterator[Row]:
    """Return the rows of a file or folder, whatever it is."""
    if path.is_dir():
        if not is_record(path):
            raise InputError(
                "is a folder without a journal",
                where=Where(str(path)),
                fix="name a record's folder or a file",
            )
        return journal_rows(path)
    if asked.mapping is None and is_fill_table(path):
        return table_fills(path)
    return read_statement([path], asked.venue, asked.mapping, asked.zone)


def kinds_of(internal: Path) -> frozenset[Kind]:
    """Return the kinds of payment that our side would know of."""
    if is_record(internal):
        return RECORD_KINDS
    return NO_KINDS if internal.suffix == ".parquet" or is_fill_table(internal) else ALL_KINDS


def fees_as_cash(rows: Iterator[Row]) -> Iterator[Row]:
    """Yield rows whose writer counts a paid fee as positive, with the fee as cash."""
    for row in rows:
        if row.fill is None or row.fill.fee is None:
            yield row
        else:
            yield replace(row, fill=replace(row.fill, fee=-row.fill.fee))
