"""
Files of rows as they lie on a disk: CSV and JSON, plain or gzipped, each row with its number.

Everything is opened for reading only. A file that is not what it claims to be is one error that
names it; a row that is damaged is listed and the others are read.
"""

import ast
import csv
import gzip
import hashlib
import json
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

from ....model.artifact import SourceFile
from ....model.errors import InputError, Where
from .telling import Origin, Told

_HEAD = 65_536
_LONGEST_FIELD = 16 * 1024 * 1024


@contextmanager
def opened(path: Path) -> Iterator[IO[str]]:
    """Open a text file, gzipped or not, with errors in our words."""
    try:
        with gzip.open(path, "rb") if _gzipped(path) else path.open("rb") as file:
            import io

            yield io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    except (UnicodeDecodeError, zlib.error, EOFError, gzip.BadGzipFile) as error:
        raise InputError(f"this is not a text file: {error}", where=Where(str(path))) from error
    except OSError as error:
        raise InputError(
            f"cannot read the file: {error.strerror or error}", where=Where(str(path))
        ) from error


def header_of(path: Path) -> frozenset[str]:
    """Return the column names of a CSV file, none when it is not one."""
    try:
        with opened(path) as file:
            line = file.readline(_HEAD)
    except InputError:
        return frozenset()
    if "\0" in line:
        return frozenset()
    return frozenset(name.strip() for name in next(csv.reader([line]), []))


def csv_rows(path: Path, told: Told) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield (line, row) of a CSV file with a header; rows with too few or too many cells are listed."""
    csv.field_size_limit(_LONGEST_FIELD)
    try:
        with opened(path) as file:
            reader = csv.reader(file)
            names = [name.strip() for name in next(reader, [])]
            for cells in reader:
                if len(cells) == len(names):
                    yield reader.line_num, dict(zip(names, cells, strict=True))
                elif cells:
                    detail = f"{len(cells)} cells in a table of {len(names)} columns"
                    told.odd("damaged_rows", Origin(path.name, reader.line_num), detail)
    except csv.Error as error:
        raise InputError(f"this is not a CSV file: {error}", where=Where(str(path))) from error


def json_rows(path: Path, told: Told) -> Iterator[tuple[int, str, dict[str, Any]]]:
    """
    Yield (row, section, object) of a JSON file: an array, an object of arrays, or a line an object.

    `section` is the array's name in an object of arrays, else empty. Numbers with a point are
    decimals, so that nothing is rounded.
    """
    with opened(path) as file:
        first = file.readline(_HEAD)
        file.seek(0)
        whole = None if _is_object(first) else _loads(file.read())
        if whole is None:
            yield from _lines(path, told, file)
            return
    yield from _sections(whole, path)


def _sections(whole: Any, path: Path) -> Iterator[tuple[int, str, dict[str, Any]]]:
    groups = whole if isinstance(whole, dict) else {"": whole}
    arrays = {name: rows for name, rows in groups.items() if isinstance(rows, list)}
    if not arrays:
        raise InputError(
            "no list of orders or trades here", where=Where(str(path)), fix="export the answers as a list"
        )
    for name, rows in arrays.items():
        for number, row in enumerate(rows, 1):
            if isinstance(row, dict):
                yield number, str(name), row


def _lines(path: Path, told: Told, file: IO[str]) -> Iterator[tuple[int, str, dict[str, Any]]]:
    file.seek(0)
    damaged = seen = 0
    for number, line in enumerate(file, 1):
        if not line.strip():
            continue
        row = _loads(line)
        seen += 1
        if isinstance(row, dict):
            yield number, "", row
        else:
            damaged += 1
            told.odd("damaged_rows", Origin(path.name, number), "not a JSON object")
    if seen and damaged == seen:
        raise InputError("no line of this file is a JSON object", where=Where(str(path)))


def _is_object(line: str) -> bool:
    return isinstance(_loads(line), dict) and line.endswith("\n")


def _loads(text: str) -> Any:
    try:
        return json.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError):
        return None


def literal(text: str) -> Any:
    """Return what a cell of a table holds as JSON or in Python's own notation, None for neither."""
    for read in (json.loads, ast.literal_eval):
        try:
            return read(text)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            continue
    return None


def source_of(path: Path) -> SourceFile:
    """Return name, size and SHA-256 of an input."""
    digest, size = hashlib.sha256(), 0
    try:
        with path.open("rb") as file:
            while piece := file.read(1 << 20):
                digest.update(piece)
                size += len(piece)
    except OSError as error:
        raise InputError(f"cannot read the file: {error.strerror}", where=Where(str(path))) from error
    return SourceFile(name=path.name, bytes=size, sha256=digest.hexdigest())


def _gzipped(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(2) == b"\x1f\x8b"
