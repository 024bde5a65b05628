"""
Reads statements of any venue into rows of one form, a record at a time.

What a file is, its content says and not its name. What nobody knows is refused in one line that
says what was seen and how to go on: books made of a guess would be worse than none.
"""

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Context, localcontext
from pathlib import Path
from typing import Any

from ..model.errors import InputError, UsageError, Where
from . import stamps
from .entry import Row, Source
from .importer import FORMATS
from .importer.interface import Format
from .json_file import json_records, looks_like_json
from .mapping import load_mapping
from .record import Reading, Record, plain_name
from .table_file import Header, first_lines, headers, table_rows

SEEN_COLUMNS = 12
# Python keeps 28 digits unless told; a wallet of 18 decimals with a fee taken off has more.
EXACT = Context(prec=120)
YEAR_LAST = re.compile(r"\d{1,2}[-/]\d{1,2}[-/]\d{4}\b")
HOW_TO_GO_ON = "name the venue with --venue, or describe the columns in a mapping file"


@dataclass(frozen=True)
class Statement:
    """One file and how it is read; without a header it is JSON."""

    path: Path
    format: Format
    header: Header | None


def read_statement(
    paths: Path | Sequence[Path],
    venue: str | None = None,
    mapping: Path | None = None,
    zone: str | None = None,
) -> Iterator[Row]:
    """
    Return the rows of statements in the order of the files, streaming.

    `venue` narrows the formats to those of one venue (or names one format), `mapping` is a file that
    describes the columns of any other CSV, `zone` is that of times which the file leaves naive (UTC
    if not given). InputError names file, line, field and fix; nothing is read past it.
    """
    named = [paths] if isinstance(paths, Path) else list(paths)
    if not named:
        raise UsageError("no statements to read", fix="name at least one file")
    statements = [recognise(path, venue, mapping) for path in named]
    meant = _zone(zone)
    orders = {
        name: _order([one for one in statements if one.format.name == name], meant)
        for name in dict.fromkeys(one.format.name for one in statements)
    }
    return (row for one in statements for row in _rows(one, _reading(one, orders[one.format.name], meant)))


def recognise(path: Path, venue: str | None = None, mapping: Path | None = None) -> Statement:
    """Return how a file is to be read; InputError if nobody knows it, or more than one does."""
    lines = first_lines(path)
    if mapping is not None:
        return _mapped(path, lines, load_mapping(mapping))
    formats = _formats(venue)
    if looks_like_json(lines):
        return Statement(path, _json_format(path, formats), None)
    candidates = [
        (one.known(header.columns), -header.line, one, header)
        for header in headers(lines)
        for one in formats
        if "table" in one.shapes and one.known(header.columns)
    ]
    if not candidates:
        raise _unknown_table(path, lines, formats, venue)
    best = max((count, line) for count, line, _, _ in candidates)
    found = [(one, header) for count, line, one, header in candidates if (count, line) == best]
    _refuse_twins(path, [one for one, _ in found])
    return Statement(path, found[0][0], found[0][1])


def _formats(venue: str | None) -> list[Format]:
    every = [member for _, member in FORMATS]
    if venue is None:
        return every
    wanted = venue.strip().lower()
    found = [one for one in every if wanted in {one.venue, one.name}]
    if not found:
        known = ", ".join(sorted({one.venue for one in every}))
        raise UsageError(f"no statement of a venue called {venue!r} is known", fix=f"known: {known}")
    return found


def _json_format(path: Path, formats: list[Format]) -> Format:
    first = next(json_records(path), None)
    if first is None:
        raise InputError(
            "holds no records", where=Where(path.name, 1), fix="ask the venue for a longer period"
        )
    number, cells, context = first
    record = _record(cells, path, number, Reading(), context)
    keys = record.names()
    scored = [(one.known_keys(keys), one) for one in formats if "json" in one.shapes]
    candidates = [(count, one) for count, one in scored if count and (one.check is None or one.check(record))]
    if not candidates:
        seen = ", ".join(keys[:SEEN_COLUMNS]) or "a bare value"
        message = f"no known statement has records of: {seen}"
        raise InputError(message, where=Where(path.name, number), fix=HOW_TO_GO_ON)
    best = max(count for count, _ in candidates)
    found = [one for count, one in candidates if count == best]
    _refuse_twins(path, found)
    return found[0]


def _refuse_twins(path: Path, found: list[Format]) -> None:
    names = list(dict.fromkeys(one.name for one in found))
    if len(names) > 1:
        raise InputError(
            f"may be {' or '.join(names)}", where=Where(path.name, 1), fix=f"say which: --venue {names[0]}"
        )


def _unknown_table(path: Path, lines: list[str], formats: list[Format], venue: str | None) -> InputError:
    found = list(headers(lines))
    if not found:
        return InputError(
            "is neither a table nor JSON",
            where=Where(path.name, 1),
            fix="export the statement as CSV or JSON",
        )
    widest = max(found, key=lambda header: (len(header.columns), -header.line))
    seen = ", ".join(name.strip() for name in widest.columns[:SEEN_COLUMNS])
    message = f"no known statement has the columns: {seen}"
    if venue is not None:
        nearest = max(formats, key=lambda one: sum(one.column(name) in one.fields for name in widest.columns))
        have = {nearest.column(name) for name in widest.columns}
        lacking = [name for name in nearest.needs if plain_name(name) not in have]
        message = f"is no {venue} statement: {nearest.name} needs {', '.join(lacking)}; seen: {seen}"
    return InputError(message, where=Where(path.name, widest.line), fix=HOW_TO_GO_ON)


def _mapped(path: Path, lines: list[str], form: Format) -> Statement:
    fitting = [header for header in headers(lines) if form.known(header.columns)]
    if not fitting:
        widest = max(headers(lines), key=lambda header: len(header.columns), default=None)
        seen = ", ".join(widest.columns[:SEEN_COLUMNS]) if widest else "no table"
        raise InputError(
            f"the mapping needs the columns {', '.join(form.needs)}; seen: {seen}",
            where=Where(path.name, widest.line if widest else 1),
            fix="correct the mapping file",
        )
    return Statement(path, form, fitting[0])


def _zone(zone: str | None) -> dt.tzinfo | None:
    if zone is None:
        return None
    try:
        return stamps.zone_of(zone)
    except ValueError as error:
        raise UsageError(str(error), fix="write UTC+2, +02:00 or Europe/Amsterdam") from error


def _reading(one: Statement, order: stamps.DateOrder, zone: dt.tzinfo | None) -> Reading:
    said = one.header.zone if one.header else None
    meant = said or zone or one.format.zone
    if one.header is None:
        return Reading(order, one.format.comma, meant)
    spelt = {one.format.column(name): name.strip() for name in one.header.columns}
    zones = {one.format.column(name): zone for name, zone in one.header.zones.items()}
    # Where semicolons part the cells, commas part the decimals, whatever the venue itself writes.
    grouped = one.format.comma == "thousands" and one.header.delimiter == ";"
    return Reading(order, "refuse" if grouped else one.format.comma, meant, zones, spelt)


def _order(statements: list[Statement], zone: dt.tzinfo | None) -> stamps.DateOrder:
    """Return the order of day and month of files of one format, from every date in them."""
    form = statements[0].format
    field = form.stamp_field if form.locale_dates else _resaved(statements, zone)
    if not field:
        return form.order
    left: set[stamps.DateOrder] = {"dmy", "mdy"}
    for one in statements:
        for record in _records(one, _reading(one, form.order, zone)):
            if not (open_to := stamps.places_in(record.maybe(field) or "")):
                continue
            if not left & open_to:
                raise record.refuse(
                    field, "day and month change places within the statement",
                    "export it again with dates as 2024-12-31",
                )  # fmt: skip
            left &= open_to
    return form.order if len(left) == 2 else left.pop()


def _resaved(statements: list[Statement], zone: dt.tzinfo | None) -> str:
    """Return the column in which a program wrote a venue's dates anew, with the year last; empty: none."""
    for one in statements:
        if one.header is None or one.format.order != "ymd":
            continue
        record = next(_records(one, _reading(one, "ymd", zone)), None)
        for name in one.format.needs if record is not None else ():
            if record is not None and YEAR_LAST.match(record.maybe(name) or ""):
                return name
    return ""


def _records(one: Statement, reading: Reading) -> Iterator[Record]:
    """Return the records of one file."""
    if one.header is None:
        for number, cells, context in json_records(one.path):
            yield _record(cells, one.path, number, reading, context)
        return
    name = one.path.name
    for line, row in table_rows(one.path, one.header, one.format.column, one.format.fields):
        yield Record(row, Source(name, line), reading)


def _record(cells: Any, path: Path, number: int, reading: Reading, context: dict[str, str]) -> Record:
    source = Source(path.name, number)
    if isinstance(cells, list):
        cells = {str(place): value for place, value in enumerate(cells)}
    if not isinstance(cells, dict):
        where = Where(path.name, number)
        raise InputError("the record is no object", where=where, fix="download the whole answer again")
    return Record(cells, source, reading, context)


def _rows(one: Statement, reading: Reading) -> Iterator[Row]:
    """Return the rows of one file; a doubt inside an importer is an error about its record."""
    current: list[Record] = []

    def told(records: Iterable[Record]) -> Iterator[Record]:
        for record in records:
            current[:] = [record]
            yield record

    rows = one.format.rows(told(_records(one, reading)))
    while True:
        try:
            # The context ends before each yield: it is not the caller's.
            with localcontext(EXACT):
                row = next(rows, None)
        except (ValueError, ArithmeticError) as error:
            where = Where(one.path.name, current[0].source.line if current else None)
            fix = "correct the line, or export the statement again"
            raise InputError(str(error), where=where, fix=fix) from error
        if row is None:
            return
        yield row
