"""How a soak stands, by its files and its lock."""

from pathlib import Path

import pytest
from tests.dryrun.fakes import START_NS, fakes
from tests.soak.test_run import ask, killed

from seatrial.model.errors import InputError
from seatrial.soak.run import run
from seatrial.soak.status import status
from seatrial.store.lock import held


def test_a_finished_soak_says_its_verdict(tmp_path: Path) -> None:
    """The newest one is meant when none is named."""
    run(ask(tmp_path), seams=fakes())
    outcome = status(out=tmp_path, now_ns=START_NS + 90 * 10**9)

    assert outcome.verdict is None
    assert outcome.exit_code() == 0
    assert outcome.data["state"] == "finished"
    assert (outcome.data["ended_verdict"], outcome.data["ended_exit_code"]) == ("PASS", 0)
    assert (outcome.data["iterations"], outcome.data["planned_iterations"]) == (5, 5)
    assert outcome.data["heartbeat_age_s"] == 90
    assert outcome.lines[-1] == "finished: 5 of 5 iterations"
    assert not outcome.data["resumable"]


def test_a_killed_soak_is_stopped_and_resumable(tmp_path: Path) -> None:
    """It must not look like one that is still at work."""
    record = killed(tmp_path, 250)
    outcome = status(record.path)

    assert (outcome.data["state"], outcome.data["resumable"], outcome.data["pid"]) == ("stopped", True, None)
    assert outcome.data["iterations"] == 2
    assert f"soak resume {record.path}" in outcome.lines[-1]


def test_a_soak_at_work_is_running(tmp_path: Path) -> None:
    """The lock says so, not the age of a file."""
    record = killed(tmp_path, 250)
    with held(record.lock):
        assert status(record.path).data["state"] == "running"


def test_no_soak_at_all_is_one_clear_error(tmp_path: Path) -> None:
    """The usual first command in an empty folder."""
    with pytest.raises(InputError, match="no such record"):
        status(out=tmp_path)
