"""Every drill is green on a correct set-up, red on each planted wrong one, and unknown when disarmed."""

import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

import orjson
import pytest
from typer.testing import CliRunner

from seatrial.chaos.commands import app
from seatrial.chaos.drill import DRILLS
from seatrial.chaos.drill.interface import Drill
from seatrial.chaos.drill.running import run_drill
from seatrial.chaos.redis.fleet import FleetSettings
from seatrial.chaos.redis.lint import lint
from seatrial.chaos.undo import UndoLog, marked
from seatrial.model.errors import OutsideError

CASES = [(name, wrong) for name, drill in DRILLS for wrong in (None, *drill.wrong)]
# One drill with its load takes half a minute, so disarming is shown on the shortest and on a Redis one.
DISARMED = ["bot-crash", "redis-failover"]

# Drawn once: from the first import to well into the pause of the primary.
MOMENTS_MS = (390, 620, 910, 1_340, 1_780, 2_150, 2_890, 3_700, 4_600, 6_300)


def run(name: str, folder: Path, *options: str) -> dict[str, object]:
    """Run a drill as its user does; skip where this machine cannot."""
    reason = DRILLS.get(name).probe()
    if reason is not None:
        pytest.skip(reason)
    command = ["drill", name, "--json", "--undo-log", str(folder / "undo"), *options]
    told: dict[str, object] = orjson.loads(CliRunner().invoke(app, command).stdout)
    assert list((folder / "undo").glob("*")) == []
    return told


@pytest.mark.slow
@pytest.mark.parametrize(("name", "wrong"), CASES)
def test_a_drill_tells_right_from_wrong(name: str, wrong: str | None, tmp_path: Path) -> None:
    """A drill that has never been red proves nothing when it is green."""
    told = run(name, tmp_path, *(["--wrong", wrong] if wrong else []))

    expected = ("FAIL", 1) if wrong else ("PASS", 0)
    assert (told["verdict"], told["exit_code"]) == expected, told["reasons"]
    assert (told["bit"], told["undone"]) == (True, True)


@pytest.mark.slow
@pytest.mark.parametrize("name", DISARMED)
def test_a_disarmed_drill_is_unknown(name: str, tmp_path: Path) -> None:
    """All was well because nothing was done."""
    told = run(name, tmp_path, "--disarmed")

    assert (told["verdict"], told["exit_code"], told["bit"]) == ("UNKNOWN", 3, False)


@pytest.mark.slow
def test_a_drill_killed_at_any_moment_is_undone(tmp_path: Path) -> None:
    """Kill -9 in set-up, during the fault, after it: afterwards no process, stopped or not, and no folder."""
    reason = DRILLS.get("redis-pause").probe()
    if reason is not None:
        pytest.skip(reason)
    undo, left = UndoLog(tmp_path / "undo"), 0
    command = [
        sys.executable,
        "-m",
        "seatrial",
        "chaos",
        "drill",
        "redis-pause",
        "--undo-log",
        str(undo.folder),
    ]
    for moment_ms in MOMENTS_MS:
        drill = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        with suppress(subprocess.TimeoutExpired):
            drill.wait(moment_ms / 1_000)
        drill.kill()
        drill.wait()
        owed = [note.facts["mark"] for note in undo.notes() if note.kind == "processes"]
        left += sum(len(marked(mark)) for mark in owed)

        done = CliRunner().invoke(app, ["undo", "--undo-log", str(undo.folder)])

        assert done.exit_code == 0, done.output
        assert [process for mark in owed for process in marked(mark)] == []
        assert [mark for mark in owed if (Path(tempfile.gettempdir()) / mark).exists()] == []
        assert undo.notes() == []
    assert left > len(MOMENTS_MS)


def test_a_drill_that_cannot_run_is_exit_4(monkeypatch: pytest.MonkeyPatch) -> None:
    """A CI machine without Redis must not show a green drill."""
    real = DRILLS.get("redis-failover")
    lame = Drill(real.name, real.text, lambda: "redis-server is not installed", real.make, real.wrong)
    monkeypatch.setitem(DRILLS._members, "redis-failover", lame)

    with pytest.raises(OutsideError, match="cannot run here: redis-server"):
        run_drill("redis-failover", UndoLog(Path("nowhere")))


@pytest.mark.parametrize(
    ("more", "wait", "word"),
    [
        ({}, True, None),
        ({"min_replicas": 0}, False, "one server only"),
        ({"quorum": 4}, True, "never a failover"),
        ({"quorum": 3}, True, "larger than a majority"),
        ({"sentinels": 2}, True, "fewer than three"),
        ({"replicas": 1}, True, "no replica to lose"),
        ({"down_after_ms": 500}, True, "below 2000"),
        ({"max_lag_s": 10}, True, "two primaries"),
    ],
)
def test_settings_are_judged_before_anything_breaks(
    more: dict[str, int], wait: bool, word: str | None
) -> None:
    """The cheapest drill reads the settings."""
    found = lint(FleetSettings(**more), wait=wait)

    assert (found == []) if word is None else any(word in line for line in found)
