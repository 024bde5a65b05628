"""The latch as a file: what disks and people do to files."""

from pathlib import Path

import pytest
from tests.live.stage import NOW_NS

from seatrial.live.latch.file import FileChannel
from seatrial.live.latch.witness import Witness


def opened(tmp_path: Path) -> Witness:
    """A latch that was prepared."""
    one = Witness(FileChannel(tmp_path / "latch", "main"), "main", tmp_path, lambda: NOW_NS)
    one.prepare()
    return one


@pytest.mark.parametrize("damage", [b"", b"{", b"null", b'{"account":"main","seq":-1}', b"\xff\xfe", b"{}"])
def test_a_damaged_latch_is_set(tmp_path: Path, damage: bytes) -> None:
    """Half a file after a power cut must stop a bot, not release it."""
    one = opened(tmp_path)
    Path(one.channel.where).write_bytes(damage)

    latch = one.look()

    assert latch.is_set
    assert str(latch.reason).startswith("the latch cannot be read: ")
    assert not one.clear(str(latch.reason)).is_set


def test_a_removed_latch_is_set(tmp_path: Path) -> None:
    """`rm` is not a way to clear it, for the process that saw it nor for the next one."""
    one = opened(tmp_path)
    Path(one.channel.where).unlink()

    assert one.look().reason == "the latch is gone"
    assert opened(tmp_path).prepare().reason == "the latch is gone"


def test_something_else_in_its_place_is_set(tmp_path: Path) -> None:
    """It is there, and asking again does not make it readable."""
    one = opened(tmp_path)
    Path(one.channel.where).unlink()
    Path(one.channel.where).mkdir()

    assert "cannot be read" in str(one.look().reason)


def test_a_look_at_an_unchanged_latch_does_not_open_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A look four times a second for days costs a stat each."""
    one = opened(tmp_path)
    one.look()

    def refused(_: Path) -> bytes:
        raise AssertionError("the file was opened")

    monkeypatch.setattr(Path, "read_bytes", refused)

    assert not one.look().is_set


def test_a_damaged_memory_remembers_that_there_was_a_latch(tmp_path: Path) -> None:
    """The marker of an account that had a latch is not its clearing either."""
    one = opened(tmp_path)
    (tmp_path / "latch_seen").write_bytes(b"\0")
    Path(one.channel.where).unlink()

    fresh = Witness(FileChannel(tmp_path / "latch", "main"), "main", tmp_path, lambda: NOW_NS)
    assert fresh.prepare().reason == "the latch is gone"
