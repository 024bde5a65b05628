"""
The journal of a run: append-only lines, each bound to the one before it by a hash.

Whoever reads a record later has only this file to believe, so a line that was edited, removed or
moved must show. A line is one JSON object,

    {"seq":N,"ts_ns":N,"kind":"K","run_id":"R",<fields of the kind>,"prev":"<64 hex>"}

where `prev` is the SHA-256 of the previous line's `prev` (as text) and the previous line without
its run_id and its prev; the first line's is 64 zeros. The run's identity stays out of the chain,
so that the same run made twice has the same chain.

Lines are gathered and go to the file in one write per batch, then to the disk together: a batch
ends after so many rows or seconds. A kill in the middle of a write leaves a torn last line, which
readers ignore and `Journal.resume` cuts.
"""

import errno
import os
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Self

import orjson

from ..model.errors import BugError, InputError, OutsideError, Where
from ..model.journal_lines import Event, damaged, lines, parse, raw_lines
from ..model.redact import KNOWN
from .line import GENESIS, RESERVED, body_of, chained

SYNC_EVERY_ROWS = 8_192
SYNC_EVERY_S = 1.0


@dataclass(frozen=True)
class JournalPosition:
    """A place between two lines: bytes and lines before it, and the `prev` of the line to come."""

    offset: int = 0
    seq: int = 0
    prev: str = GENESIS


@dataclass(frozen=True)
class SyncRule:
    """When a batch ends: after so many rows, or so many seconds by `clock_ns`, whichever is first."""

    every_rows: int = SYNC_EVERY_ROWS
    every_s: float = SYNC_EVERY_S
    clock_ns: Callable[[], int] = time.monotonic_ns


class Journal:
    """The one writer of a journal; hold the record's lock while you have it."""

    def __init__(self, path: Path, descriptor: int, run_id: str, at: JournalPosition, rule: SyncRule) -> None:
        self.path, self._descriptor, self._rule = path, descriptor, rule
        self._offset, self._seq, self._prev = at.offset, at.seq, at.prev.encode()
        self._identity = b',"run_id":' + orjson.dumps(run_id)
        self._kinds: dict[str, bytes] = {}
        self._batch: list[bytes] = []
        self._due_ns = rule.clock_ns() + int(rule.every_s * 1e9)
        self._broken = False

    @classmethod
    def create(cls, path: Path, run_id: str, *, rule: SyncRule | None = None) -> "Journal":
        """Begin a journal at `path`, which must not exist yet."""
        descriptor = _open(path, os.O_CREAT | os.O_EXCL)
        return cls(path, descriptor, run_id, JournalPosition(), rule or SyncRule())

    @classmethod
    def resume(
        cls, path: Path, run_id: str, position: JournalPosition | None = None, *, rule: SyncRule | None = None
    ) -> "Journal":
        """
        Go on with a journal, cutting everything after `position`.

        Without a position only a torn last line is cut. A position that does not fit the file is
        an `InputError`: going on from it would forge a chain.
        """
        at = end_of(path) if position is None else position
        _must_fit(path, at)
        descriptor = _open(path, 0)
        os.ftruncate(descriptor, at.offset)
        os.fsync(descriptor)
        return cls(path, descriptor, run_id, at, rule or SyncRule())

    def append(self, ts_ns: int, kind: str, fields: Mapping[str, Any]) -> int:
        """Add one event and return its seq; it is on the disk after the next sync."""
        if not RESERVED.isdisjoint(fields):
            raise BugError(
                f"a {kind} event has a field of the journal's own: {sorted(RESERVED & set(fields))}"
            )
        self._seq = seq = self._seq + 1
        said = self._kinds.get(kind) or self._kind(kind)
        start = b'{"seq":%d,"ts_ns":%d,"kind":%b' % (seq, ts_ns, said)
        held = orjson.dumps(fields)
        if KNOWN.armed:
            held = KNOWN.json(held)
        end = b"," + held[1:-1] if fields else b""
        prev = self._prev
        self._batch.append(b'%b%b%b,"prev":"%b"}\n' % (start, self._identity, end, prev))
        self._prev = sha256(b"%b%b%b}" % (prev, start, end)).hexdigest().encode()
        if len(self._batch) >= self._rule.every_rows or self._rule.clock_ns() >= self._due_ns:
            self.sync()
        return seq

    def sync(self) -> None:
        """Write what was gathered, in one write, and wait until it is on the disk."""
        self._due_ns = self._rule.clock_ns() + int(self._rule.every_s * 1e9)
        if not self._batch:
            return
        data = b"".join(self._batch)
        self._batch.clear()
        try:
            self._write(data)
            os.fsync(self._descriptor)
        except OSError as error:
            self._broken = True
            raise _cannot_write(self.path, error) from error

    def position(self) -> JournalPosition:
        """Return the place after the last appended line, having synced it."""
        self.sync()
        return JournalPosition(self._offset, self._seq, self._prev.decode())

    @property
    def seq(self) -> int:
        """Return the number of the last appended line."""
        return self._seq

    def close(self) -> None:
        """Sync and let go of the file; a journal that could not be written is only let go of."""
        if self._descriptor < 0:
            return
        try:
            if not self._broken:
                self.sync()
        finally:
            os.close(self._descriptor)
            self._descriptor = -1

    def __enter__(self) -> Self:
        """Return the journal; leaving the block closes it."""
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _write(self, data: bytes) -> None:
        # After a failed write the file ends in the middle of a line: more would bury the tear.
        if self._broken:
            raise OSError(errno.EIO, "an earlier write failed")
        view = memoryview(data)
        while view:
            written = os.write(self._descriptor, view)
            self._offset += written
            view = view[written:]

    def _kind(self, kind: str) -> bytes:
        return self._kinds.setdefault(kind, orjson.dumps(kind))


def read(path: Path) -> Iterator[Event]:
    """
    Yield the events of a journal, ignoring a torn last line.

    A damaged line, a missing or repeated seq and a change of run_id are an `InputError`; the hash
    chain is `verify`'s business.
    """
    run_id = None
    for number, event in enumerate(lines(path), 1):
        run_id = event.get("run_id") if run_id is None else run_id
        for field, expected in (("seq", number), ("run_id", run_id)):
            if expected is None or event.get(field) != expected:
                raise InputError(
                    f"expected {expected!r} and found {event.get(field)!r}",
                    where=Where(str(path), number, field),
                    fix="the journal was changed after it was written: restore it",
                )
        yield event


def end_of(path: Path) -> JournalPosition:
    """Return the place after the last whole line of a journal."""
    at, torn = JournalPosition(), None
    for number, raw in raw_lines(path):
        if torn is not None:
            raise damaged(path, torn)
        if parse(raw) is None:
            torn = number
        else:
            at = after(path, at, raw)
    return at


def after(path: Path, at: JournalPosition, raw: bytes) -> JournalPosition:
    """Return the place after the line `raw` that begins at `at`."""
    found = body_of(raw)
    if found is None:
        raise damaged(path, at.seq + 1)
    return JournalPosition(at.offset + len(raw), at.seq + 1, chained(found.prev, found.body))


def _must_fit(path: Path, at: JournalPosition) -> None:
    """Refuse a position that does not stand right after the line that it says it does."""
    if at == JournalPosition():
        return
    found = body_of(_line_before(path, at.offset))
    if found is None or found.seq != at.seq or chained(found.prev, found.body) != at.prev:
        raise InputError(
            f"the journal does not have line {at.seq} where the checkpoint says it ends",
            where=Where(str(path), at.seq),
            fix="the journal was changed or cut after the checkpoint: start a new run",
        )


def _line_before(path: Path, offset: int) -> bytes:
    """Return the whole line that ends at `offset`, or as much of it as there is."""
    try:
        with path.open("rb") as file:
            length = 4_096
            while True:
                start = max(0, offset - length)
                file.seek(start)
                data = file.read(offset - start)
                if len(data) < offset - start:
                    return b""
                cut = data.rfind(b"\n", 0, -1)
                if cut >= 0 or start == 0:
                    return data[cut + 1 :]
                length *= 4
    except OSError as error:
        raise InputError(f"cannot read the journal: {error.strerror}", where=Where(str(path))) from error


def _open(path: Path, flags: int) -> int:
    try:
        return os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC | flags, 0o644)
    except OSError as error:
        raise _cannot_write(path, error) from error


def _cannot_write(path: Path, error: OSError) -> OutsideError:
    return OutsideError(
        f"cannot write the journal: {error.strerror}",
        where=Where(str(path)),
        fix="free space or choose another folder with --out; `soak resume` goes on from the checkpoint",
    )
