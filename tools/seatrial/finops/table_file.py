"""
The rows of a CSV statement, one after another, whatever its dialect.

Before the header may stand a preamble; the header may come again; after the rows may come totals.
A row of another width is cut off or wrongly quoted, and is never padded into something believable.
"""

import csv
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import tzinfo
from functools import cached_property
from pathlib import Path
from typing import Any

from ..model.errors import InputError, Where
from . import stamps
from .record import plain_name
from .text_file import open_text

DELIMITERS = (",", ";", "\t", "|")
HEADER_LINES = 30
HEAD_CHARACTERS = 65_536
MOST_COLUMNS = 512
TOTALS = re.compile(
    r"(?:grand )?totals?|sub ?total|sum|summe|gesamt|celkem|итого|合計|合计"
    r"|opening|closing|end of|balance|generated|report|exported|---|\*\*\*"
)
ZONE_IN_NAME = re.compile(r"\s*\(((?:UTC|GMT)?\s*(?:[+-]\d{1,2}(?::?\d{2})?)?)\)\s*", re.IGNORECASE)
ZONE_IN_PREAMBLE = re.compile(r"time ?zone\s*[:=]\s*([^,;\s\"]+)", re.IGNORECASE)


@dataclass(frozen=True)
class Header:
    """Where a table's header stands, and what it and the lines before it say."""

    delimiter: str
    line: int
    columns: tuple[str, ...]
    zones: dict[str, tzinfo] = field(default_factory=dict)
    zone: tzinfo | None = None


def first_lines(path: Path) -> list[str]:
    """Return the first lines of a text file; a line may be cut at its end."""
    with open_text(path) as text:
        try:
            return text.read(HEAD_CHARACTERS).splitlines()[:HEADER_LINES]
        except UnicodeDecodeError as error:
            where = Where(path.name, 1)
            raise InputError("is not UTF-8", where=where, fix="save the file as UTF-8") from error


def headers(lines: list[str]) -> Iterator[Header]:
    """Return every way to read one of the first lines as a header of two columns or more."""
    for number, line in enumerate(lines):
        for delimiter in DELIMITERS:
            cells = _cells(line, delimiter)
            if 1 < len(cells) <= MOST_COLUMNS:
                yield _header(cells, delimiter, number + 1, lines[:number])


@dataclass(frozen=True)
class Columns:
    """A table's columns as the importer calls them, and those that it cannot do without."""

    names: tuple[str, ...]
    asked: frozenset[str]
    # Some venues end every row, but not the header, with a delimiter: an empty cell too many.
    trailing: list[bool] = field(default_factory=list)

    @cached_property
    def widths(self) -> tuple[int, int]:
        """Return the fewest cells of a row that cuts off nothing that is asked for, and the most."""
        last = [place + 1 for place, name in enumerate(self.names) if name in self.asked]
        return max(last, default=1), len(self.names)


def table_rows(
    path: Path, header: Header, column: Callable[[str], str], asked: frozenset[str]
) -> Iterator[tuple[int, dict[str, str]]]:
    """Return (line, cells by column) of every row below the header."""
    columns = Columns(_distinct([column(name) for name in header.columns]), asked)
    with open_text(path) as text:
        lines = _Lines(text)
        for _ in range(header.line):
            next(lines, "")
        lines.take()
        reader = csv.reader(lines, delimiter=header.delimiter)
        line = header.line + 1
        try:
            for cells in reader:
                start, line = line, header.line + reader.line_num + 1
                row = _row(cells, lines.take(), header.delimiter, columns, Where(path.name, start))
                if row is not None and not _repeats(row, columns, column):
                    yield start, row
        except csv.Error as error:
            where = Where(path.name, line)
            fix = "close the quote, or export the statement again"
            raise InputError(f"cannot be read as a table: {error}", where=where, fix=fix) from error
        except UnicodeDecodeError as error:
            where = Where(path.name, line)
            raise InputError(
                "is not UTF-8 from here on", where=where, fix="save the file as UTF-8"
            ) from error


def _row(cells: list[str], raw: str, delimiter: str, columns: Columns, where: Where) -> dict[str, str] | None:
    """Return a row's cells by column, None for a line that holds none; InputError for one that is damaged."""
    names = columns.names
    if not any(map(str.strip, cells)):
        return None
    if len(cells) != len(names):
        cells = _mended(cells, raw, delimiter, len(names))
    has_trailing = len(cells) == len(names) + 1 and not cells[-1].strip()
    if not columns.trailing:
        columns.trailing.append(has_trailing)
    if has_trailing and columns.trailing[0]:
        cells = cells[:-1]
    if _is_total(cells, len(names)):
        return None
    _refuse_width(cells, raw, columns.widths, where)
    return dict(zip(names, cells + [""] * (len(names) - len(cells)), strict=True))


def _repeats(row: dict[str, str], columns: Columns, column: Callable[[str], str]) -> bool:
    """Say whether the header stands here again."""
    first = columns.names[0]
    if row[first][:1].isdigit():
        return False
    if column(ZONE_IN_NAME.sub("", row[first])) != first:
        return False
    return _distinct([column(ZONE_IN_NAME.sub("", cell)) for cell in row.values()]) == columns.names


class _Lines:
    """The lines of a text, remembering those of the row that is being read."""

    def __init__(self, text: Iterable[str]) -> None:
        self._text = iter(text)
        self.taken: list[str] = []

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = next(self._text)
        self.taken.append(line)
        return line

    def take(self) -> str:
        """Return what was read since the last call."""
        raw = "".join(self.taken)
        self.taken.clear()
        return raw


def _cells(line: str, delimiter: str) -> list[str]:
    """Return the cells of a line; one that a program quoted as a whole is taken out of its quotes."""
    try:
        cells = next(csv.reader([line], delimiter=delimiter), [])
        if len(cells) == 1 and delimiter in cells[0]:
            cells = next(csv.reader([cells[0]], delimiter=delimiter), [])
    except csv.Error:
        return []
    return cells


def _header(cells: list[str], delimiter: str, line: int, before: list[str]) -> Header:
    zones: dict[str, Any] = {}
    names = []
    for cell in cells:
        found = ZONE_IN_NAME.search(cell)
        name = ZONE_IN_NAME.sub("", cell) if found else cell
        if found and found[1].strip():
            zones[plain_name(name)] = stamps.zone_of(found[1])
        names.append(name)
    said = ZONE_IN_PREAMBLE.search(" ".join(before))
    return Header(delimiter, line, tuple(names), zones, _zone(said[1]) if said else None)


def _zone(text: str) -> tzinfo | None:
    try:
        return stamps.zone_of(text)
    except ValueError:
        return None


def _distinct(names: list[str]) -> tuple[str, ...]:
    """Return the names with a number behind those that came before, so that no column hides another."""
    seen: dict[str, int] = {}
    distinct = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        distinct.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
    return tuple(distinct)


def _mended(cells: list[str], raw: str, delimiter: str, width: int) -> list[str]:
    """Return the cells of a row that a venue quoted twice or once too often, if that makes it fit."""
    again = cells
    if len(cells) == 1 and delimiter in cells[0]:
        again = _cells(cells[0], delimiter)
    elif re.search(rf'(?:^|{re.escape(delimiter)})""[^"{re.escape(delimiter)}\s]', raw):
        again = _cells(raw.rstrip("\r\n").replace('""', '"'), delimiter)
    return again if len(again) == width else cells


def _is_total(cells: list[str], width: int) -> bool:
    """Say whether a line sums up or closes the table: one or two words where a row has many."""
    first = next(cell.strip() for cell in cells if cell.strip())
    if first[0].isdigit() or TOTALS.match(first.lower().lstrip("#* ")) is None:
        return False
    filled = sum(bool(cell.strip()) for cell in cells)
    return filled <= max(2, width // 2) or len(cells) < width


def _refuse_width(cells: list[str], raw: str, widths: tuple[int, int], where: Where) -> None:
    required, width = widths
    if required <= len(cells) <= width:
        return
    if raw.count('"') % 2:
        raise InputError(
            "a quote is opened and never closed",
            where=where,
            fix="close the quote, or export the statement again",
        )
    raise InputError(
        f"the row has {len(cells)} cells, the header {width} columns", where=where,
        fix="the line is cut off or wrongly quoted: export the statement again",
    )  # fmt: skip
