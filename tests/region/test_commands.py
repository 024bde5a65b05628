from pathlib import Path
from typing import Any

import orjson
import pytest

from seatrial.cli import run

from .series_files import side, written


def told(capsys: pytest.CaptureFixture[str], *argv: object) -> tuple[int, Any]:
    """Run a command with --json and return its exit code and document."""
    code = run([*map(str, argv), "--json"])
    return code, orjson.loads(capsys.readouterr().out)


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    """A control, an equal canary, a worse and a silent one."""
    sides = {
        "control": side(400, 2),
        "equal": side(400, 3),
        "worse": side(400, 3, level=2.0),
        "silent": side(0, 3),
    }
    return {name: written(tmp_path / f"{name}.csv", {"net_bps": rows}) for name, rows in sides.items()}


@pytest.mark.parametrize(
    ("canary", "code", "winner"), [("equal", 0, "none"), ("worse", 1, "control"), ("silent", 3, "none")]
)
def test_compare_has_the_agreed_keys_and_exit_codes(
    files: dict[str, Path], capsys: pytest.CaptureFixture[str], canary: str, code: int, winner: str
) -> None:
    """What a pipeline reads before it promotes."""
    ended, said = told(capsys, "canary", "compare", files["control"], files[canary])

    assert (ended, said["schema"], said["winner"]) == (code, "seatrial.canary.compare/1", winner)
    assert all({"name", "effect", "interval", "verdict"} <= set(one) for one in said["metrics"])


def test_a_rollout_goes_on_evidence_and_back_on_harm(
    files: dict[str, Path], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Confirm, harm, refused while latched, released."""
    state = ("--state", tmp_path / "rollout")
    argv = ("canary", "advance", files["control"])

    assert told(capsys, *argv, files["equal"], *state)[0] == 0
    assert told(capsys, *argv, files["silent"], *state)[0] == 3
    code, said = told(capsys, *argv, files["worse"], *state)
    assert (code, said["step"], said["share"]) == (1, "rolled_back", 0.0)
    assert told(capsys, *argv, files["equal"], *state)[0] == 5
    by = ("--by", "ann", "--reason", "mended")
    assert told(capsys, "canary", "rollback", *state, *by, "--release")[1]["latched"] is False


def test_a_plan_says_how_long(files: dict[str, Path], capsys: pytest.CaptureFixture[str]) -> None:
    """In blocks, samples and hours."""
    code, said = told(capsys, "canary", "plan", files["control"], "--effect", "1.0")

    assert code == 0
    assert said["detect_harm"]["hours"] == pytest.approx(said["detect_harm"]["samples"] / 60)


def test_a_and_a_says_its_own_error_rate(files: dict[str, Path], capsys: pytest.CaptureFixture[str]) -> None:
    """On the user's own data."""
    code, said = told(capsys, "canary", "compare", files["control"], files["equal"], "--aa", "20")

    assert (code, said["metrics"][0]["runs"]) == (0, 20)


@pytest.mark.parametrize(
    "options",
    [
        ["--margin", "net_bps"],
        ["--margin", "net_bps=nan"],
        ["--higher", "x", "--lower", "x"],
        ["--metric", "nothing_like_it"],
    ],
)
def test_a_bad_option_or_an_unknown_metric_never_passes(files: dict[str, Path], options: list[str]) -> None:
    """A misspelt metric is no check, which must not read as a passed one."""
    code = run(["canary", "compare", str(files["control"]), str(files["equal"]), *options])

    assert code == (3 if "--metric" in options else 2)
