"""Status by its four exit codes; what leads to each is in the tests of verify."""

from pathlib import Path

from tests.live.test_verify import bot, seen

from seatrial.live.status import STATES, status


def test_the_four_answers_have_four_exit_codes() -> None:
    """A script branches on them."""
    assert STATES == ("fresh", "degraded", "stopped", "cannot tell")


def test_the_document_says_who_and_since_when(tmp_path: Path) -> None:
    """A watcher needs the record and the age of the beat, not a sentence."""
    with bot(tmp_path):
        document = status(seen(tmp_path, now_ns=seen(tmp_path).now_ns + 2 * 10**9)).document()

    assert document["schema"] == "seatrial.live.status/1"
    assert document["exit_code"] == 0
    assert (document["instance"], document["heartbeat_age_s"]) == ("run-1", 2.0)
    assert document["record"] == str(tmp_path / "record")
    assert {check["name"] for check in document["checks"]} == {
        "single", "process", "start_time", "pid_parity", "heartbeat_age", "loop_lag", "latch",
    }  # fmt: skip
