"""Every drill is green on a correct set-up, red on each planted wrong one, and unknown when disarmed."""

from pathlib import Path

import orjson
import pytest
from typer.testing import CliRunner

from seatrial.chaos.commands import app
from seatrial.chaos.drill import DRILLS
from seatrial.chaos.drill.interface import Drill
from seatrial.chaos.redis.fleet import FleetSettings
from seatrial.chaos.redis.lint import lint

CASES = [(name, wrong) for name, drill in DRILLS for wrong in (None, *drill.wrong)]
# One drill with its load takes half a minute, so disarming is shown on the shortest and on a Redis one.
DISARMED = ["bot-crash", "redis-failover"]


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


def test_a_drill_that_cannot_run_is_exit_4(monkeypatch: pytest.MonkeyPatch) -> None:
    """A CI machine without Redis must not show a green drill."""
    from seatrial.chaos.drill.running import run_drill
    from seatrial.chaos.undo import UndoLog
    from seatrial.model.errors import OutsideError

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
