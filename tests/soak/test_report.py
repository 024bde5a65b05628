"""Judging again from the record alone."""

from pathlib import Path

import pytest
from tests.dryrun.fakes import fakes
from tests.soak.test_run import ask, killed

from seatrial.model.errors import RefusedError
from seatrial.model.verdict import Verdict
from seatrial.soak.report import report
from seatrial.soak.run import run
from seatrial.store.lock import held
from seatrial.store.manifest import read_manifest
from seatrial.store.record import open_record


def test_a_record_says_the_same_again(tmp_path: Path) -> None:
    """The record is the interface; nothing of the run is needed but its files."""
    first = run(ask(tmp_path), seams=fakes())
    record = open_record(Path(first.data["record"]))
    before = {path.name: path.read_bytes() for path in record.path.iterdir() if path.is_file()}
    for name in ("report.html", "verdict.json"):
        (record.path / name).unlink()

    again = report(record.path, seams=fakes())

    assert again.verdict is first.verdict
    assert again.data == first.data
    assert again.name == "soak.report"
    assert {path.name: path.read_bytes() for path in record.path.iterdir() if path.is_file()} == before


def test_an_unfinished_run_is_judged_and_stays_resumable(tmp_path: Path) -> None:
    """Whoever looks at a killed run must not end it by looking."""
    record = killed(tmp_path, 250)
    manifest = record.manifest.read_bytes()

    outcome = report(record.path, seams=fakes())

    assert outcome.verdict is Verdict.PASS
    assert "resume" in outcome.reasons[0]
    assert record.manifest.read_bytes() == manifest
    assert record.checkpoint.is_file()


def test_a_record_at_work_is_left_alone(tmp_path: Path) -> None:
    """Exit 5, and nothing written."""
    record = killed(tmp_path, 250)
    with held(record.lock), pytest.raises(RefusedError):
        report(record.path, seams=fakes())

    assert not record.verdict.exists()
    assert read_manifest(record.manifest).verdict is None
