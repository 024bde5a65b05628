"""
Opens a statement as text, whatever wraps it: gzip or zip, UTF-8 or UTF-16, with or without a mark.

What is not text (a spreadsheet, a PDF, a saved web page) is refused with what it is, because venues
offer those beside the CSV and people pick the wrong one.
"""

import gzip
import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from ..model.errors import InputError, OutsideError, Where

HEAD_BYTES = 65_536
MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"),
)  # fmt: skip
FOREIGN = (
    (b"%PDF", "a PDF"), (b"\xd0\xcf\x11\xe0", "an old Excel file"), (b"SQLite format 3", "a database"),
    (b"PAR1", "a Parquet file"), (b"\x28\xb5\x2f\xfd", "a zstd archive"), (b"BZh", "a bzip2 archive"),
    (b"7z\xbc\xaf", "a 7z archive"), (b"Rar!", "a RAR archive"),
)  # fmt: skip
SAVE_AS = "export it from the venue as CSV or JSON"


@contextmanager
def open_bytes(path: Path) -> Iterator[IO[bytes]]:
    """Open the file unpacked; InputError if it is none or is no text, OutsideError if the disk fails."""
    try:
        with path.open("rb") as raw:
            start = raw.read(16)
            raw.seek(0)
            with _unpacked(raw, start, path) as stream:
                yield stream
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as error:
        raise InputError("no such file", where=Where(str(path)), fix="name the statement's file") from error
    except (gzip.BadGzipFile, zipfile.BadZipFile, EOFError) as error:
        raise InputError(
            f"the archive is damaged: {error}", where=Where(path.name), fix="download it again"
        ) from error
    except OSError as error:
        raise OutsideError(f"cannot be read: {error.strerror or error}", where=Where(str(path))) from error


@contextmanager
def open_text(path: Path) -> Iterator[io.TextIOBase]:
    """Open the file as text, newlines as they stand."""
    with open_bytes(path) as stream:
        head = stream.read(HEAD_BYTES)
        encoding = encoding_of(head, path)
        joined = io.BufferedReader(_Joined(head, stream), HEAD_BYTES)
        yield io.TextIOWrapper(joined, encoding=encoding, errors="strict", newline="")


def encoding_of(head: bytes, path: Path) -> str:
    """Return the encoding that the first bytes show; InputError if they are no text at all."""
    if not head.strip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0"):
        raise InputError("the file is empty", where=Where(path.name), fix="download the statement again")
    for mark, encoding in MARKS:
        if head.startswith(mark):
            return encoding
    zeros = head[:4096].count(0)
    if zeros:
        sample = head[:4096]
        if zeros < len(sample) // 3 or zeros > len(sample) // 2 + 1:
            line = sample[: sample.index(0)].count(b"\n") + 1
            raise InputError("the file is not text", where=Where(path.name, line), fix=SAVE_AS)
        return "utf-16-le" if sample[1::2].count(0) > sample[::2].count(0) else "utf-16-be"
    if head.lstrip()[:15].lower().startswith((b"<!doctype", b"<html", b"<?xml")):
        raise InputError("the file is a web page", where=Where(path.name), fix=SAVE_AS)
    try:
        # The last character may be cut by the end of the head.
        head[: len(head) - 4 if len(head) == HEAD_BYTES else None].decode("utf-8")
    except UnicodeDecodeError as error:
        return "utf-8" if error.start >= HEAD_BYTES - 8 else "cp1252"
    return "utf-8"


class _Joined(io.RawIOBase):
    """The head that was looked at, and then the rest of a stream that cannot go back."""

    def __init__(self, head: bytes, rest: IO[bytes]) -> None:
        self._head, self._rest = memoryview(head), rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        target = memoryview(buffer)
        part = self._head[: len(target)] if self._head else self._rest.read(len(target))
        target[: len(part)] = part
        self._head = self._head[len(part) :]
        return len(part)


@contextmanager
def _unpacked(raw: IO[bytes], start: bytes, path: Path) -> Iterator[IO[bytes]]:
    for magic, what in FOREIGN:
        if start.startswith(magic):
            raise InputError(f"the file is {what}", where=Where(path.name), fix=SAVE_AS)
    if start.startswith(b"\x1f\x8b"):
        with gzip.open(raw) as stream:
            yield stream  # type: ignore[misc]
    elif start.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(raw) as archive, archive.open(_only_member(archive, path)) as member:
            yield member
    else:
        yield raw


def _only_member(archive: zipfile.ZipFile, path: Path) -> str:
    names = [name for name in archive.namelist() if not name.endswith("/") and "__MACOSX" not in name]
    if "[Content_Types].xml" in names:
        raise InputError("the file is a spreadsheet", where=Where(path.name), fix="save it as CSV")
    if len(names) != 1:
        raise InputError(
            f"the archive holds {len(names)} files",
            where=Where(path.name),
            fix="unpack it and name the statement",
        )
    return names[0]
