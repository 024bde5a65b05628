"""
A file that only its owner can read or replace, or an error that says what to do about it.

What is checked is what was opened: a path that is looked at first and opened later can change
between the two. A link is followed, and what it leads to is held to the same rules.
"""

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from ...model.errors import InputError, Where
from .refusals import DeniedSecretError

LARGEST_BYTES = 1 << 20


@dataclass(frozen=True)
class Content:
    """The text of a private file and when it was last written."""

    text: str
    changed_ns: int


def read_private(path: Path) -> Content:
    """Return the content; FileNotFoundError when there is none, DeniedSecretError when it lies open."""
    where = Where(str(path))
    try:
        # Non-blocking, because a named pipe in its place would keep us waiting for ever.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise DeniedSecretError(
            f"cannot be opened: {error.strerror}", where=where, fix="check its owner and permissions"
        ) from None
    try:
        facts = os.fstat(descriptor)
        _must_be_private(facts, path)
        data = os.read(descriptor, LARGEST_BYTES + 1)
    finally:
        os.close(descriptor)
    must_be_private_folder(path.resolve().parent)
    if len(data) > LARGEST_BYTES:
        raise InputError(f"is larger than {LARGEST_BYTES} bytes", where=where, fix="is it a secrets file?")
    try:
        return Content(data.decode("utf-8-sig"), facts.st_mtime_ns)
    except UnicodeDecodeError:
        raise InputError("is not UTF-8 text", where=where, fix="is it a secrets file?") from None


def must_be_private_folder(folder: Path) -> None:
    """Refuse a folder in which others can put another file in our file's place."""
    where = Where(str(folder))
    try:
        facts = folder.stat()
    except OSError as error:
        raise DeniedSecretError(f"cannot be looked at: {error.strerror}", where=where) from None
    open_to_others = facts.st_mode & (stat.S_IWGRP | stat.S_IWOTH) and not facts.st_mode & stat.S_ISVTX
    if open_to_others:
        raise DeniedSecretError(
            "others can replace a secrets file in this folder", where=where, fix=f"chmod go-w {folder}"
        )


def _must_be_private(facts: os.stat_result, path: Path) -> None:
    where = Where(str(path))
    if not stat.S_ISREG(facts.st_mode):
        raise DeniedSecretError("is not a regular file", where=where, fix="name a file")
    if facts.st_uid != os.geteuid():
        raise DeniedSecretError(
            f"belongs to user {facts.st_uid}, not to you", where=where, fix=f"chown {os.geteuid()} {path}"
        )
    if facts.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        mode = f"{stat.S_IMODE(facts.st_mode):04o}"
        raise DeniedSecretError(
            f"others can read it: its mode is {mode}", where=where, fix=f"chmod 600 {path}"
        )
