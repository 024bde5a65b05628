"""Verify and status: every way in which a dead bot has looked alive, and a live one dead."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.live.stage import NOW_NS, presence

from seatrial.live.latch.channel import ChannelError
from seatrial.live.latch.state import Entry, Latch
from seatrial.live.single import seated
from seatrial.live.status import status
from seatrial.live.verify import Evidence, gather, verify
from seatrial.model.atomic import write_json
from seatrial.model.live_settings import LiveSettings
from seatrial.store.clock import utc_now_ns
from seatrial.store.heartbeat import Heartbeat, boot_id, started_ns

UNSET = Latch(account="main")
SET = Latch(
    account="main", seq=1, entries=(Entry(set_at_ns=1, reason="fat finger", by="me", scope="account", seq=1),)
)


def settings(tmp_path: Path) -> LiveSettings:
    """An account whose state is in the test's folder."""
    return LiveSettings(state=str(tmp_path))


@contextmanager
def bot(tmp_path: Path, *, beating: bool = True, **beat: Any) -> Iterator[None]:
    """Make this process a running bot, with a heartbeat of its own or a changed one."""
    record = tmp_path / "record"
    record.mkdir(exist_ok=True)
    fields = {
        "ts_ns": NOW_NS,
        "seq": 1,
        "boot_id": boot_id(),
        "pid": os.getpid(),
        "pid_started_ns": started_ns(),
        "instance": "run-1",
        "mode": "live",
        "loop_lag_ms": 3.0,
        "decisions_total": 5,
        "last_decision_ts_ns": NOW_NS,
    }
    if beating:
        write_json(record / "heartbeat.json", Heartbeat(**(fields | beat)).model_dump(mode="json"))
    with seated(tmp_path / "main", presence(record=str(record))):
        yield


def seen(tmp_path: Path, latch: Latch = UNSET, now_ns: int = NOW_NS) -> Evidence:
    """What is found."""
    return gather(settings(tmp_path), now_ns=now_ns, look=lambda: latch)


def verdicts(evidence: Evidence) -> dict[str, str]:
    """Each check's verdict."""
    return {check["name"]: check["verdict"] for check in verify(evidence).data["checks"]}


def test_a_running_bot_is_fresh(tmp_path: Path) -> None:
    """Everything agrees: exit 0, twice."""
    with bot(tmp_path):
        evidence = seen(tmp_path)

        assert set(verdicts(evidence).values()) == {"PASS"}
        assert verify(evidence).exit_code() == 0
        assert (status(evidence).exit_code(), status(evidence).data["state"]) == (0, "fresh")


def test_nothing_running_is_stopped(tmp_path: Path) -> None:
    """`status` of the earlier system ended with 0 with nothing running."""
    evidence = seen(tmp_path)

    assert (status(evidence).exit_code(), status(evidence).data["state"]) == (2, "stopped")
    assert verify(evidence).exit_code() == 1


def test_what_a_dead_bot_left_behind_is_stopped(tmp_path: Path) -> None:
    """Its heartbeat and its lock file lie there and say nothing."""
    with bot(tmp_path):
        pass

    assert status(seen(tmp_path)).exit_code() == 2
    assert verdicts(seen(tmp_path))["single"] == "FAIL"


@pytest.mark.parametrize(
    ("beat", "failing"),
    [
        ({"ts_ns": NOW_NS - 16 * 10**9}, "heartbeat_age"),
        ({"ts_ns": NOW_NS + 6 * 10**9}, "heartbeat_age"),
        ({"ts_ns": NOW_NS - 7_040 * 3_600 * 10**9}, "heartbeat_age"),
        ({"pid": 1}, "pid_parity"),
        ({"pid": 2**22 + 1}, "pid_parity"),
        ({"pid_started_ns": started_ns() - 60 * 10**9}, "start_time"),
        ({"boot_id": "another boot"}, "pid_parity"),
        ({"loop_lag_ms": 1_001.0}, "loop_lag"),
    ],
)
def test_one_thing_that_does_not_agree_is_enough(tmp_path: Path, beat: dict[str, Any], failing: str) -> None:
    """A stale, future or foreign heartbeat, a pid given out again, a loop that hangs."""
    with bot(tmp_path, **beat):
        evidence = seen(tmp_path)

        assert verdicts(evidence)[failing] == "FAIL"
        assert verify(evidence).exit_code() == 1
        assert status(evidence).exit_code() == 1


@pytest.mark.parametrize("ts_ns", [NOW_NS + 4 * 10**9, NOW_NS - 14 * 10**9])
def test_a_little_off_is_no_alarm(tmp_path: Path, ts_ns: int) -> None:
    """Two clocks differ by a moment, and a beat is a moment old."""
    with bot(tmp_path, ts_ns=ts_ns):
        assert verify(seen(tmp_path)).exit_code() == 0


def test_a_lag_that_nobody_measured_is_unknown(tmp_path: Path) -> None:
    """Not measured is not good."""
    with bot(tmp_path, loop_lag_ms=None):
        assert verify(seen(tmp_path)).exit_code() == 3


def test_a_bot_without_a_heartbeat_cannot_be_told(tmp_path: Path) -> None:
    """Something holds the lock; how it is nobody says."""
    with bot(tmp_path, beating=False):
        evidence = seen(tmp_path)

        assert (status(evidence).exit_code(), status(evidence).data["state"]) == (3, "cannot tell")
        assert verify(evidence).exit_code() == 3


def test_a_damaged_heartbeat_cannot_be_told(tmp_path: Path) -> None:
    """Half a file is no evidence."""
    with bot(tmp_path):
        (tmp_path / "record" / "heartbeat.json").write_bytes(b'{"ts_ns":')
        assert status(seen(tmp_path)).exit_code() == 3


def test_a_set_latch_is_degraded(tmp_path: Path) -> None:
    """It runs and may not trade."""
    with bot(tmp_path):
        outcome = status(seen(tmp_path, SET))

        assert outcome.exit_code() == 1
        assert outcome.reasons == ("latch: set: fat finger",)


def test_a_latch_out_of_reach_cannot_be_told(tmp_path: Path) -> None:
    """Whether it could be stopped is part of how it stands."""

    def lost() -> Latch:
        raise ChannelError("gone")

    with bot(tmp_path):
        evidence = gather(settings(tmp_path), now_ns=NOW_NS, look=lost)
        assert status(evidence).exit_code() == 3


def test_a_stopped_process_is_not_running(tmp_path: Path) -> None:
    """SIGSTOP leaves lock and process in place; only its state gives it away."""
    program = (
        "import os, sys, signal\nfrom pathlib import Path\nfrom tests.live.test_verify import bot\n"
        "with bot(Path(sys.argv[1])):\n"
        "    sys.stdout.write('there\\n'); sys.stdout.flush(); sys.stdin.read()\n"
    )
    words = [sys.executable, "-c", program, str(tmp_path)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=Path.cwd()) as child:
        assert child.stdout
        assert child.stdout.readline() == b"there\n"
        child.send_signal(19)
        os.waitpid(child.pid, os.WUNTRACED)
        found = verdicts(seen(tmp_path))
        child.kill()

    assert found["process"] == "FAIL"
    assert found["pid_parity"] == "PASS"


@pytest.mark.parametrize("zone", ["Europe/Istanbul", "Asia/Kathmandu", "America/Los_Angeles", "UTC"])
def test_no_zone_makes_a_dead_bot_fresh(tmp_path: Path, zone: str) -> None:
    """A naive stamp read as UTC made an engine dead for three hours pass east of Greenwich."""
    stale = utc_now_ns() - 3 * 3_600 * 10**9
    words = [sys.executable, "-m", "seatrial", "live", "verify", "--json", "--set", f"live.state={tmp_path}"]
    with bot(tmp_path, ts_ns=stale):
        done = subprocess.run(words, capture_output=True, env=os.environ | {"TZ": zone}, check=False)
    checks = {check["name"]: check for check in json.loads(done.stdout)["checks"]}

    assert done.returncode == 1
    assert checks["heartbeat_age"]["verdict"] == "FAIL"
    assert checks["heartbeat_age"]["reason"].startswith("1080")
