"""Atomic files: whole or not there, whatever the disk says."""

import errno
import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

import pytest

from seatrial.model.artifact import Gap
from seatrial.model.atomic import json_bytes, write_bytes, write_json
from seatrial.model.errors import OutsideError
from seatrial.model.redact import KNOWN


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """Let the system refuse to grow any file beyond `size` bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_content_arrives_and_nothing_else_is_left(tmp_path: Path) -> None:
    """A scratch file left behind would be counted and shipped with the record."""
    write_bytes(tmp_path / "a.bin", b"first")
    write_bytes(tmp_path / "a.bin", b"second")

    assert (tmp_path / "a.bin").read_bytes() == b"second"
    assert [path.name for path in tmp_path.iterdir()] == ["a.bin"]


def test_json_is_canonical(tmp_path: Path) -> None:
    """Equal runs must give equal bytes, so the order of keys and the line ends are fixed."""
    write_json(
        tmp_path / "a.json",
        {"b": Decimal("2.0"), "a": [1, None, Path("x")], "g": Gap(from_ts_ns=1, to_ts_ns=2)},
    )

    expected = (
        b'{\n  "a": [\n    1,\n    null,\n    "x"\n  ],\n  "b": "2.0",\n'
        b'  "g": {\n    "from_ts_ns": 1,\n    "to_ts_ns": 2\n  }\n}\n'
    )
    assert (tmp_path / "a.json").read_bytes() == expected


@pytest.mark.usefixtures("forgetful")
def test_a_known_secret_reaches_no_file_but_a_private_one(tmp_path: Path) -> None:
    """Reports are published; the file that a secret is kept in is its owner's alone."""
    KNOWN.learn('a"secret<value>')
    json_said = {"error": 'for a"secret<value>', "n": 3}

    write_json(tmp_path / "a.json", json_said)
    write_bytes(tmp_path / "a.html", b"<p>a&#34;secret&lt;value&gt; 3</p>")
    write_bytes(tmp_path / "keys", b'a"secret<value>', private=True)

    assert (tmp_path / "a.json").read_bytes() == json_bytes({"error": "for [redacted]", "n": 3})
    assert (tmp_path / "a.html").read_bytes() == b"<p>[redacted] 3</p>"
    assert (tmp_path / "keys").read_bytes() == b'a"secret<value>'
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o600


def test_a_value_without_json_form_leaves_the_old_file(tmp_path: Path) -> None:
    """A mistake of ours while serialising must not cost the user the file that was there."""
    write_json(tmp_path / "a.json", {"a": 1})

    with pytest.raises(TypeError):
        write_json(tmp_path / "a.json", {"a": object()})

    assert (tmp_path / "a.json").read_bytes() == json_bytes({"a": 1})


def test_a_write_that_breaks_off_leaves_the_old_file(tmp_path: Path) -> None:
    """The system stops the write half-way: the reader still sees the old file, whole."""
    path = tmp_path / "a.bin"
    write_bytes(path, b"old")

    with largest_file(1_000), pytest.raises(OutsideError) as caught:
        write_bytes(path, b"x" * 100_000)

    assert caught.value.exit_code == 4
    assert str(path) in caught.value.line
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.bin"]


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EDQUOT, errno.EIO])
def test_a_disk_that_refuses_is_an_outside_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    """Disk trouble is exit 4, names the file, and leaves nothing half-written."""

    def refuse(_: int) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(OutsideError) as caught:
        write_bytes(tmp_path / "a.bin", b"x")

    assert os.strerror(code) in caught.value.line
    assert caught.value.where.file == str(tmp_path / "a.bin")
    assert list(tmp_path.iterdir()) == []


def test_an_interrupt_leaves_no_scratch_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C in the middle of a write is ordinary; it must not leave litter in the record."""

    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_bytes(tmp_path / "a.bin", b"x")

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["missing/a.bin", "file/a.bin", "folder"])
def test_a_place_that_cannot_hold_a_file_is_named(tmp_path: Path, name: str) -> None:
    """A missing folder, a file in its place, a folder in ours: one line that names the path."""
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "folder").mkdir()

    with pytest.raises(OutsideError) as caught:
        write_bytes(tmp_path / name, b"x")

    assert str(tmp_path / name) in caught.value.line
    assert caught.value.fix
    assert not list(tmp_path.rglob("*.tmp"))
