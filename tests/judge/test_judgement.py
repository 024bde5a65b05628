import hashlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from seatrial.judge.gate.trial import Plan, events, trial
from seatrial.judge.history import History
from seatrial.judge.judgement import assess, judge, judge_history, summarise
from seatrial.model.artifact import IterationSummary, VerdictFile
from seatrial.model.errors import InputError, UsageError
from seatrial.model.profile import DEFAULT_GATES, Bounds, GateSettings
from seatrial.model.verdict import Verdict

from .records import Voyage, build
from .trials import write

GATES = (
    *DEFAULT_GATES,
    GateSettings(kpi="rss_growth_ratio", at_most=Bounds(hard=0.25, soft=0.15), window="whole"),
    GateSettings(kpi="quote_uptime_ratio", at_least=Bounds(hard=0.9, soft=0.95)),
)


def test_a_healthy_record_passes_and_names_what_it_was_judged_from(tmp_path: Path) -> None:
    """A pass is worth something only with the hashes of the files that it speaks of."""
    folder = write(tmp_path / "record")

    found = judge(folder, GATES)

    assert (found.verdict, found.reasons) == (Verdict.PASS, ("all 6 gates hold",))
    journal = hashlib.sha256((folder / "journal.jsonl").read_bytes()).hexdigest()
    assert found.inputs["journal.jsonl"] == journal
    assert set(found.inputs) == {"journal.jsonl", "resources.jsonl"}


@pytest.mark.parametrize(
    ("plan", "cause"),
    [
        (Plan(maker_ratio=0.1, fee_bps=-5.0), "the bot crosses the spread"),
        (Plan(fee_bps=-5.5), "the edge is too small, and mostly fees eat it"),
        (Plan(adverse_bps=-9.0), "the market moves against the fills"),
        (Plan(rss_growth_ratio=0.8), "the process leaks memory"),
        (Plan(quoting_ratio=0.2), "the bot stops quoting"),
        (Plan(latency_ms=900.0), "answers to the bot's orders come too late"),
        (Plan(risk_ratio=0.8), "the bot keeps asking for what its risk rules forbid"),
        (Plan(residual_ratio=1e-6), "the books do not close"),
    ],
)
def test_a_bad_bot_fails_with_its_cause_named(tmp_path: Path, plan: Plan, cause: str) -> None:
    """A number below a bound is not an explanation that anybody can act on."""
    found = judge(write(tmp_path / "record", plan), GATES)

    assert found.verdict is Verdict.FAIL
    assert any(cause in reason for reason in found.reasons)


# --- never PASS on nothing ----------------------------------------------------------------------


def test_an_empty_journal_is_unknown(tmp_path: Path) -> None:
    """A run that wrote nothing has shown nothing."""
    (tmp_path / "journal.jsonl").write_bytes(b"")

    found = judge(tmp_path, GATES)

    assert found.verdict is Verdict.UNKNOWN
    assert "the journal is empty: nothing was recorded" in found.reasons


def test_a_missing_journal_is_an_error(tmp_path: Path) -> None:
    """A wrong path must not look like a quiet run."""
    with pytest.raises(InputError, match="no journal"):
        judge(tmp_path, GATES)


def test_no_gates_is_unknown(tmp_path: Path) -> None:
    """A profile whose gates were lost releases nothing."""
    found = judge(write(tmp_path / "record"), ())

    assert (found.verdict, found.reasons) == (Verdict.UNKNOWN, ("no gate counts: nothing was judged",))


def test_gates_that_only_report_are_no_gates(tmp_path: Path) -> None:
    """Otherwise marking every gate as a trial would turn any run green."""
    quiet = [gate.model_copy(update={"report_only": True}) for gate in GATES]

    assert judge(write(tmp_path / "record"), quiet).verdict is Verdict.UNKNOWN


def test_a_misspelt_gate_is_an_error_before_the_record_is_read(tmp_path: Path) -> None:
    """A gate that nobody knows must stop the judgement, not drop out of it."""
    with pytest.raises(UsageError, match="did you mean"):
        judge(tmp_path / "nowhere", [GateSettings(kpi="net_bbs", at_least=Bounds(hard=1))])


def test_a_run_that_has_not_ended_is_unknown_unless_a_part_was_asked_for(tmp_path: Path) -> None:
    """What a killed soak left is good data about its first hours and no proof about the rest."""
    folder = write(tmp_path / "record", upto="run_finished")

    found = judge(folder, GATES)

    assert found.verdict is Verdict.UNKNOWN
    assert "the run has not ended: 12 of 12 iterations are there" in found.reasons
    assert judge(folder, GATES, partial=True).verdict is Verdict.PASS


@pytest.mark.parametrize(
    ("reason", "verdict"),
    [("interrupt", "UNKNOWN"), ("error", "UNKNOWN"), ("guard", "FAIL"), ("plan", "PASS")],
)
def test_how_a_run_ended_counts(reason: str, verdict: str) -> None:
    """Gates that held until somebody pulled the plug did not hold to the end."""
    history = trial(Plan())
    assert history.finished is not None
    history.finished["reason"] = reason

    assert judge_history(history, GATES).verdict.verdict == verdict


def test_a_run_without_fills_is_unknown(tmp_path: Path) -> None:
    """A market that nobody traded in says nothing about the edge."""
    found = judge(write(tmp_path / "record", Plan(fills_per_iteration=0.0)), GATES)

    assert found.verdict is Verdict.UNKNOWN


def test_a_failure_outranks_a_run_cut_short(tmp_path: Path) -> None:
    """A known failure does not become unknown because the run died of it."""
    folder = write(tmp_path / "record", Plan(edge_bps=-3.0), upto="run_finished")

    assert judge(folder, GATES).verdict is Verdict.FAIL


# --- the same bytes -----------------------------------------------------------------------------


def test_equal_runs_give_equal_verdicts_though_processes_differ(tmp_path: Path) -> None:
    """Resident memory is never the same twice; a passing measurement of it stays in RESOURCES.json."""
    found = [
        assess(write(tmp_path / name, Plan(rss_growth_ratio=growth)), GATES).documents
        for name, growth in (("a", 0.01), ("b", 0.02))
    ]
    first, second = (
        {key: value for key, value in one["verdict.json"].items() if key != "inputs"} for one in found
    )

    assert first == second
    assert found[0]["RESOURCES.json"] != found[1]["RESOURCES.json"]


def test_documents_carry_their_inputs_and_are_finite(tmp_path: Path) -> None:
    """Four files of one judgement must be recognisable as such, and readable by any JSON parser."""
    found = assess(write(tmp_path / "record"), GATES)

    assert set(found.documents) == {"verdict.json", "KPI_GATE.json", "EDGE_REPORT.json", "RESOURCES.json"}
    for document in found.documents.values():
        assert document["inputs"] == found.verdict.inputs
        assert _none_is_infinite(document)
    assert VerdictFile.model_validate(found.documents["verdict.json"]) == found.verdict
    assert (found.residual_ratio or 0.0) < 1e-20


def _none_is_infinite(value: Any) -> bool:
    if isinstance(value, Mapping):
        return all(_none_is_infinite(item) for item in value.values())
    if isinstance(value, list):
        return all(_none_is_infinite(item) for item in value)
    return not isinstance(value, float) or abs(value) < float("inf")


def test_the_edge_report_has_the_forms_that_programs_rely_on(tmp_path: Path) -> None:
    """Total, symbols and mark-outs: the same names as `edge audit` prints."""
    report = assess(write(tmp_path / "record"), GATES).documents["EDGE_REPORT.json"]

    keys = {"gross_bps", "adverse_bps", "inventory_bps", "fees_bps", "net_bps", "n", "notional"}
    assert keys <= set(report["total"])
    assert keys <= set(report["symbols"]["TRIAL"])
    assert report["total"]["n"] == 240
    assert set(report["markouts"]) == {"0.1", "1", "5", "15", "60", "300"}
    assert len(report["iterations"]) == 12


# --- iterations ---------------------------------------------------------------------------------


def test_an_iteration_is_summarised_the_same_live_and_afterwards() -> None:
    """The summary that a soak writes as it goes must agree with what the record says later."""
    plan = Plan(iterations=4)
    live, afterwards = History(), trial(plan)
    summaries = []
    for event in events(plan):
        live.add(event)
        if event["kind"] == "iteration":
            summaries.append(summarise(live, event["index"]))

    assert summaries == [summarise(afterwards, index) for index in range(4)]
    assert all(isinstance(one, IterationSummary) and one.fills == 20 for one in summaries)


def test_the_iteration_that_runs_now_can_be_summarised() -> None:
    """Guards decide before the iteration's end is journalled."""
    history = History()
    for event in events(Plan(iterations=3)):
        if event["kind"] == "iteration" and event["index"] == 2:
            break
        history.add(event)

    found = summarise(history, 2)

    assert (found.index, found.fills, found.coverage_ratio) == (2, 20, None)
    assert found.kpis["net_bps"] == pytest.approx(5.0)


def test_summaries_hold_every_component_and_no_measurement_of_the_machine() -> None:
    """Memory goes into the summary's resources, which equal runs may differ in."""
    found = summarise(trial(Plan()), 1)

    assert {"gross_bps", "net_bps", "residual_ratio", "notional"} <= set(found.components)
    assert "rss_growth_ratio" not in found.kpis
    assert found.components["net_bps"] == found.kpis["net_bps"]


def test_a_record_of_the_shared_builder_balances(tmp_path: Path) -> None:
    """An independent writer of records and this reader agree about the books."""
    found = assess(build(tmp_path / "record", replace(Voyage(), iterations=4)), GATES)

    assert found.residual_ratio is not None
    assert found.residual_ratio < 1e-9
