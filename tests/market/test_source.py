"""Any compression, one kind of line; any damage, one kind of error."""

import bz2
import gzip
import lzma
import zipfile
from pathlib import Path

import pytest
import zstandard

from seatrial.market.source import HEAD_BYTES, Source
from seatrial.model.errors import InputError

TEXT = b"one\r\n\ntwo\nthree"


def zipped(path: Path, *names: str) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, TEXT)
    return path


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    "packed",
    [bytes, gzip.compress, lzma.compress, zstandard.ZstdCompressor(write_checksum=True).compress],
    ids=["plain", "gz", "xz", "zst"],
)
def test_lines_are_numbered_and_stripped(tmp_path: Path, packed: object) -> None:
    """Blank lines are passed over, and counted so that a line number is the editor's."""
    source = Source(written(tmp_path / "any.name", packed(TEXT)))  # type: ignore[operator]

    assert list(source.lines()) == [(1, b"one"), (3, b"two"), (4, b"three")]
    assert source.head == TEXT
    assert source.head_lines == (b"one", b"two", b"three")
    assert source.read() == TEXT


def test_a_zstd_file_may_have_several_frames(tmp_path: Path) -> None:
    """Recorders that append write one frame a session."""
    pack = zstandard.ZstdCompressor().compress

    assert Source(written(tmp_path / "a.zst", pack(b"one\n") + pack(b"two\n"))).read() == b"one\ntwo\n"


def test_a_zip_of_one_file_is_that_file(tmp_path: Path) -> None:
    """Public archives publish one CSV a zip."""
    source = Source(zipped(tmp_path / "a.zip", "a.csv"))

    assert [line for _, line in source.lines()] == [b"one", b"two", b"three"]


def test_a_zip_of_several_files_is_not_guessed_at(tmp_path: Path) -> None:
    """Which one was meant, only the user knows."""
    with pytest.raises(InputError, match=r"a\.zip: the zip holds 2 files \(unpack it"):
        Source(zipped(tmp_path / "a.zip", "a.csv", "b.csv")).read()


@pytest.mark.parametrize(
    "pack",
    [gzip.compress, lzma.compress, zstandard.ZstdCompressor(write_checksum=True).compress],
    ids=["gz", "xz", "zst"],
)
@pytest.mark.parametrize("spoil", ["cut", "flip"])
def test_damage_is_one_line_with_a_place(tmp_path: Path, pack: object, spoil: str) -> None:
    """Whatever the library calls it."""
    content = bytearray(pack(bytes(range(256)) * 3_000))  # type: ignore[operator]
    if spoil == "cut":
        del content[-40:]
    else:
        content[len(content) // 2] ^= 0xFF

    with pytest.raises(InputError, match=r"^a\.bin(:\d+)?: .*(cut short|damaged).*\(download it again\)$"):
        list(Source(written(tmp_path / "a.bin", bytes(content))).lines())


def test_a_cut_zip_is_refused(tmp_path: Path) -> None:
    """Its directory is at the end, so a cut one has none."""
    path = zipped(tmp_path / "a.zip", "a.csv")
    path.write_bytes(path.read_bytes()[:-30])

    with pytest.raises(InputError, match=r"a\.zip: the zip file is damaged or cut short"):
        Source(path).read()


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    """Nothing was downloaded or recorded."""
    with pytest.raises(InputError, match=r"a\.csv: the file is empty"):
        Source(written(tmp_path / "a.csv", b"")).head  # noqa: B018


def test_a_folder_and_a_missing_file_are_named(tmp_path: Path) -> None:
    """The path is the first thing to be wrong."""
    with pytest.raises(InputError, match="not a file"):
        Source(tmp_path)
    with pytest.raises(InputError, match="no such file"):
        Source(tmp_path / "nothing")


def test_the_head_of_a_long_file_ends_in_a_whole_line(tmp_path: Path) -> None:
    """An importer that parses its head must not meet half a line."""
    source = Source(written(tmp_path / "long.csv", b"0123456789abcde\n" * 10_000))

    assert len(source.head) == HEAD_BYTES
    assert set(source.head_lines) == {b"0123456789abcde"}


def test_a_compression_that_is_not_known_is_just_bytes(tmp_path: Path) -> None:
    """No importer will claim it, and that is the error the user sees."""
    assert Source(written(tmp_path / "a.bz2", bz2.compress(TEXT))).head.startswith(b"BZh")
