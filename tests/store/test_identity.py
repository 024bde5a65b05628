"""What two equal runs may differ in, and that nothing else is hidden by it."""

from pathlib import Path

from seatrial.model.artifact import Provenance
from seatrial.model.atomic import json_bytes, write_json
from seatrial.store.identity import strip_identity
from seatrial.store.journal import Journal
from seatrial.store.manifest import ConfigFacts, Intent, Surroundings, build_manifest
from seatrial.store.record import Record, create_record


def a_record(out: Path, run_id: str, *, started_ns: int, value: int = 1) -> Record:
    """Make a small record; `value` is a result, everything else is identity."""
    manifest = build_manifest(
        Intent(run_id, "soak", 7, ("run", str(out)), planned_ns=10, started_ns=started_ns),
        ConfigFacts({"value": value}, {"value": str(out)}, "ab"),
        Provenance(kind="synthetic"),
        Surroundings(run_id, False, None, {"name": run_id}, {"python": run_id}),
    )
    record = create_record(out, "soak", run_id, {"run.json": json_bytes(manifest)})
    with Journal.create(record.journal, run_id) as journal:
        journal.append(1, "fill", {"value": value})
    write_json(record.iteration(0), {"kpis": {"net_bps": value}, "resources": {"rss_bytes": started_ns}})
    record.resources.write_text(run_id)
    return record


def test_equal_runs_are_equal_bytes(tmp_path: Path) -> None:
    """The same inputs give the same bytes, whoever ran it, when and where."""
    first = a_record(tmp_path / "a", "run-a", started_ns=1)
    second = a_record(tmp_path / "b", "run-bb", started_ns=2)

    assert strip_identity(first.path) == strip_identity(second.path)
    assert set(strip_identity(first.path)) == {
        "run.json",
        "journal.jsonl",
        "iterations/ITER_SUMMARY_0001.json",
    }


def test_a_different_result_is_different_bytes(tmp_path: Path) -> None:
    """A comparison that strips too much would call any two runs equal."""
    first = strip_identity(a_record(tmp_path / "a", "run-a", started_ns=1).path)
    second = strip_identity(a_record(tmp_path / "b", "run-a", started_ns=1, value=2).path)

    assert all(first[name] != second[name] for name in first)


def test_what_a_report_marks_as_identity_is_left_out(tmp_path: Path) -> None:
    """A page names the code it was made with, and still two equal runs compare equal."""
    pages = []
    for name in ("a", "b"):
        record = a_record(tmp_path / name, "run-a", started_ns=1)
        (record.path / "report.html").write_text(f"net 2.4 <!--identity-->commit {name}<!--/identity--> PASS")
        pages.append(strip_identity(record.path)["report.html"])

    assert pages == [b"net 2.4  PASS"] * 2
