"""The heartbeat: who, since when, and how far."""

import os
from pathlib import Path

from seatrial.store.heartbeat import Pulse, boot_id, read_heartbeat, started_ns


def test_a_beat_says_who_is_at_work(tmp_path: Path) -> None:
    """A pid alone proves nothing after a reboot; boot and start time go with it."""
    path = tmp_path / "heartbeat.json"
    Pulse(path, instance="run-a", mode="soak").beat(5, seq=3, decisions=2, last_decision_ns=None, lag_ms=None)

    beat = read_heartbeat(path)
    assert beat is not None
    assert (beat.pid, beat.boot_id, beat.pid_started_ns) == (os.getpid(), boot_id(), started_ns())
    assert (beat.ts_ns, beat.seq, beat.decisions_total, beat.last_decision_ts_ns) == (5, 3, 2, None)


def test_a_newer_beat_replaces_the_older(tmp_path: Path) -> None:
    """The file does not grow over days."""
    path = tmp_path / "heartbeat.json"
    pulse = Pulse(path, instance="run-a", mode="soak")
    for seq in (1, 2):
        pulse.beat(seq, seq=seq, decisions=seq, last_decision_ns=seq, lag_ms=0.5)

    beat = read_heartbeat(path)
    assert beat is not None
    assert beat.seq == 2
    assert [file.name for file in tmp_path.iterdir()] == ["heartbeat.json"]


def test_no_heartbeat_is_none(tmp_path: Path) -> None:
    """Status of a record that was copied without it is not an error."""
    (tmp_path / "bad").write_text("{")

    assert read_heartbeat(tmp_path / "none") is None
    assert read_heartbeat(tmp_path / "bad") is None
