"""Which record a person means."""

from pathlib import Path

import pytest

from seatrial.soak.place import record_at
from seatrial.store.record import create_record


def test_the_bare_word_latest_is_the_newest_soak(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody types a run id after a crash at night."""
    monkeypatch.chdir(tmp_path)
    record = create_record(tmp_path / "artifacts", "soak", "r1", {"run.json": b"{}"})
    record.point_latest()

    assert record_at(Path("latest")) == record_at(None) == record_at(record.path) == record
    assert record_at(None, out=tmp_path / "artifacts") == record


def test_a_folder_called_latest_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A path that exists is what it says."""
    monkeypatch.chdir(create_record(tmp_path, "soak", "r1", {"run.json": b"{}"}).path.parent)
    Path("latest").symlink_to("r1")

    assert record_at(Path("latest")).run_id == "r1"
