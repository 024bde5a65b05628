"""The record folder: whole or not there, found by its name or by `latest`."""

import errno
import os
from pathlib import Path

import pytest

from seatrial.model.errors import InputError, OutsideError, RefusedError
from seatrial.store.record import Record, create_record, free_run_id, open_record

FIRST = {"run.json": b"{}\n"}


def test_a_record_appears_with_its_first_files(tmp_path: Path) -> None:
    """There is no moment at which a folder exists and nobody can say what it is."""
    record = create_record(tmp_path, "soak", "r1", FIRST)

    assert record.manifest.read_bytes() == b"{}\n"
    assert record.path == tmp_path / "soak" / "r1"
    assert sorted(path.name for path in (tmp_path / "soak").iterdir()) == ["r1"]


def test_latest_points_at_the_newest(tmp_path: Path) -> None:
    """People look at the run that they just made."""
    for run_id in ("r1", "r2"):
        create_record(tmp_path, "soak", run_id, FIRST).point_latest()

    latest = tmp_path / "soak" / "latest"
    assert latest.readlink() == Path("r2")
    assert open_record(latest) == Record(tmp_path / "soak" / "r2")


def test_the_same_id_twice_is_refused(tmp_path: Path) -> None:
    """A run never writes into another run's folder."""
    create_record(tmp_path, "soak", "r1", FIRST)

    with pytest.raises(RefusedError, match="r1"):
        create_record(tmp_path, "soak", "r1", FIRST)
    assert free_run_id(tmp_path, "soak", "r1") == "r1-2"
    assert free_run_id(tmp_path, "soak", "r3") == "r3"


def test_a_failure_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a record would be taken for a run."""

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)

    with pytest.raises(OutsideError, match="No space left"):
        create_record(tmp_path, "soak", "r1", FIRST)
    assert list((tmp_path / "soak").iterdir()) == []


def test_an_out_folder_that_is_a_file_is_one_clear_error(tmp_path: Path) -> None:
    """A typo in --out must not read as a crash."""
    (tmp_path / "file").write_text("")

    with pytest.raises(OutsideError, match="cannot write the record") as caught:
        create_record(tmp_path / "file", "soak", "r1", FIRST)
    assert caught.value.exit_code == 4


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write into a read-only folder")
def test_a_read_only_folder_is_one_clear_error(tmp_path: Path) -> None:
    """The fix is another --out, and the line says so."""
    tmp_path.chmod(0o500)

    with pytest.raises(OutsideError, match="--out"):
        create_record(tmp_path, "soak", "r1", FIRST)


def test_opening_what_is_no_record_says_so(tmp_path: Path) -> None:
    """The usual mistake is to name the folder above."""
    with pytest.raises(InputError, match="no such record"):
        open_record(tmp_path / "nothing")
    with pytest.raises(InputError, match="not a record"):
        open_record(tmp_path)


def test_iterations_are_numbered_from_one(tmp_path: Path) -> None:
    """The files are for people; indices in them count from zero."""
    assert Record(tmp_path).iteration(0).name == "ITER_SUMMARY_0001.json"
