"""
Rows of somebody's file: CSV, JSON lines or a JSON list, plain or gzipped, each with its line number.

Judgements accept what users have on disk. A row that cannot be read as what it claims is an error that
names file, line and field; nothing is skipped in silence.
"""

import csv
import gzip
import io
import math
import zlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import IO, Any

import orjson

from ..model.errors import InputError, Where

_UNIT_NS = {"ns": 1, "us": 10**3, "ms": 10**6, "s": 10**9}
_TIMES = (("ts_ns", "ns"), ("ts_us", "us"), ("ts_ms", "ms"), ("ts_s", "s"))
_GUESSED = ("ts", "timestamp", "time", "datetime", "date")
TIME_FIELDS = frozenset((*(name for name, _ in _TIMES), *_GUESSED))
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_JSON = ("{", "[")


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its cells by lower-case name, and where it stands."""

    file: str
    line: int
    cells: Mapping[str, Any]

    def error(self, message: str, field: str | None = None, fix: str | None = None) -> InputError:
        """Return an error that names this row."""
        return InputError(message, where=Where(self.file, self.line, field), fix=fix)

    def first(self, names: Sequence[str]) -> tuple[str, Any] | None:
        """Return the first of these names that the row gives, with its value."""
        for name in names:
            value = self.cells.get(name)
            if value is not None and value != "":
                return name, value
        return None

    def text(self, *names: str) -> str:
        """Return a cell as text; it must be there."""
        found = self.first(names)
        if found is None:
            raise self.error("the field is missing", names[0], f"one of {', '.join(names)}")
        return str(found[1])

    def decimal(self, *names: str) -> Decimal | None:
        """Return a finite decimal, None when the row does not give it."""
        found = self.first(names)
        if found is None:
            return None
        try:
            value = Decimal(repr(found[1]) if isinstance(found[1], float) else str(found[1]).strip())
        except InvalidOperation:
            value = Decimal("nan")
        if not math.isfinite(value) or isinstance(found[1], bool):
            raise self.error(f"{found[1]!r} is not a finite number", found[0])
        return value

    def positive(self, *names: str) -> Decimal:
        """Return a decimal above zero; it must be there."""
        value = self.decimal(*names)
        if value is None:
            raise self.error("the field is missing", names[0], f"one of {', '.join(names)}")
        if value <= 0:
            raise self.error(f"{value} is not above zero", names[0])
        return value

    def numbers(self, but: Collection[str] = ()) -> dict[str, float]:
        """Return every cell that is a number, but times and the named; NaN is an error, a word is not."""
        return {
            name: float(value)
            for name, cell in self.cells.items()
            if name not in but and name not in TIME_FIELDS and _is_number(cell)
            if (value := self.decimal(name)) is not None
        }

    def time_ns(self) -> int:
        """Return the row's time; the unit is in the field's name, or follows from its size."""
        for name, unit in _TIMES:
            found = self.decimal(name)
            if found is not None:
                return int(found * _UNIT_NS[unit])
        given = self.first(_GUESSED)
        if given is None:
            raise self.error("the time is missing", "timestamp", "one of ts_ms, ts_ns, ts, timestamp")
        return _moment(self, *given)


def rows(path: Path) -> Iterator[Row]:
    """Yield the rows of a file in order; CSV needs a header line."""
    try:
        with _opened(path) as file:
            head = file.read(1)
            while head and (head.isspace() or head == "\ufeff"):
                head = file.read(1)
            file.seek(0)
            if head:
                yield from _json_rows(path, file) if head in _JSON else _csv_rows(path, file)
    except (UnicodeDecodeError, OSError, EOFError, zlib.error) as error:
        raise InputError(f"cannot be read as text: {error}", where=Where(str(path))) from error


@contextmanager
def _opened(path: Path) -> Iterator[IO[str]]:
    try:
        raw = path.open("rb")
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", where=Where(str(path))) from error
    with raw:
        zipped = raw.read(2) == b"\x1f\x8b"
        raw.seek(0)
        plain = gzip.GzipFile(fileobj=raw) if zipped else raw
        with io.TextIOWrapper(plain, encoding="utf-8-sig", newline="") as text:
            yield text


def _csv_rows(path: Path, file: IO[str]) -> Iterator[Row]:
    reader = csv.reader(file)
    try:
        names = [name.strip().lower() for name in next(reader)]
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(names):
                raise InputError(
                    f"{len(cells)} cells where the header has {len(names)}",
                    where=Where(str(path), reader.line_num),
                )
            yield Row(
                str(path),
                reader.line_num,
                {name: cell.strip() for name, cell in zip(names, cells, strict=True)},
            )
    except csv.Error as error:
        raise InputError(f"not CSV: {error}", where=Where(str(path), reader.line_num)) from error


def _json_rows(path: Path, file: IO[str]) -> Iterator[Row]:
    first = file.readline()
    if first.lstrip().startswith("["):
        yield from _json_list(path, first + file.read())
        return
    number, text = 1, first
    while text:
        if text.strip():
            try:
                cells = orjson.loads(text)
            except orjson.JSONDecodeError as error:
                if number == 1 and (inner := _only_list(first + file.read())) is not None:
                    yield from (_row(path, at, one) for at, one in enumerate(inner, 1))
                    return
                raise InputError(f"not JSON: {error}", where=Where(str(path), number)) from error
            yield _row(path, number, cells)
        text, number = file.readline(), number + 1


def _only_list(text: str) -> list[Any] | None:
    """Return the rows of a document that is an object around one list, None of anything else."""
    try:
        whole = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    lists = [value for value in whole.values() if isinstance(value, list)] if isinstance(whole, dict) else []
    return lists[0] if len(lists) == 1 else None


def _json_list(path: Path, text: str) -> Iterator[Row]:
    try:
        items = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise InputError(f"not JSON: {error}", where=Where(str(path))) from error
    for number, cells in enumerate(items, 1):
        yield _row(path, number, cells)


def _row(path: Path, line: int, cells: Any) -> Row:
    if not isinstance(cells, dict):
        raise InputError("not a JSON object", where=Where(str(path), line))
    return Row(str(path), line, {str(name).lower(): value for name, value in cells.items()})


def _moment(row: Row, name: str, value: Any) -> int:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return _iso(row, name, str(value))
    if not math.isfinite(number):
        raise row.error(f"{value!r} is no time", name)
    size = abs(number)
    unit = "s" if size < 1e11 else "ms" if size < 1e14 else "us" if size < 1e17 else "ns"
    return int(Decimal(str(value)) * _UNIT_NS[unit])


def _iso(row: Row, name: str, text: str) -> int:
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise row.error(f"{text!r} is no time", name, "ISO 8601, or a number since 1970") from error
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (aware - _EPOCH) // timedelta(microseconds=1) * 1_000


def _is_number(cell: Any) -> bool:
    if isinstance(cell, str):
        try:
            float(cell)
        except ValueError:
            return False
        return True
    return isinstance(cell, int | float) and not isinstance(cell, bool)
