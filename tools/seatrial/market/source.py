"""
One input file of an import: opened, decompressed and counted in one place.

Importers see lines and heads and never a compression format, so a truncated download or binary
junk gives the same clear line whatever the venue.
"""

import gzip
import hashlib
import io
import lzma
import zipfile
import zlib
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path
from typing import IO, Any

from ..model.errors import InputError, OutsideError, UsageError, Where

HEAD_BYTES = 1 << 16
LINE_BYTES_MAX = 1 << 26
_GZIP, _XZ, _ZSTD, _ZIP = b"\x1f\x8b", b"\xfd7zXZ\x00", b"\x28\xb5\x2f\xfd", b"PK\x03\x04"


class Source:
    """A file that somebody wants imported; `name` is what errors call it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.name = path.name
        self._reading: IO[bytes] | None = None
        self._furthest = 0
        if not path.exists():
            raise InputError("no such file", where=Where(str(path)), fix="check the path")
        if not path.is_file():
            raise InputError("not a file", where=Where(str(path)), fix="name the files in it")

    def __repr__(self) -> str:
        """Return the name, for assertion messages."""
        return f"Source({self.name})"

    @cached_property
    def size_bytes(self) -> int:
        """Return the size of the file as it lies on disk."""
        return self.path.stat().st_size

    @cached_property
    def sha256(self) -> str:
        """Return the SHA-256 of the file as it lies on disk."""
        digest = hashlib.sha256()
        with self._raw() as file:
            while piece := file.read(1 << 20):
                digest.update(piece)
        return digest.hexdigest()

    @cached_property
    def magic(self) -> bytes:
        """Return the first bytes of the file as it lies on disk."""
        with self._raw() as file:
            return file.read(8)

    @cached_property
    def head(self) -> bytes:
        """Return the first 64 KiB of the decompressed content (less when the file is shorter)."""
        with self.open() as file:
            return self._guarded(file.read, HEAD_BYTES, line=1)

    @cached_property
    def head_lines(self) -> tuple[bytes, ...]:
        """Return the whole lines of the head; of a file with one long line, its beginning."""
        lines = self.head.split(b"\n")
        if len(lines) > 1 and len(self.head) == HEAD_BYTES:
            lines.pop()
        return tuple(line.rstrip(b"\r") for line in lines if line.strip())

    def open(self) -> IO[bytes]:
        """Open the decompressed content: gzip, xz, zstd, a zip with one member, or plain."""
        if self.size_bytes == 0:
            raise InputError("the file is empty", where=Where(self.name), fix="download or record it again")
        raw = self._raw()
        self._reading = raw
        for magic, unpack in ((_GZIP, _gzip), (_XZ, _xz), (_ZSTD, self._zstd), (_ZIP, self._zip)):
            if self.magic.startswith(magic):
                return _Unpacked(unpack, raw)
        return raw

    @property
    def read_bytes(self) -> int:
        """Return how far reading has come, in bytes of the file as it lies on disk."""
        if self._reading is not None and not self._reading.closed:
            self._furthest = max(self._furthest, self._reading.tell())
        return self._furthest

    def lines(self) -> Iterator[tuple[int, bytes]]:
        """Yield (line number from 1, line without its end); blank lines are passed over."""
        number = 0
        with self.open() as file:
            # One guard around all lines: a call for each would cost as much as reading it.
            try:
                while line := file.readline(LINE_BYTES_MAX):
                    number += 1
                    if len(line) >= LINE_BYTES_MAX:
                        raise self.error(
                            "the line is longer than 64 MiB", line=number, fix="is this a text file?"
                        )
                    if line := line.strip():
                        yield number, line
            except InputError:
                raise
            except Exception as error:
                raise self._trouble(error, number + 1) from error

    def read_piece(self, file: IO[bytes], size: int) -> bytes:
        """Return up to `size` bytes of an open file of this source, b"" at its end."""
        return self._guarded(file.read, size, line=None)

    def read(self) -> bytes:
        """Return the whole decompressed content; only for formats that are one small document."""
        with self.open() as file:
            return self._guarded(file.read, -1, line=None)

    def error(
        self, message: str, *, line: int | None = None, field: str | None = None, fix: str | None = None
    ) -> InputError:
        """Return an error about a place in this file, to be raised by the caller."""
        return InputError(message, where=Where(self.name, line, field), fix=fix)

    def _guarded(self, read: Any, size: int, *, line: int | None) -> bytes:
        try:
            return bytes(read(size))
        except Exception as error:
            raise self._trouble(error, line) from error

    def _trouble(self, error: Exception, line: int | None) -> Exception:
        """Return what a failed read means to the user; an error of ours is returned as it is."""
        if isinstance(error, EOFError):
            return self.error("the compressed file is cut short", line=line, fix="download it again")
        if isinstance(error, gzip.BadGzipFile):
            return self.error("the gzip data are damaged", line=line, fix="download it again")
        if isinstance(error, OSError):
            return OutsideError(f"cannot be read: {error.strerror or error}", where=Where(self.name))
        if _is_compression_error(error):
            return self.error("the compressed data are damaged", line=line, fix="download it again")
        return error

    def _raw(self) -> IO[bytes]:
        try:
            return self.path.open("rb", 1 << 18)
        except OSError as error:
            raise OutsideError(
                f"cannot be read: {error.strerror or error}",
                where=Where(self.name),
                fix="check its permissions",
            ) from error

    def _zstd(self, raw: IO[bytes]) -> Any:
        try:
            import zstandard
        except ImportError as error:
            raise UsageError(
                "reading .zst files needs zstandard",
                where=Where(self.name),
                fix="pip install 'seatrial[data]'",
            ) from error
        return _ZstdFile(raw, zstandard.ZstdDecompressor())

    def _zip(self, raw: IO[bytes]) -> Any:
        try:
            archive = zipfile.ZipFile(raw)
        except zipfile.BadZipFile as error:
            raise self.error("the zip file is damaged or cut short", fix="download it again") from error
        members = [member for member in archive.infolist() if not member.is_dir()]
        if len(members) != 1:
            raise self.error(f"the zip holds {len(members)} files", fix="unpack it and name the files")
        return archive.open(members[0])


def _gzip(raw: IO[bytes]) -> Any:
    return gzip.GzipFile(fileobj=raw, mode="rb")


def _xz(raw: IO[bytes]) -> Any:
    return lzma.LZMAFile(raw)


class _Unpacked(io.BufferedReader):
    """The content of a compressed file; closing it closes the file too."""

    def __init__(self, unpack: Callable[[IO[bytes]], Any], raw: IO[bytes]) -> None:
        self._below = raw
        try:
            super().__init__(unpack(raw), 1 << 18)
        except BaseException:
            raw.close()
            raise

    def close(self) -> None:
        """Close both."""
        super().close()
        self._below.close()


class _ZstdFile(io.RawIOBase):
    """
    The content of a zstd file of one or more frames.

    The library's own stream reader takes a file that is cut short for one that ends there.
    """

    def __init__(self, file: IO[bytes], decompressor: Any) -> None:
        self._file, self._decompressor = file, decompressor
        self._frame: Any = None
        self._ready = memoryview(b"")

    def readable(self) -> bool:
        """Say yes."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer as far as one piece of the file reaches; 0 at the end."""
        while not self._ready:
            left_over = self._frame.unused_data if self._frame is not None and self._frame.eof else b""
            piece = left_over or self._file.read(1 << 17)
            if not piece:
                if self._frame is not None and not self._frame.eof:
                    raise EOFError
                return 0
            if self._frame is None or self._frame.eof:
                self._frame = self._decompressor.decompressobj()
            self._ready = memoryview(self._frame.decompress(piece))
        taken = min(len(buffer), len(self._ready))
        buffer[:taken], self._ready = self._ready[:taken], self._ready[taken:]
        return taken


def _is_compression_error(error: Exception) -> bool:
    known = (zlib.error, lzma.LZMAError, zipfile.BadZipFile)
    return isinstance(error, known) or type(error).__name__ == "ZstdError"
