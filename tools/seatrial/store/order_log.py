"""
The durable order log: every fact about orders, fills and positions, in one SQLite file.

Write-ahead logging with `synchronous=FULL` survives a kill and a power cut; many records share one
commit and one row, so durability costs a sync per batch and not per order. A record is on the disk when
`commit` returns, and nothing that depends on it may leave the process before that.

One process writes, held by the lock beside the file; anybody may read. The file knows its schema's
version: an older one is migrated when it is opened for writing, a newer one is refused.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import orjson

from ..model.errors import InputError, OutsideError, UsageError, Where

MIGRATIONS: Final = (
    """
    CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE session (
        id INTEGER PRIMARY KEY AUTOINCREMENT, started_ns INTEGER NOT NULL, pid INTEGER NOT NULL,
        instance TEXT NOT NULL
    );
    CREATE TABLE batch (seq INTEGER PRIMARY KEY, count INTEGER NOT NULL, body BLOB NOT NULL);
    INSERT INTO meta VALUES ('tag', lower(hex(randomblob(5))));
    """,
    """
    CREATE TABLE identity (key TEXT PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID;
    CREATE TABLE checkpoint (seq INTEGER PRIMARY KEY, body BLOB NOT NULL);
    """,
)
VERSION: Final = len(MIGRATIONS)
CHECKPOINTS_KEPT: Final = 2
_FIX: Final = "restore the file from a copy; do not delete it: it is the only list of what was sent"


@dataclass(frozen=True, slots=True)
class Stored:
    """One record as it stands in the log."""

    seq: int
    ts_ns: int
    kind: str
    number: int
    fields: list[Any]


class OrderLog:
    """The one writer of an order log; hold its lock while you have it."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path, self._connection = path, connection
        self._batch: list[tuple[int, str, int, Sequence[Any]]] = []
        self._keys: list[tuple[str, bytes]] = []
        last = "SELECT coalesce(max(seq + count - 1), 0) FROM batch"
        self._seq: int = connection.execute(last).fetchone()[0]
        self.tag: str = connection.execute("SELECT value FROM meta WHERE key = 'tag'").fetchone()[0]
        self.session = 0
        self._broken = False

    @classmethod
    def open(cls, path: Path) -> "OrderLog":
        """Open the log for writing, making or migrating it; one that is damaged or newer is refused."""
        try:
            connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=5)
            try:
                connection.execute("PRAGMA journal_mode=WAL")
                connection.execute("PRAGMA synchronous=FULL")
                _migrate(path, connection)
                return cls(path, connection)
            except BaseException:
                connection.close()
                raise
        except sqlite3.Error as error:
            raise _refusal(path, error) from error

    def begin(self, started_ns: int, pid: int, instance: str) -> int:
        """Note that a process takes over; return the session's number, never used before."""
        cursor = self._connection.execute(
            "INSERT INTO session (started_ns, pid, instance) VALUES (?, ?, ?)", (started_ns, pid, instance)
        )
        self.session = int(cursor.lastrowid or 0)
        return self.session

    def client_id(self, number: int) -> str:
        """
        Return the client id of an order number.

        The file's own random tag, the session and the number: unique across processes, restarts and
        copies, and at most 36 letters, digits and dashes, which every venue takes.
        """
        return f"st{self.tag}-{self.session:x}-{number:x}"

    def append(self, ts_ns: int, kind: str, number: int, fields: Sequence[Any]) -> None:
        """Take a record whose fields are JSON-able; it is durable after the next `commit`."""
        self._batch.append((ts_ns, kind, number, fields))

    def keep_fill(self, key: str, fields: Sequence[Any]) -> None:
        """Keep a fill that leaves the memory, so that its identity is found for ever."""
        self._keys.append((key, orjson.dumps(fields)))

    def commit(self) -> None:
        """Write everything taken in one transaction and wait until it is on the disk."""
        if not self._batch:
            return
        if self._broken:
            raise OutsideError("an earlier write to the order log failed", where=Where(str(self.path)))
        execute, count = self._connection.execute, len(self._batch)
        try:
            body = orjson.dumps(self._batch)
            execute("BEGIN IMMEDIATE")
            execute("INSERT INTO batch VALUES (?, ?, ?)", (self._seq + 1, count, body))
            if self._keys:
                self._connection.executemany("INSERT OR IGNORE INTO identity VALUES (?, ?)", self._keys)
            execute("COMMIT")
        except (sqlite3.Error, TypeError) as error:
            self._broken = True
            with suppress(sqlite3.Error):
                execute("ROLLBACK")
            raise OutsideError(
                f"cannot write the order log: {error}",
                where=Where(str(self.path)),
                fix="nothing was sent that is not in it; free space and start again",
            ) from error
        self._seq += count
        self._batch.clear()
        self._keys.clear()

    def checkpoint(self, state: Any) -> None:
        """Keep a state that holds every record so far, so that a restart need not read them all."""
        self.commit()
        self._connection.execute(
            "INSERT OR REPLACE INTO checkpoint VALUES (?, ?)", (self._seq, orjson.dumps(state))
        )
        self._connection.execute(
            "DELETE FROM checkpoint WHERE seq NOT IN"
            " (SELECT seq FROM checkpoint ORDER BY seq DESC LIMIT ?)", (CHECKPOINTS_KEPT,)
        )  # fmt: skip

    def latest(self) -> tuple[int, Any] | None:
        """Return the newest checkpoint as (seq, state), None when there is none."""
        return _latest(self._connection)

    def records(self, after: int = 0) -> Iterator[Stored]:
        """Yield the committed records after a seq, in order."""
        return _records(self._connection, after)

    def fill(self, key: str) -> list[Any] | None:
        """Return the fields of a fill that was kept under this identity, None when there is none."""
        row = self._connection.execute("SELECT body FROM identity WHERE key = ?", (key,)).fetchone()
        fields: list[Any] | None = None if row is None else orjson.loads(row[0])
        return fields

    def set_meta(self, key: str, value: str) -> None:
        """Keep a fact about the log itself."""
        self._connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    def meta(self, key: str) -> str | None:
        """Return a fact about the log itself."""
        return _meta(self._connection, key)

    def close(self) -> None:
        """Commit and let go of the file."""
        try:
            if not self._broken:
                self.commit()
        finally:
            self._connection.close()


class OrderLogReader:
    """Reads an order log that another process may be writing; changes nothing."""

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise InputError(
                "there is no order log", where=Where(str(path)), fix="name the folder of a live instance"
            )
        try:
            self._connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=5)
            version = self._connection.execute("PRAGMA user_version").fetchone()[0]
        except sqlite3.Error as error:
            raise _refusal(path, error) from error
        if version != VERSION:
            self._connection.close()
            raise _wrong_version(path, version)

    def latest(self) -> tuple[int, Any] | None:
        """Return the newest checkpoint as (seq, state), None when there is none."""
        return _latest(self._connection)

    def records(self, after: int = 0) -> Iterator[Stored]:
        """Yield the committed records after a seq, in order."""
        return _records(self._connection, after)

    def meta(self, key: str) -> str | None:
        """Return a fact about the log itself."""
        return _meta(self._connection, key)

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()


def identity(instrument: int, trade_id: str, side: int, leg: int) -> str:
    """Return a fill's identity as the text that the log finds it by."""
    return orjson.dumps([instrument, trade_id, side, leg]).decode()


def _migrate(path: Path, connection: sqlite3.Connection) -> None:
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > VERSION:
        raise _wrong_version(path, version)
    for number in range(version, VERSION):
        connection.executescript(
            f"BEGIN IMMEDIATE; {MIGRATIONS[number]} PRAGMA user_version = {number + 1}; COMMIT;"
        )


def _wrong_version(path: Path, version: int) -> UsageError:
    if version > VERSION:
        return UsageError(
            f"the order log has schema {version}, this program knows {VERSION}",
            where=Where(str(path)),
            fix="use the newer seatrial that wrote it",
        )
    return UsageError(
        f"the order log has the older schema {version}",
        where=Where(str(path)),
        fix="`live run` migrates it when it starts",
    )


def _refusal(path: Path, error: sqlite3.Error) -> InputError | OutsideError:
    if isinstance(error, sqlite3.DatabaseError) and not isinstance(error, sqlite3.OperationalError):
        return InputError(f"this is not an order log: {error}", where=Where(str(path)), fix=_FIX)
    return OutsideError(f"cannot open the order log: {error}", where=Where(str(path)))


def _records(connection: sqlite3.Connection, after: int) -> Iterator[Stored]:
    rows = connection.execute("SELECT seq, body FROM batch WHERE seq + count > ? + 1 ORDER BY seq", (after,))
    for first, body in rows:
        for seq, (ts_ns, kind, number, fields) in enumerate(orjson.loads(body), first):
            if seq > after:
                yield Stored(seq, ts_ns, kind, number, fields)


def _latest(connection: sqlite3.Connection) -> tuple[int, Any] | None:
    row = connection.execute("SELECT seq, body FROM checkpoint ORDER BY seq DESC LIMIT 1").fetchone()
    return None if row is None else (row[0], orjson.loads(row[1]))


def _meta(connection: sqlite3.Connection, key: str) -> str | None:
    row = connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    return None if row is None else str(row[0])
