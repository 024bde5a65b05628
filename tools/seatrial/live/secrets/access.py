"""
The access log: who read or replaced which secret, when, for what, and how it ended; never a value.

After a leak the first question is who had the key. So an access that cannot be written down is no
access: the line is on the disk before the value is handed out. One JSON object a line, appended
under a lock, in a file for its owner alone that is bounded by rotation.
"""

import errno
import fcntl
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson

from ...model.errors import OutsideError, Where
from ...model.redact import KNOWN

LARGEST_BYTES, KEPT = 8 << 20, 5
_PATIENCE_S, _PAUSE_S = 5.0, 0.01


class AccessLog:
    """An append-only log at `path`; when it is full it moves to `path.1`, and so on up to `kept`."""

    def __init__(self, path: Path, *, largest_bytes: int = LARGEST_BYTES, kept: int = KEPT) -> None:
        self.path, self._largest, self._kept = path, largest_bytes, kept

    def write(self, entry: Mapping[str, Any]) -> None:
        """Put one entry on the disk, or raise an OutsideError: without a log there is no access."""
        line = KNOWN.json(orjson.dumps(entry)) + b"\n"
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with self._locked() as descriptor:
                self._append(descriptor, line)
        except OSError as error:
            told = "a symbolic link stands there" if error.errno == errno.ELOOP else error.strerror or error
            raise OutsideError(
                f"the access cannot be written down, so it is refused: {told}",
                where=Where(str(self.path)),
                fix="name a file that you may write to with secrets.access_log",
            ) from error

    def _append(self, descriptor: int, line: bytes) -> None:
        size = os.fstat(descriptor).st_size
        if size and os.pread(descriptor, 1, size - 1) != b"\n":
            # A kill in the middle of a write left half a line; ours must not become its end.
            line = b"\n" + line
        if os.write(descriptor, line) != len(line):
            raise OSError(errno.ENOSPC, "the disk took half a line")
        os.fsync(descriptor)
        if size + len(line) >= self._largest:
            self._rotate()

    def _rotate(self) -> None:
        for number in range(self._kept - 1, 0, -1):
            older = self._numbered(number)
            if older.exists():
                older.replace(self._numbered(number + 1))
        self.path.replace(self._numbered(1))

    def _numbered(self, number: int) -> Path:
        return self.path.with_name(f"{self.path.name}.{number}")

    @contextmanager
    def _locked(self) -> Iterator[int]:
        """Open the log and hold its lock; a log that was rotated while we waited is opened again."""
        deadline = time.monotonic() + _PATIENCE_S
        while True:
            descriptor = self._open()
            try:
                if self._take(descriptor):
                    yield descriptor
                    return
            finally:
                os.close(descriptor)
            if time.monotonic() > deadline:
                raise OSError(errno.EAGAIN, "another process does not let go of it")
            time.sleep(_PAUSE_S)

    def _open(self) -> int:
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        return os.open(self.path, flags, 0o600)

    def _take(self, descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return os.path.samestat(os.fstat(descriptor), os.stat(self.path))  # noqa: PTH116 -- beside fstat
        except (BlockingIOError, FileNotFoundError):
            return False
