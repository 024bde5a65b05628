"""The live commands as a script meets them: exit codes, one JSON document, one line on an error."""

import json
from pathlib import Path
from typing import Any

import pytest

from seatrial import cli


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty folder, and an account whose state is in it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SEATRIAL_LIVE__STATE", str(tmp_path / "state"))


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, Any]:
    """Exit code and document of a command."""
    code = cli.run(["live", *words, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_a_stop_is_set_echoed_and_cleared(capsys: pytest.CaptureFixture[str]) -> None:
    """The whole life of a latch, by its exit codes."""
    words = ("emergency-stop", "--reason", "fat finger")
    code, document = run(capsys, *words, "--wait", "1ms")
    assert (code, document["schema"], document["verdict"]) == (3, "seatrial.live.emergency-stop/1", "UNKNOWN")
    assert document["latch"]["reason"] == "fat finger"

    code, document = run(capsys, "emergency-stop", "--clear", "--reason", "fat")
    assert (code, document["error"]) == (5, "RefusedError")
    assert "echo it exactly: fat finger" in document["message"]
    assert run(capsys, *words, "--clear")[0] == 0
    assert run(capsys, *words, "--clear")[0] == 5, "there is nothing to clear any more"


def test_a_place_out_of_reach_is_exit_4(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """The stop could not even be set: that is not a silent bot."""
    (tmp_path / "file").write_text("a file stands where the folder should be")
    place = f"live.latch.place={tmp_path / 'file'}"
    code, document = run(capsys, "emergency-stop", "--reason", "stop", "--set", place)

    assert (code, document["exit_code"]) == (4, 4)


def test_a_stop_needs_its_reason(capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 2, and nothing was set."""
    assert run(capsys, "emergency-stop")[0] == 2
    assert run(capsys, "emergency-stop", "--reason", "  ")[0] == 2
    assert run(capsys, "status")[1]["checks"][-1] == {"name": "latch", "verdict": "PASS", "reason": "not set"}


def test_status_and_verify_of_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """Stopped is 2, and verify fails."""
    code, document = run(capsys, "status")
    assert (code, document["state"], document["schema"]) == (2, "stopped", "seatrial.live.status/1")
    code, document = run(capsys, "verify")
    assert (code, document["verdict"], document["schema"]) == (1, "FAIL", "seatrial.live.verify/1")
    assert {"name", "verdict", "reason"} == set(document["checks"][0])


def test_another_account_has_its_own_latch(capsys: pytest.CaptureFixture[str]) -> None:
    """A stop of one account does not stop another."""
    run(capsys, "emergency-stop", "--reason", "stop", "--wait", "1ms", "--account", "one")

    latch = [run(capsys, "verify", "--account", name)[1]["checks"][-1]["verdict"] for name in ("one", "two")]
    assert latch == ["FAIL", "PASS"]


def test_check_transition_answers_with_its_exit_code(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """3 without evidence, 1 for two steps at once, 0 back; and nothing is created."""
    assert run(capsys, "check-transition", "testnet")[0] == 3
    assert run(capsys, "check-transition", "dryrun", "testnet")[0] == 1
    assert run(capsys, "check-transition", "live-full", "dryrun")[0] == 0
    assert run(capsys, "check-transition", "paper")[0] == 2
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("run",), 2, "no symbols"),
        (("run", "--set", "market.symbols=[BTCUSDT]"), 2, "does not name the account's keys"),
        (("run", "--set", "live.stage=live-full"), 2, "real money, and venue.testnet is on"),
        (("run", "--set", "live.state=here"), 2, "must be an absolute path"),
        (("run", "--set", "live.latch.place=redis://:x@h/0"), 2, "name the secret"),
        (("run", "--set", "live.account=../x"), 2, "live.account"),
        (("run", "--for", "soon"), 2, "not a length of time"),
        (("orders", "--set", "market.symbols=[BTCUSDT]"), 2, "there is no order log"),
        (("reconcile",), 2, "no symbols"),
        (("status", "--set", "live.latch.channel=pigeon"), 2, "no latch is called 'pigeon'"),
    ],
)
def test_what_makes_no_sense_is_one_clear_error(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, words: tuple[str, ...], code: int, said: str
) -> None:
    """Nothing half-made is left behind."""
    found, document = run(capsys, *words)

    assert (found, document["schema"]) == (code, "seatrial.error/1")
    assert said in f"{document['message']} {document['where']}"
    assert not list(tmp_path.rglob("*.sqlite"))
    assert not (tmp_path / "artifacts" / "live").exists()
