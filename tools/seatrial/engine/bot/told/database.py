"""
Somebody's SQLite file, read from a copy: the original stays as it is, byte for byte.

Opening a database in write-ahead mode writes beside it, even for a reader, and a bot may still be
running. So the file is copied together with its log (where the newest rows may lie and nowhere
else) into a folder of our own, and the copy is opened.
"""

import errno
import gzip
import shutil
import sqlite3
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from ....model.errors import InputError, OutsideError, Where

MAGIC = b"SQLite format 3\x00"
COMPANIONS = ("-wal", "-journal")
_TRIES = 5
_WAL_VERSION = 2


class Database:
    """An opened copy."""

    def __init__(self, path: Path, connection: sqlite3.Connection, *, lost_log: bool) -> None:
        self.path, self._connection = path, connection
        self.lost_log = lost_log
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        self.tables = {str(row[0]) for row in names}
        self.types: dict[str, dict[str, str]] = {}

    def columns(self, table: str) -> dict[str, str]:
        """Return the columns of a table and their declared types in capitals; {} when there is none."""
        if table not in self.types:
            found = self._connection.execute(f'PRAGMA table_info("{table}")')
            self.types[table] = {str(row[1]): str(row[2]).upper() for row in found}
        return self.types[table]

    def rows(self, table: str) -> Iterator[tuple[int, dict[str, Any]]]:
        """Yield (rowid, row) of a table in the order of its rowids; nothing when there is none."""
        names = list(self.columns(table))
        if not names:
            return
        listed = ", ".join(f'"{name}"' for name in names)
        try:
            found = self._connection.execute(f'SELECT rowid, {listed} FROM "{table}" ORDER BY rowid')  # noqa: S608 -- names of its own
            for row in found:
                yield int(row[0]), dict(zip(names, row[1:], strict=True))
        except sqlite3.Error as error:
            raise _unreadable(self.path, error) from error


@contextmanager
def database(path: Path) -> Iterator[Database]:
    """Open a copy of an SQLite file, of its log and of its rollback journal, gzipped or not."""
    with tempfile.TemporaryDirectory(prefix="seatrial-") as folder:
        copy = Path(folder) / "copy.sqlite"
        _copy_steadily(path, copy)
        try:
            with closing(sqlite3.connect(f"file:{copy}?mode=rw", uri=True)) as connection:
                connection.execute("PRAGMA trusted_schema = OFF")
                connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
                lost = _in_wal_mode(copy) and not copy.with_name("copy.sqlite-wal").exists()
                yield Database(path, connection, lost_log=lost)
        except sqlite3.Error as error:
            raise _unreadable(path, error) from error


def is_database(path: Path) -> bool:
    """Return whether a file begins as an SQLite file does; an empty one does not."""
    try:
        with path.open("rb") as file:
            head = file.read(16)
        if head[:2] == b"\x1f\x8b":
            with gzip.open(path, "rb") as packed:
                head = packed.read(16)
    except (OSError, EOFError, zlib.error):
        return False
    return head == MAGIC


def companions(path: Path) -> list[Path]:
    """Return the files that belong to a database: its log and its rollback journal, where there are any."""
    stem, packed = (path.with_suffix(""), ".gz") if path.suffix == ".gz" else (path, "")
    wanted = (stem.with_name(f"{stem.name}{tail}{packed}") for tail in COMPANIONS)
    return [file for file in wanted if file.is_file()]


def _copy_steadily(path: Path, copy: Path) -> None:
    """Copy until nothing changed meanwhile: half of a running bot's write is no history."""
    for _ in range(_TRIES):
        for tail in ("", *COMPANIONS):
            copy.with_name(f"{copy.name}{tail}").unlink(missing_ok=True)
        before = _stamps(path)
        for file in (path, *companions(path)):
            tail = next((tail for tail in COMPANIONS if file.name.removesuffix(".gz").endswith(tail)), "")
            _copy(file, copy.with_name(f"{copy.name}{tail}"))
        if _stamps(path) == before:
            return
    raise OutsideError(
        "the database is being written all the time",
        where=Where(str(path)),
        fix="stop the bot, or copy it first",
    )


def _copy(file: Path, place: Path) -> None:
    try:
        with file.open("rb") as head:
            packed = head.read(2) == b"\x1f\x8b"
        with gzip.open(file, "rb") if packed else file.open("rb") as source, place.open("wb") as target:
            shutil.copyfileobj(source, target, 1 << 20)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise InputError("this gzip file is damaged", where=Where(str(file))) from error
    except OSError as error:
        kind = OutsideError if error.errno in {errno.ENOSPC, errno.EDQUOT} else InputError
        raise kind(f"cannot copy the database: {error.strerror}", where=Where(str(file))) from error


def _stamps(path: Path) -> list[tuple[str, int, int]]:
    try:
        found = [(file.name, file.stat()) for file in (path, *companions(path))]
    except OSError as error:
        raise InputError(f"cannot read the database: {error.strerror}", where=Where(str(path))) from error
    return [(name, stat.st_size, stat.st_mtime_ns) for name, stat in found]


def _in_wal_mode(copy: Path) -> bool:
    with copy.open("rb") as file:
        return file.read(20)[18:20] == bytes((_WAL_VERSION, _WAL_VERSION))


def _unreadable(path: Path, error: sqlite3.Error) -> InputError:
    return InputError(
        f"this is not a readable SQLite database: {error}",
        where=Where(str(path)),
        fix="copy it again, with the -wal file beside it",
    )
