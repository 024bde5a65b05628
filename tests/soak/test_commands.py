"""The `soak` commands: parse, call, speak once, exit; and as processes, Ctrl-C, SIGTERM and kill -9."""

import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import orjson
import pytest

from seatrial.cli import run as cli
from seatrial.store.identity import strip_identity
from seatrial.store.journal import read
from seatrial.store.manifest import read_manifest
from seatrial.store.record import Record, open_record
from seatrial.store.verify import verify


def document(capfd: pytest.CaptureFixture[str]) -> dict[str, object]:
    """Return the one JSON document on stdout."""
    text = capfd.readouterr().out
    assert text.count("\n") == 1
    found: dict[str, object] = orjson.loads(text)
    return found


@pytest.mark.parametrize(
    ("words", "code", "names"),
    [
        (["soak", "run", "--window", "5 weeks"], 2, "5 weeks"),
        (["soak", "run", "--iterations", "0"], 2, "iterations"),
        (["soak", "run", "--profile", "no_such"], 2, "no_such"),
        (["soak", "run", "--data", "no_such"], 2, "no_such"),
        (["soak", "run", "--bot", "no_such"], 2, "no_such"),
        (["soak", "run", "--set", "soak.iteration=3"], 2, "iterations"),
        (["soak", "resume", "no_such"], 2, "no_such"),
        (["soak", "report", "no_such"], 2, "no_such"),
        (["soak", "status", "no_such"], 2, "no_such"),
        (["dryrun", "run", "--window", "0s"], 2, "0s"),
        (["dryrun", "run", "--data", "no_such"], 2, "no_such"),
    ],
)
def test_bad_words_are_one_line_and_exit_2(
    words: list[str],
    code: int,
    names: str,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The line names what was wrong, and nothing is left behind that looks like a run."""
    monkeypatch.chdir(tmp_path)

    assert cli(words) == code
    captured = capfd.readouterr()
    assert names in captured.err
    assert captured.out == ""
    assert not list(tmp_path.glob("artifacts/*/[!.]*"))


def test_an_error_is_one_document_with_json(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A script reads stdout and nothing else."""
    monkeypatch.chdir(tmp_path)

    assert cli(["soak", "status", "--json"]) == 2
    found = document(capfd)
    assert (found["schema"], found["exit_code"]) == ("seatrial.error/1", 2)


def test_an_out_that_is_a_file_is_exit_4(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk let us down, not the bot."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("")

    assert cli(["dryrun", "run", "--out", "file", "--window", "10s"]) == 4
    assert "file" in capfd.readouterr().err


# The command itself, but each iteration's end is a line on stdout, so that a test can wait for it.
_TOLD = """
import sys
from contextlib import contextmanager
from seatrial.cli import run
from seatrial.soak import console

@contextmanager
def watching(*, wanted):
    yield lambda progress: print(progress.done, flush=True)

console.watching = watching
sys.exit(run(sys.argv[1:]))
"""
PLAN = ("--profile", "ci", "--window", "60s", "--no-fast", "--seed", "3")


def started(out: Path, *, iterations: int) -> subprocess.Popen[str]:
    """Start a soak that tells of its iterations."""
    words = ("soak", "run", *PLAN, "--iterations", str(iterations), "--out", str(out), "--json")
    return subprocess.Popen(
        [sys.executable, "-c", _TOLD, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def signalled(out: Path, numbers: Sequence[int], *, iterations: int = 500) -> tuple[int, list[str], Record]:
    """Soak, send the signals after the second iteration, and return exit code, last lines and record."""
    process = started(out, iterations=iterations)
    assert process.stdout is not None
    for line in process.stdout:
        if line.strip() == "2":
            break
    for number in numbers:
        process.send_signal(number)
    rest, _ = process.communicate()
    return process.returncode, rest.splitlines(), open_record(out / "soak" / "latest")


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_one_signal_ends_in_a_verdict_and_exit_130(tmp_path: Path, number: int) -> None:
    """What there is so far is judged, reported and closed."""
    code, lines, record = signalled(tmp_path, [number])

    assert code == 130
    document = orjson.loads(lines[-1])
    assert document["exit_code"] == 130
    assert document["verdict"] in {"UNKNOWN", "FAIL"}
    assert Path(document["report"]).is_file()
    assert read_manifest(record.manifest).stopped_by == "interrupt"
    assert list(read(record.journal))[-1]["reason"] == "interrupt"
    assert verify(record.journal) == []


@pytest.mark.slow
def test_two_signals_end_it_at_once_and_it_can_be_resumed(tmp_path: Path) -> None:
    """No verdict is waited for; nothing is lost either."""
    # Two of one kind may arrive as one: the system does not count signals.
    code, _, record = signalled(tmp_path, [signal.SIGINT, signal.SIGTERM])

    assert code == 130
    assert read_manifest(record.manifest).verdict is None
    assert record.checkpoint.is_file()
    assert {finding.kind for finding in verify(record.journal)} <= {"torn_tail"}


@pytest.mark.slow
def test_a_killed_command_is_resumed_to_the_same_record(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """The whole way, as a person goes it: run, power cut, resume."""
    cli(["soak", "run", *PLAN, "--iterations", "6", "--out", str(tmp_path / "whole"), "--quiet"])
    code, _, record = signalled(tmp_path / "killed", [signal.SIGKILL], iterations=6)
    assert code == -signal.SIGKILL

    cli(["soak", "resume", str(record.path), "--no-fast", "--quiet"])

    assert capfd.readouterr().out.splitlines()[-1].endswith("report.html")
    whole = open_record(tmp_path / "whole" / "soak" / "latest")
    assert strip_identity(record.path) == strip_identity(whole.path)


@pytest.mark.slow
def test_a_second_instance_is_exit_5(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """`already running` is never 0, and the line says who runs."""
    process = started(tmp_path, iterations=500)
    assert process.stdout is not None
    process.stdout.readline()
    try:
        assert cli(["soak", "resume", str(tmp_path / "soak" / "latest")]) == 5
        assert f"pid {process.pid}" in capfd.readouterr().err
        assert cli(["soak", "status", str(tmp_path / "soak" / "latest"), "--json"]) == 0
        assert orjson.loads(capfd.readouterr().out)["state"] == "running"
    finally:
        process.kill()
        process.communicate()
