from pathlib import Path
from typing import Any

import orjson
import pytest

from seatrial.cli import run
from seatrial.judge.gate.trial import Plan
from seatrial.model.profile import DEFAULT_GATES, Profile

from .records import build, manifest
from .trials import write


def record(folder: Path, plan: Plan | None = None, **values: Any) -> Path:
    """Write a trial run as a record that holds its whole configuration."""
    write(folder, plan, values={**Profile().model_dump(mode="json"), **values})
    (folder / "run.json").write_bytes(orjson.dumps(manifest().model_dump(mode="json")))
    return folder


def told(capsys: pytest.CaptureFixture[str], *argv: str) -> tuple[int, Any]:
    """Run a command with --json and return its exit code and document."""
    code = run([*argv, "--json"])
    return code, orjson.loads(capsys.readouterr().out)


def test_check_judges_a_record_by_its_own_gates(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 0 and the agreed keys: what a release pipeline reads."""
    code, said = told(capsys, "gate", "check", str(record(tmp_path / "record")))

    assert (code, said["schema"], said["verdict"], said["exit_code"]) == (
        0,
        "seatrial.gate.check/1",
        "PASS",
        0,
    )
    assert [one["kpi"] for one in said["gates"]] == [gate.kpi for gate in DEFAULT_GATES]
    assert {"kpi", "verdict", "value", "bound", "reason", "n", "interval"} <= set(said["gates"][0])


@pytest.mark.parametrize(
    ("plan", "options", "code"),
    [
        (Plan(edge_bps=1.0), (), 1),
        (Plan(edge_bps=2.3), (), 0),
        (Plan(edge_bps=2.3), ("--strict",), 1),
        (Plan(fills_per_iteration=0.0), (), 3),
        (Plan(edge_bps=1.0), ("--profile", "lenient.yaml"), 0),
    ],
)
def test_check_ends_in_the_verdicts_exit_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, plan: Plan, options: tuple[str, ...], code: int
) -> None:
    """0 pass or warn, 1 fail, 3 unknown; --strict lets a warning fail."""
    monkeypatch.chdir(tmp_path)
    Path("lenient.yaml").write_text("gates:\n  - {kpi: net_bps, at_least: {hard: 0.5}}\n", encoding="utf-8")

    assert run(["gate", "check", str(record(tmp_path / "record", plan)), *options]) == code


def test_a_record_with_an_empty_gate_list_is_unknown(tmp_path: Path) -> None:
    """Nothing was asked, so nothing was answered: exit 3, not 0."""
    assert run(["gate", "check", str(record(tmp_path / "record", gates=[]))]) == 3


def test_a_record_that_kept_no_gates_is_unknown(tmp_path: Path) -> None:
    """Default gates must not be put into the mouth of a record that says nothing about gates."""
    assert run(["gate", "check", str(build(tmp_path / "record"))]) == 3


def test_check_needs_a_record(tmp_path: Path) -> None:
    """Bad input is exit 2, whatever is wrong with it."""
    assert run(["gate", "check", str(tmp_path / "nowhere")]) == 2
    assert run(["gate", "check", str(tmp_path)]) == 2


def test_check_refuses_a_record_without_a_journal(tmp_path: Path) -> None:
    """A manifest alone is a claim; the journal is the evidence."""
    folder = record(tmp_path / "record")
    (folder / "journal.jsonl").unlink()

    assert run(["gate", "check", str(folder)]) == 2


def test_a_profile_with_a_misspelt_gate_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the file, the gate and the name that was meant."""
    monkeypatch.chdir(tmp_path)
    Path("typo.yaml").write_text("gates:\n  - {kpi: net_bips, at_least: {hard: 1}}\n", encoding="utf-8")

    assert run(["gate", "check", str(record(tmp_path / "record")), "--profile", "typo.yaml"]) == 2
    assert run(["gate", "list", "--profile", "typo.yaml"]) == 2
    assert run(["gate", "selftest", "--profile", "typo.yaml"]) == 2
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 3
    assert all("typo.yaml: gates.0.kpi" in line and "net_bps" in line for line in said)


def test_set_without_a_profile_is_refused(tmp_path: Path) -> None:
    """A setting that changes nothing must not look as if it did."""
    assert run(["gate", "check", str(record(tmp_path / "record")), "--set", "seed=1"]) == 2


def test_selftest_ends_green_when_every_gate_bites(capsys: pytest.CaptureFixture[str]) -> None:
    """The gates of the defaults do."""
    code, said = told(capsys, "gate", "selftest")

    assert (code, said["verdict"], len(said["gates"])) == (0, "PASS", len(DEFAULT_GATES))


@pytest.mark.parametrize(
    ("gates", "code"),
    [("[]", 3), ("[{kpi: risk_ratio, at_most: {hard: 1}}]", 1), ("[{kpi: net_bps, at_least: {soft: 1}}]", 0)],
)
def test_selftest_tells_dull_gates(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, gates: str, code: int
) -> None:
    """None is unknown, one that cannot fail is a failure."""
    monkeypatch.chdir(tmp_path)
    Path("mine.yaml").write_text(f"gates: {gates}\n", encoding="utf-8")

    assert run(["gate", "selftest", "--profile", "mine.yaml"]) == code


def test_explain_knows_one_kpi_and_all(capsys: pytest.CaptureFixture[str]) -> None:
    """Unit, direction and formula, for whoever sets a bound."""
    _, one = told(capsys, "gate", "explain", "maker_share_ratio")
    _, every = told(capsys, "gate", "explain")

    assert (one["unit"], one["better"], one["domain"]) == ("ratio", "higher", [0, 1])
    assert len(every["kpis"]) > 30
    assert run(["gate", "explain", "maker_ratio_share"]) == 2


def test_list_shows_bounds_and_units(capsys: pytest.CaptureFixture[str]) -> None:
    """What a profile will be judged by, before it runs."""
    code, said = told(capsys, "gate", "list", "--set", "gates=[]")

    assert (code, said["verdict"], said["gates"]) == (0, None, [])
    assert told(capsys, "gate", "list")[1]["gates"][0]["unit"] == "bps"


def test_a_guard_compares_with_the_golden_record_that_is_given(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit 3 without one, 1 when it is worse by more than allowed, 0 when it is not."""
    guards = [{"kpi": "net_bps", "worse_by": {"hard": 1.0}}]
    worse = record(tmp_path / "worse", Plan(edge_bps=3.0), gates=guards)
    golden, near = (record(tmp_path / str(edge), Plan(edge_bps=edge)) for edge in (5.0, 3.5))

    assert told(capsys, "gate", "check", str(worse))[0] == 3
    assert told(capsys, "gate", "check", str(worse), "--baseline", str(golden))[0] == 1
    code, said = told(capsys, "gate", "check", str(worse), "--baseline", str(near))
    assert (code, said["gates"][0]["bound"]) == (0, {"at_least": {"hard": pytest.approx(2.5)}})


def test_a_guard_s_own_golden_record_is_found_and_a_lost_one_is_an_error(tmp_path: Path) -> None:
    """A baseline that moved away must not become a gate that is skipped."""
    golden = record(tmp_path / "golden", Plan(edge_bps=5.0))
    for name, path, code in (("here", golden, 1), ("gone", tmp_path / "nowhere", 2)):
        guards = [{"kpi": "net_bps", "worse_by": {"hard": 1.0}, "baseline": str(path)}]
        assert run(["gate", "check", str(record(tmp_path / name, Plan(edge_bps=3.0), gates=guards))]) == code
