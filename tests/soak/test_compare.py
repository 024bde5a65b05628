from itertools import pairwise
from pathlib import Path
from typing import Any

import orjson
import pytest
from tests.edge_sentinel.test_sentinel import recorded
from tests.judge.watch.voyages import Fault

from seatrial.cli import run
from seatrial.soak.compare import compare

HARM = Fault(hour=0, edge_bps=1.5)


def soaked(folder: Path, seed: int, fault: Fault | None = None, hours: int = 72) -> Path:
    """A soak as a record."""
    made = recorded(folder, seed, fault, hours)
    (made / "run.json").write_bytes(b"{}")
    return made


def named(said: dict[str, Any], name: str) -> dict[str, Any]:
    """One KPI's row."""
    found: dict[str, Any] = next(row for row in said["metrics"] if row["name"] == name)
    return found


def test_a_worse_edge_is_found_with_its_component(tmp_path: Path) -> None:
    """The net and the spread captured became worse; nothing else did."""
    said = compare(soaked(tmp_path / "a", 1), soaked(tmp_path / "b", 2, HARM)).document()

    assert (said["verdict"], said["exit_code"], said["paired"]) == ("FAIL", 1, True)
    assert {row["name"] for row in said["metrics"] if row["verdict"] == "worse"} == {"net_bps", "gross_bps"}
    low, high = named(said, "net_bps")["interval"]
    assert low <= -1.5 <= high


def test_of_two_good_runs_neither_is_worse(tmp_path: Path) -> None:
    """Twelve pairs of seeds over eleven KPIs, and not one alarm."""
    runs = [soaked(tmp_path / str(seed), seed) for seed in range(13)]

    said = [compare(first, second).document() for first, second in pairwise(runs)]

    assert [one["verdict"] for one in said].count("FAIL") <= 1


def test_better_is_told_from_worse(tmp_path: Path) -> None:
    """The other way round."""
    said = compare(soaked(tmp_path / "a", 1, HARM), soaked(tmp_path / "b", 2)).document()

    assert (said["verdict"], named(said, "net_bps")["verdict"]) == ("PASS", "better")


@pytest.mark.parametrize("hours", [3, 8])
def test_short_runs_are_unknown(tmp_path: Path, hours: int) -> None:
    """Eight hours that resemble each other settle nothing."""
    said = compare(soaked(tmp_path / "a", 1, hours=hours), soaked(tmp_path / "b", 2, hours=hours)).document()

    assert said["verdict"] in {"UNKNOWN", "PASS"}
    assert said["verdict"] == "UNKNOWN" or named(said, "net_bps")["effect"] is not None


def test_runs_of_different_markets_are_two_samples(tmp_path: Path) -> None:
    """Pairing what does not belong together would hide or invent a difference."""
    first, second = soaked(tmp_path / "a", 1), soaked(tmp_path / "b", 2)
    journal = second / "journal.jsonl"
    journal.write_bytes(journal.read_bytes().replace(b'"kind":"recorded"', b'"kind":"synthetic"'))

    assert compare(first, second).data["paired"] is False


def test_the_command_has_its_schema_and_exit_code(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 1 when the second is worse."""
    code = run(
        ["soak", "compare", str(soaked(tmp_path / "a", 1)), str(soaked(tmp_path / "b", 2, HARM)), "--json"]
    )

    assert (code, orjson.loads(capsys.readouterr().out)["schema"]) == (1, "seatrial.soak.compare/1")
