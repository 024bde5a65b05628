"""
Files that are whole or not there: written beside their place, synced, then renamed into it.

A reader, a crash or a full disk never meets half a file; the old content stays until the new one
is safe on the disk.
"""

import errno
import os
import threading
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import Any

from .errors import OutsideError, Where
from .redact import KNOWN

_FIXES = {
    errno.ENOSPC: "free some space and run it again",
    errno.EDQUOT: "free some of the quota and run it again",
    errno.EROFS: "the file system is read-only: choose another folder",
    errno.EACCES: "choose a folder that you may write to",
    errno.EPERM: "choose a folder that you may write to",
    errno.ENOENT: "create the folder first",
    errno.ENOTDIR: "a part of the path is a file: choose another folder",
    errno.EISDIR: "a folder stands in its place: choose another name",
}
# Some file systems cannot sync a folder, and some folders may be entered but not listed.
_FOLDER_SYNC_MAY_SAY = {errno.EINVAL, errno.ENOTSUP, errno.EACCES, errno.EBADF}


def write_bytes(path: Path, data: bytes, *, private: bool = False) -> None:
    """
    Put `data` at `path`, whole or not at all; the folder must exist.

    Whatever stops it (disk full, read-only, no permission) is an OutsideError naming `path`, and
    what stood there before still stands there. Known secrets are taken out of what is written,
    unless the file is `private`: then it holds them, for its owner's eyes alone.
    """
    path = Path(path)
    mode = 0o600 if private else 0o666
    if not private:
        data = KNOWN.raw(data)
    scratch = path.with_name(f".{path.name[:64]}.{os.getpid()}-{threading.get_ident()}.tmp")
    try:
        _replace(path, scratch, data, mode)
    except OSError as error:
        raise OutsideError(
            f"cannot write: {error.strerror or error}",
            where=Where(file=str(path)),
            fix=_FIXES.get(error.errno or 0),
        ) from error


def write_json(path: Path, obj: Any) -> None:
    """Put `obj` at `path` as canonical JSON: sorted keys, indent 2, LF; see `write_bytes`."""
    write_bytes(path, json_bytes(obj))


def json_bytes(obj: Any) -> bytes:
    """
    Return `obj` as the canonical JSON of a file: sorted keys, indent 2, LF at the end.

    A Decimal and a path become strings, a model its JSON form; NaN and infinities become null
    (not measured), as everywhere in a record.
    """
    import orjson

    options = orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    return KNOWN.json(orjson.dumps(obj, default=_plain, option=options), options)


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal | Path):
        return str(value)
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    raise TypeError(f"{type(value).__name__} has no JSON form")


def _replace(path: Path, scratch: Path, data: bytes, mode: int) -> None:
    try:
        # O_TRUNC and not O_EXCL: a scratch file left by a killed process must not block the next.
        descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, mode)
        with open(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(scratch, path)
    except BaseException:
        with suppress(OSError):
            scratch.unlink()
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Make the rename itself durable; without it a power cut may bring the old file back."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        if error.errno not in _FOLDER_SYNC_MAY_SAY:
            raise
