"""`config diff`: profiles, records, one of each."""

from pathlib import Path
from typing import Any

import pytest

from seatrial.config.compare import compare
from seatrial.config.manager import ConfigManager
from seatrial.model.atomic import write_json
from seatrial.model.errors import InputError


def record(folder: Path, **changes: Any) -> Path:
    """Write the part of a record's manifest that speaks of the configuration."""
    sets = [f"{key.replace('__', '.')}={value}" for key, value in changes.items()]
    resolved = ConfigManager().resolve("demo", sets=sets)
    folder.mkdir()
    manifest = {"run_id": "x", "config": resolved.values, "config_sources": resolved.sources_document}
    write_json(folder / "run.json", manifest)
    return folder


def keys(a: str, b: str) -> list[str]:
    """Return the keys that differ."""
    return [row["key"] for row in compare(a, b).data["differences"]]


def test_a_profile_does_not_differ_from_itself() -> None:
    """No false alarms, and exit 0 either way: a difference is no failure."""
    outcome = compare("demo", "demo")

    assert outcome.data["same"]
    assert outcome.lines == ("no setting differs between demo and demo",)
    assert outcome.exit_code() == 0


def test_differences_come_with_both_sources() -> None:
    """Which value, and which line of which file to open."""
    rows = {row["key"]: row for row in compare("demo", "ci").data["differences"]}

    row = rows["soak.iterations"]
    assert (row["a"], row["b"]) == (24, 6)
    assert row["a_source"].startswith("profiles/demo.yaml:")
    assert row["b_source"].startswith("profiles/ci.yaml:")
    assert "gates[rss_growth_ratio].at_most.hard" in rows
    assert "gates[coverage_ratio].at_least.hard" not in rows


def test_two_records_are_compared_by_what_they_ran_with(tmp_path: Path) -> None:
    """The question after a bad night: what was different?"""
    first = record(tmp_path / "a", seed=1)
    second = record(tmp_path / "b", seed=2)

    outcome = compare(str(first), str(second / "run.json"))

    assert [(row["key"], row["a"], row["b"]) for row in outcome.data["differences"]] == [("seed", 1, 2)]
    assert outcome.data["differences"][0]["b_source"] == "--set seed=2"


def test_a_profile_is_compared_with_the_run_that_claims_it(tmp_path: Path) -> None:
    """Did that run really use this profile?"""
    assert keys("demo", str(record(tmp_path / "a"))) == []
    assert keys(str(record(tmp_path / "b", soak__window_s=60)), "demo") == ["soak.window_s"]


def test_two_gates_on_one_kpi_are_told_apart() -> None:
    """A soak may bound the whole and the worst hour of the same measure."""
    assert "gates[net_bps#2].window" in keys("demo", "soak_72h")


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("run.json", "{", "is not JSON"),
        ("run.json", "[]", "config: is not a run manifest"),
        ("run.json", '{"config": 3}', "config: is not a run manifest"),
        ("other.txt", "x", "neither a profile nor a record"),
    ],
)
def test_a_side_that_is_no_configuration_is_named(tmp_path: Path, name: str, text: str, line: str) -> None:
    """Half a diff against nothing would read as `everything changed`."""
    (tmp_path / name).write_text(text)

    with pytest.raises(InputError, match=line) as caught:
        compare("demo", str(tmp_path))

    assert str(tmp_path) in caught.value.line


def test_a_missing_manifest_is_named() -> None:
    """A path that ends in .json is meant as a manifest."""
    with pytest.raises(InputError, match=r"gone\.json: cannot be read"):
        compare("gone.json", "demo")
