"""
One writer per record: a lock that the operating system holds and takes back from the dead.

A lock file that merely exists says nothing after a crash; this one is released by the kernel
when its holder ends in whatever way.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..model.errors import OutsideError, RefusedError, Where


@contextmanager
def held(path: Path) -> Iterator[None]:
    """
    Hold the lock at `path` while the block runs.

    Held by another process: `RefusedError` (exit code 5) naming its pid.
    """
    descriptor = _open(path)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise RefusedError(
                f"another instance is at work on this record: pid {_pid(descriptor)}",
                where=Where(str(path.parent)),
                fix="wait for it, or stop it",
            ) from error
        _sign(path, descriptor)
        yield
    finally:
        # The file stays: removing it would let a third process lock a file of the same name.
        os.close(descriptor)


def _sign(path: Path, descriptor: int) -> None:
    """Say in the lock who holds it."""
    try:
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, b"%d\n" % os.getpid(), 0)
    except OSError as error:
        raise OutsideError(f"cannot sign the lock: {error.strerror}", where=Where(str(path))) from error


def holder_pid(path: Path) -> int | None:
    """Return the pid that holds the lock, None when it is free or was never taken."""
    try:
        descriptor = os.open(path, os.O_RDWR)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return _number(_pid(descriptor))
    else:
        return None
    finally:
        os.close(descriptor)


def _open(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise OutsideError(
            f"cannot lock the record: {error.strerror}",
            where=Where(str(path)),
            fix="choose a folder that you may write to",
        ) from error


def _pid(descriptor: int) -> str:
    return os.pread(descriptor, 32, 0).decode(errors="replace").strip() or "unknown"


def _number(text: str) -> int | None:
    return int(text) if text.isdigit() else None
