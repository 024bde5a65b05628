"""The durable order log: whole or not there, ours or refused."""

import multiprocessing
import sqlite3
from pathlib import Path

import pytest

from seatrial.model.errors import InputError, OutsideError, UsageError
from seatrial.store.order_log import MIGRATIONS, VERSION, OrderLog, OrderLogReader, identity

FILL = [1, 0, 0, 1000, 5, "t1", 7, True, None, 0]


def opened(path: Path) -> OrderLog:
    log = OrderLog.open(path)
    log.begin(1, 2, "test")
    return log


def test_records_are_there_after_the_commit_and_not_before(tmp_path: Path) -> None:
    """Durable means that another process can read it."""
    log = opened(tmp_path / "o.db")
    log.append(5, "accept", 1, ["v1"])
    reader = OrderLogReader(tmp_path / "o.db")
    assert list(reader.records()) == []
    log.commit()
    [record] = reader.records()
    assert (record.seq, record.ts_ns, record.kind, record.number, record.fields) == (
        1,
        5,
        "accept",
        1,
        ["v1"],
    )


def test_a_batch_is_whole_or_not_there(tmp_path: Path) -> None:
    """A commit that fails in the middle leaves nothing of itself, and the log says so from then on."""
    log = opened(tmp_path / "o.db")
    log.append(1, "accept", 1, [])
    log.commit()
    log.append(2, "accept", 2, [])
    log.append(3, "accept", 3, [])
    log._connection.execute("PRAGMA query_only = ON")
    with pytest.raises(OutsideError, match="cannot write the order log"):
        log.commit()
    with pytest.raises(OutsideError, match="earlier write"):
        log.commit()
    assert [each.number for each in OrderLogReader(tmp_path / "o.db").records()] == [1]


def test_the_numbering_goes_on_after_a_restart(tmp_path: Path) -> None:
    """One sequence, whoever writes."""
    log = opened(tmp_path / "o.db")
    log.append(1, "accept", 1, [])
    log.close()
    log = opened(tmp_path / "o.db")
    log.append(2, "accept", 2, [])
    log.commit()
    assert [each.seq for each in log.records()] == [1, 2]
    assert log.session == 2


def test_an_evicted_fill_is_found_by_its_identity(tmp_path: Path) -> None:
    """The first of a name, however many follow, and durable with the commit that it belongs to."""
    log = opened(tmp_path / "o.db")
    log.keep_fill(identity(0, "t1", 0, 0), FILL)
    log.keep_fill(identity(0, "t1", 0, 0), [*FILL[:4], 9, *FILL[5:]])
    assert log.fill(identity(0, "t1", 0, 0)) is None
    log.append(1, "accept", 1, [])
    log.commit()
    assert log.fill(identity(0, "t1", 0, 0)) == FILL
    assert log.fill(identity(0, "t2", 0, 0)) is None


def test_only_the_newest_checkpoints_are_kept(tmp_path: Path) -> None:
    """The disk of a run of months is bounded by its records alone."""
    log = opened(tmp_path / "o.db")
    for number in range(5):
        log.append(number, "accept", 1, [])
        log.checkpoint({"n": number})
    assert log.latest() == (5, {"n": 4})
    assert log._connection.execute("SELECT count(*) FROM checkpoint").fetchone() == (2,)


def test_an_older_schema_is_migrated_with_its_records(tmp_path: Path) -> None:
    """A log of the first version opens, and goes on where it was."""
    path = tmp_path / "o.db"
    old = sqlite3.connect(path)
    old.executescript(f"{MIGRATIONS[0]} PRAGMA user_version = 1;")
    old.execute("INSERT INTO batch VALUES (1, 2, ?)", (b'[[5,"accept",1,["v1"]],[6,"cancel",1,[]]]',))
    old.commit()
    old.close()
    with pytest.raises(UsageError, match="older schema 1"):
        OrderLogReader(path)

    log = opened(path)
    log.append(7, "accept", 2, [])
    log.checkpoint({"n": 1})

    assert log._connection.execute("PRAGMA user_version").fetchone() == (VERSION,)
    assert [(each.seq, each.kind) for each in OrderLogReader(path).records()] == [
        (1, "accept"), (2, "cancel"), (3, "accept"),
    ]  # fmt: skip
    assert [each.seq for each in log.records(1)] == [2, 3]


def test_a_newer_schema_is_refused(tmp_path: Path) -> None:
    """Guessing at it could lose orders."""
    path = tmp_path / "o.db"
    opened(path).close()
    newer = sqlite3.connect(path)
    newer.execute(f"PRAGMA user_version = {VERSION + 1}")
    newer.close()
    for way in (OrderLog.open, OrderLogReader):
        with pytest.raises(UsageError, match="newer seatrial"):
            way(path)


def test_a_file_that_is_no_log_is_named_and_kept(tmp_path: Path) -> None:
    """Nothing is overwritten; the error says which file and what not to do."""
    path = tmp_path / "o.db"
    path.write_bytes(b"this is not a database, but somebody's notes" * 50)
    for way in (OrderLog.open, OrderLogReader):
        with pytest.raises(InputError, match="not an order log") as caught:
            way(path)
        assert caught.value.where.file == str(path)
    assert path.read_bytes().startswith(b"this is not a database")
    with pytest.raises(InputError, match="no order log"):
        OrderLogReader(tmp_path / "none.db")


def test_a_reader_changes_nothing(tmp_path: Path) -> None:
    """An operator may look while the bot trades."""
    log = opened(tmp_path / "o.db")
    log.append(1, "accept", 1, [])
    log.commit()
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir() if not path.name.endswith("-shm")}
    list(OrderLogReader(tmp_path / "o.db").records())
    after = {path.name: path.read_bytes() for path in tmp_path.iterdir() if not path.name.endswith("-shm")}
    assert after == before


def _thousand(path: Path) -> list[str]:
    log = opened(path)
    return [log.client_id(number) for number in range(1_000)]


def test_a_thousand_orders_have_a_thousand_ids_in_four_processes_of_one_moment(tmp_path: Path) -> None:
    """A peer made ids from the millisecond: 1,000 orders, 5 ids."""
    paths = [tmp_path / f"{number}.db" for number in range(4)]
    with multiprocessing.get_context("fork").Pool(4) as pool:
        ids = [each for some in pool.map(_thousand, paths) for each in some]
    ids += _thousand(paths[0])

    assert len(set(ids)) == len(ids) == 5_000
    assert max(map(len, ids)) <= 36
    assert all(each.replace("-", "").isalnum() for each in ids)
