"""The bot's log: bounded, without secrets, and never a reason for the bot to stand still."""

import os
from pathlib import Path

import pytest
from tests.engine.bot.process.programs import launched, logbook, until

from seatrial.engine.bot.process.logbook import Logbook


def poured(book: Logbook, *pieces: bytes) -> None:
    """Write pieces through a pipe, and wait until they are kept."""
    read, write = os.pipe()
    book.follow(read)
    for piece in pieces:
        os.write(write, piece)
    os.close(write)
    book.finish(20)


@pytest.mark.parametrize("files", [1, 3])
def test_logs_are_bounded_and_the_newest_lines_are_there(tmp_path: Path, files: int) -> None:
    """Days of output of a chatty bot must not fill the disk that the record needs."""
    book = logbook(tmp_path, size=1_000, files=files)

    for number in range(500):
        poured(book, b"line %04d\n" % number)

    kept = sorted(tmp_path.iterdir())
    assert len(kept) == files
    assert sum(path.stat().st_size for path in kept) <= files * 1_000
    assert (tmp_path / "bot.log").read_bytes().endswith(b"line 0499\n")
    assert book.lines == 500


def test_secrets_are_blotted_out_even_where_a_piece_ends(tmp_path: Path) -> None:
    """Bots print their configuration when they start."""
    book = logbook(tmp_path, secrets=("hunter2", "hunter2-and-more"))

    poured(book, b"key=hun", b"ter2-and-more or hunter2\nlast hunter2")

    assert (tmp_path / "bot.log").read_text() == "key=*** or ***\nlast ***\n"


def test_a_line_without_end_is_kept_in_pieces(tmp_path: Path) -> None:
    """A progress bar is one line for days; held in memory it would be the suite's own leak."""
    book = logbook(tmp_path)
    poured(book, *[b"." * 60_000] * 5)

    assert (tmp_path / "bot.log").read_bytes().count(b".") == 300_000


def test_a_flood_does_not_stop_the_bot(tmp_path: Path) -> None:
    """A full pipe would stop it in the middle of an order."""
    book = logbook(tmp_path, size=20_000, files=2)
    one = launched("for at in range(200000): print(at)", tmp_path, book)
    until(lambda: not one.poll(), 60)
    book.finish(20)

    assert one.exit_code == 0
    assert book.lines == 200_000
    assert (tmp_path / "bot.log").read_bytes().endswith(b"199999\n")


def test_a_disk_that_takes_no_more_is_counted_and_nothing_else(tmp_path: Path) -> None:
    """The log is worth less than the soak."""
    book = logbook(tmp_path / "gone")

    poured(book, b"a\nb\n")

    assert (book.lines, book.lost) == (2, 2)


def test_a_line_can_be_waited_for(tmp_path: Path) -> None:
    """What an earlier start said does not make this one ready."""
    book = logbook(tmp_path)
    book.watch_for(r"connected to \w+")
    poured(book, b"starting\n")
    before = book.matched
    poured(book, b"12:00 connected to bybit\n")

    assert (before, book.matched) == (False, True)
    book.watch_for("connected")
    assert not book.matched
