"""Reading somebody's database: whole, from a copy, and without a trace."""

import sqlite3
from pathlib import Path

import pytest
from tests.engine.bot.files.making import packed, prints

from seatrial.engine.bot.told.database import companions, database, is_database
from seatrial.model.errors import InputError


def made(path: Path, *, wal: bool = False) -> sqlite3.Connection:
    """A database of one row, still open."""
    connection = sqlite3.connect(path)
    if wal:
        connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("CREATE TABLE t (a INTEGER, b TEXT)")
    connection.execute("INSERT INTO t VALUES (1, 'x')")
    connection.commit()
    return connection


@pytest.mark.parametrize("wal", [False, True])
def test_a_database_in_use_is_read_as_far_as_it_is_committed(tmp_path: Path, wal: bool) -> None:
    """The bot may still run; what it has not committed has not happened."""
    connection = made(tmp_path / "a.sqlite", wal=wal)
    connection.execute("INSERT INTO t VALUES (2, 'not yet')")
    before = prints(tmp_path)

    with database(tmp_path / "a.sqlite") as opened:
        rows = list(opened.rows("t"))

    assert rows == [(1, {"a": 1, "b": "x"})]
    assert prints(tmp_path) == before
    connection.close()


def test_a_folder_that_nobody_may_write_to_is_no_obstacle(tmp_path: Path) -> None:
    """A backup on a read-only disk is where such files lie."""
    made(tmp_path / "a.sqlite", wal=True).close()
    (tmp_path / "a.sqlite").chmod(0o444)
    tmp_path.chmod(0o555)
    try:
        with database(tmp_path / "a.sqlite") as opened:
            assert opened.tables == {"t"}
            assert opened.lost_log
    finally:
        tmp_path.chmod(0o755)


def test_a_packed_database_takes_its_packed_log_along(tmp_path: Path) -> None:
    """Backups pack both files; the newest rows are in the second."""
    live = tmp_path / "live.sqlite"
    connection = made(live, wal=True)
    for tail in ("", "-wal"):
        copy = tmp_path / f"a.sqlite{tail}"
        copy.write_bytes(live.with_name(f"live.sqlite{tail}").read_bytes())
        packed(copy)
        copy.unlink()
    connection.close()

    with database(tmp_path / "a.sqlite.gz") as opened:
        rows = list(opened.rows("t"))

    assert is_database(tmp_path / "a.sqlite.gz")
    assert [path.name for path in companions(tmp_path / "a.sqlite.gz")] == ["a.sqlite-wal.gz"]
    assert len(rows) == 1


def test_what_is_not_there_is_empty_and_what_is_broken_is_an_error(tmp_path: Path) -> None:
    """A table of another version is missing; a page that cannot be read is not."""
    made(tmp_path / "a.sqlite").close()
    with database(tmp_path / "a.sqlite") as opened:
        assert (opened.columns("none"), list(opened.rows("none"))) == ({}, [])
    held = bytearray((tmp_path / "a.sqlite").read_bytes())
    held[100:200] = b"\xff" * 100
    (tmp_path / "a.sqlite").write_bytes(held)

    with pytest.raises(InputError, match="not a readable SQLite"), database(tmp_path / "a.sqlite") as opened:
        list(opened.rows("t"))
