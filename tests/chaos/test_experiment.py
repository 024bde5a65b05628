"""The mirrored module reads an experiment and tries it."""

import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import orjson
import pytest
import yaml
from typer.testing import CliRunner

from seatrial.chaos.commands import app
from seatrial.chaos.experiment import load, run_experiment, schema
from seatrial.chaos.fault import FAULTS
from seatrial.chaos.fault.interface import Fault
from seatrial.chaos.undo import UndoLog
from seatrial.model.errors import InputError, OutsideError, UsageError

BEAT = """
import pathlib, time
while True:
    pathlib.Path('beat').write_text(str(time.monotonic()))
    time.sleep(0.05)
"""
FRESH = """
import pathlib, sys, time
sys.exit(time.monotonic() - float(pathlib.Path('beat').read_text() or 0) > 0.5)
"""


def document(**more: Any) -> dict[str, Any]:
    """An experiment on a process that beats, and is started again."""
    return {
        "name": "beat",
        "processes": {"bot": {"command": [sys.executable, "-S", "-c", BEAT], "restart": True}},
        "steady": [{"name": "beats", "command": [sys.executable, "-S", "-c", FRESH]}],
        "fault": {"kind": "process-pause", "target": "bot", "hold_s": 1.0},
        "recovery": {"within_s": 5, "settle_s": 0.3},
    } | more


def written(path: Path, **more: Any) -> Path:
    """The experiment as a file."""
    file = path / "beat.yaml"
    file.write_text(yaml.safe_dump(document(**more)))
    return file


def test_a_process_that_is_paused_comes_back(tmp_path: Path) -> None:
    """Bitten, seen in the steady state, lifted, recovered, undone."""
    outcome = run_experiment(written(tmp_path), UndoLog(tmp_path / "undo"))

    assert (outcome.exit_code(), outcome.data["bit"], outcome.data["undone"]) == (0, True, True)
    assert 0 < outcome.data["metrics"]["steady_ratio"] < 1
    assert [row["phase"] for row in outcome.data["metrics"]["phases"]] == [
        "set up", "steady", "inject", "propagate", "recover", "settle", "clean up",
    ]  # fmt: skip


def test_a_process_that_stays_dead_fails(tmp_path: Path) -> None:
    """A bot that nobody restarts has not survived its crash."""
    bot = {"command": [sys.executable, "-S", "-c", BEAT]}
    fault = {"kind": "process-kill", "target": "bot", "hold_s": 0.2}
    recovery = {"within_s": 1, "settle_s": 0.8}

    path = written(tmp_path, processes={"bot": bot}, fault=fault, recovery=recovery)
    outcome = run_experiment(path, UndoLog(tmp_path / "undo"))

    assert outcome.exit_code() == 1
    assert "not steady again" in outcome.reasons[0]


def test_a_disarmed_experiment_is_unknown(tmp_path: Path) -> None:
    """Everything was steady, because nothing happened."""
    outcome = run_experiment(written(tmp_path), UndoLog(tmp_path / "undo"), disarmed=True)

    assert (outcome.exit_code(), outcome.data["bit"]) == (3, False)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_undoes_first(number: signal.Signals, tmp_path: Path) -> None:
    """A cancelled CI job must not leave a stopped process behind."""
    path = written(tmp_path, fault={"kind": "process-pause", "target": "bot", "hold_s": 60})
    command = [
        sys.executable,
        "-m",
        "seatrial",
        "chaos",
        "run",
        str(path),
        "--undo-log",
        str(tmp_path / "undo"),
    ]
    drill = subprocess.Popen(command, stderr=subprocess.PIPE)
    notes, waiter = tmp_path / "undo", threading.Event()
    for _ in range(1_000):
        if len(list(notes.glob("*.json"))) == 3:
            break
        waiter.wait(0.02)

    drill.send_signal(number)
    drill.communicate(timeout=30)

    assert drill.returncode == 130
    assert list(notes.glob("*")) == []


def test_what_was_never_steady_is_unknown(tmp_path: Path) -> None:
    """A fault on something broken says nothing about the fault."""
    never = [{"name": "never", "command": [sys.executable, "-S", "-c", "raise SystemExit(1)"]}]
    fault = {"kind": "process-kill", "target": "bot", "proved_within_s": 0.3}

    outcome = run_experiment(written(tmp_path, steady=never, fault=fault), UndoLog(tmp_path / "undo"))

    assert outcome.exit_code() == 3
    assert "not steady before the fault" in outcome.reasons[0]


def test_a_fault_that_cannot_run_here_is_no_pass(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit 4: a machine without the means has tested nothing."""
    kind = FAULTS.get("process-pause")
    lame = Fault(kind.name, kind.text, lambda: "no such thing here", kind.apply, kind.defaults)
    monkeypatch.setitem(FAULTS._members, "process-pause", lame)

    with pytest.raises(OutsideError, match="cannot run here: no such thing here"):
        run_experiment(written(tmp_path), UndoLog(tmp_path / "undo"))
    listed = orjson.loads(CliRunner().invoke(app, ["list", "--json"]).stdout)
    assert {
        key: row[key]
        for row in listed["faults"]
        if row["name"] == "process-pause"
        for key in ("name", "available")
    } == {"name": "process-pause", "available": False}


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"name": "Bad Name"}, "name"),
        ({"steady": []}, "steady"),
        ({"fualt": 1}, "fualt"),
        ({"recovery": {"within_s": 0}}, "recovery.within_s"),
    ],
)
def test_a_mistake_in_the_file_names_its_field(more: dict[str, Any], field: str, tmp_path: Path) -> None:
    """An experiment that is misread runs the wrong fault on the right system."""
    with pytest.raises(InputError) as caught:
        load(written(tmp_path, **more))

    assert caught.value.where.field == field


def test_an_unknown_fault_is_named_before_anything_starts(tmp_path: Path) -> None:
    """Nothing is started for a fault that does not exist."""
    with pytest.raises(UsageError, match="no fault is called"):
        run_experiment(
            written(tmp_path, fault={"kind": "proces-kill", "target": "bot"}), UndoLog(tmp_path / "u")
        )

    assert not (tmp_path / "u").exists()


def test_the_schema_takes_what_the_program_takes() -> None:
    """Editors complete and check by it."""
    from jsonschema import validate

    validate(document(), schema().data["json_schema"])


def test_undo_says_what_it_did(tmp_path: Path) -> None:
    """Nothing to do is said too."""
    done = CliRunner().invoke(app, ["undo", "--undo-log", str(tmp_path), "--json"])

    assert orjson.loads(done.stdout)["undone"] == []
