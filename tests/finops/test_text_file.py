"""A statement is opened whatever wraps it, and what is no text is named for what it is."""

import gzip
import io
import zipfile
from pathlib import Path

import pytest

from seatrial.finops.text_file import HEAD_BYTES, open_text
from seatrial.model.errors import InputError

TEXT = "Größe;Kč\n1;2\n"


def read(path: Path) -> str:
    """Return the whole text of a file."""
    with open_text(path) as text:
        return text.read()


def archive(**files: str) -> bytes:
    """Return a zip of files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as held:
        for name, text in files.items():
            held.writestr(name, text)
    return out.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode(), TEXT.encode("utf-8-sig"), TEXT.encode("utf-16"),
        b"\xfe\xff" + TEXT.encode("utf-16-be"),
        TEXT.encode("utf-16-le"), gzip.compress(TEXT.encode()), archive(**{"a.csv": TEXT, "__MACOSX/a": "x"}),
    ],
)  # fmt: skip
def test_every_wrapping_gives_the_same_text(content: bytes, tmp_path: Path) -> None:
    """Excel, Windows and mail each add their own."""
    (tmp_path / "f").write_bytes(content)

    assert read(tmp_path / "f") == TEXT


def test_an_old_windows_file_is_read_in_its_own_letters(tmp_path: Path) -> None:
    """German exports of the last decade."""
    (tmp_path / "f").write_bytes("Größe;Gebühr\n".encode("cp1252"))

    assert read(tmp_path / "f") == "Größe;Gebühr\n"


def test_a_letter_may_be_cut_by_the_end_of_what_is_looked_at(tmp_path: Path) -> None:
    """The encoding is told from the head, and the head ends where it ends."""
    text = "x" * (HEAD_BYTES - 1) + "é" + "y" * 10
    (tmp_path / "f").write_text(text, encoding="utf-8")

    assert read(tmp_path / "f") == text


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"), (b"\xef\xbb\xbf \n", "empty"), (b"%PDF-1.7 ...", "a PDF"), (b"PAR1....", "Parquet"),
        (b"\xd0\xcf\x11\xe0....", "Excel"), (b"<!DOCTYPE html><html>", "web page"), (b"a\0b\0\0\0c" * 90,
        "not text"),
        (archive(**{"[Content_Types].xml": "<x/>"}), "spreadsheet"), (archive(a="1", b="2"), "holds 2 files"),
        (b"\x1f\x8b\x08\x00garbage", "damaged"), (gzip.compress(b"x" * 999)[:-9], "damaged"),
        (b"PK\x03\x04junk", "damaged"),
    ],
)  # fmt: skip
def test_what_is_no_statement_is_named(content: bytes, says: str, tmp_path: Path) -> None:
    """Venues offer a PDF beside the CSV, and people pick the wrong one."""
    (tmp_path / "f").write_bytes(content)

    with pytest.raises(InputError, match=says) as caught:
        read(tmp_path / "f")

    assert caught.value.fix


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    """Nor is a name that leads nowhere."""
    for path in (tmp_path, tmp_path / "nothing", tmp_path / "f" / "g"):
        with pytest.raises(InputError, match="no such file"):
            read(path)
