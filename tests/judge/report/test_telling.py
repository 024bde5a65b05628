import hashlib
from dataclasses import asdict, replace
from pathlib import Path

import orjson
import pytest
from tests.golden_extension import Golden, refuse_rewriting_in_ci
from tests.judge import records

from seatrial.judge.history import History
from seatrial.judge.report import REPORTS
from seatrial.judge.report.drawing import draw
from seatrial.judge.report.page import page
from seatrial.judge.report.story import Story
from seatrial.judge.report.telling import render_all, tell
from seatrial.model.errors import InputError
from seatrial.model.profile import ReportSettings
from seatrial.model.verdict import Verdict

TEXTS = {"markdown": "md", "csv": "csv", "junit": "xml", "openmetrics": "prom"}


def without_library(story: Story) -> str:
    """The page as we wrote it: the chart library left out, the charts' data as one digest."""
    numbers = orjson.dumps(asdict(story.picture), option=orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_SORT_KEYS)
    drawing = draw(story.picture, interactive=False)
    digest = f'{{"picture_sha256":"{hashlib.sha256(numbers).hexdigest()}"}}'
    return page(story, replace(drawing, data=digest, scripts=("/* chart library */",)))


@pytest.mark.parametrize("name", TEXTS)
def test_a_report_says_what_it_said(name: str, story: Story, golden: Golden) -> None:
    """Somebody's CI reads these files; their form changes only on purpose."""
    assert REPORTS.get(name).render(story).decode() == golden(TEXTS[name])


def test_the_page_says_what_it_said(tmp_path: Path, golden: Golden) -> None:
    """The page is for people; a changed word is read before it is shipped."""
    record, verdict = records.build(tmp_path / "record"), records.verdict_file()

    few_points = ReportSettings(max_points=60)
    story = tell(record, verdict, History.read(record), few_points)

    assert without_library(story) == golden("html")


@pytest.mark.parametrize("name", TEXTS)
def test_a_run_without_evidence_says_what_it_said(name: str, empty: Story, golden: Golden) -> None:
    """The reports of a run that proved nothing are the ones that must not look green."""
    assert REPORTS.get(name).render(empty).decode() == golden(TEXTS[name])


def test_every_format_is_written(tmp_path: Path) -> None:
    """A record without one of its reports breaks whoever collects them."""
    record, verdict = records.build(tmp_path / "record"), records.verdict_file()

    files = render_all(record, verdict, History.read(record), ReportSettings())

    assert list(files) == ["report.html", "report.md", "summary.csv", "junit.xml", "metrics.prom"]
    assert all(files.values())


def test_equal_records_give_equal_bytes(tmp_path: Path) -> None:
    """Two runs of one seed are compared byte by byte, reports included."""
    verdict, settings = records.verdict_file(), ReportSettings()
    made = []
    for name in ("one", "two"):
        record = records.build(tmp_path / name)
        made.append(render_all(record, verdict, History.read(record), settings))

    assert made[0] == made[1]


def test_no_folder_of_this_machine_is_told(tmp_path: Path) -> None:
    """A report travels; where it was made is nobody's business and differs each time."""
    record, verdict = records.build(tmp_path / "record"), records.verdict_file()

    files = render_all(record, verdict, History.read(record), ReportSettings())

    assert not any(str(tmp_path).encode() in content for content in files.values())


def test_a_verdict_that_no_gate_brought_is_told_by_its_reason(tmp_path: Path) -> None:
    """A run that was cut short is UNKNOWN with every gate green; the headline must not blame a gate."""
    gate = records.gate("net_bps", Verdict.PASS, 3.0, "3 is at least 2.7", at_least={"hard": 2.0})
    passed = records.verdict_file(gate, reasons=("the run has not ended",))
    verdict = passed.model_copy(update={"verdict": Verdict.UNKNOWN})
    record = records.build(tmp_path / "record", verdict=verdict)

    assert tell(record, verdict, History.read(record), ReportSettings()).sentence == "the run has not ended"


def test_the_worst_gate_is_told_first(story: Story) -> None:
    """The reader came for what failed."""
    assert [row.result.verdict for row in story.gates] == ["FAIL", "UNKNOWN", "WARN", "PASS"]
    assert story.sentence == "1 gate of 4 went past a hard bound."


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("recorded", [("recorded", 1.0)]),
        ("resampled", [("recorded", 0.25), ("resampled", 0.75)]),
        ("synthetic", [("synthetic", 1.0)]),
    ],
)
def test_the_origin_of_the_market_is_told(kind: str, told: list[tuple[str, float]], tmp_path: Path) -> None:
    """A pass on a made-up market must not pass for one on a recorded market."""
    voyage = records.Voyage(iterations=2, provenance=kind)
    record = records.build(tmp_path / "record", voyage)

    story = tell(record, records.verdict_file(), History.read(record), ReportSettings())

    assert [(share.kind, share.ratio) for share in story.origin] == told


def test_measures_are_told_in_reading_order(tmp_path: Path) -> None:
    """The edge comes first, and a mark-out of 15 s does not come before one of 1 s."""
    names = (
        "markout_15s_bps",
        "ack_latency_ms_p95",
        "markout_1s_bps",
        "gross_bps",
        "markout_100ms_bps",
        "net_bps",
    )
    verdict = records.verdict_file().model_copy(update={"kpis": dict.fromkeys(names, 1.0)})
    record = records.build(tmp_path / "record", verdict=verdict)

    story = tell(record, verdict, History.read(record), ReportSettings())

    told = [kpi.name.removesuffix("_bps") for kpi in story.kpis]
    assert told == ["net", "gross", "ack_latency_ms_p95", "markout_100ms", "markout_1s", "markout_15s"]


def test_a_record_without_its_manifest_is_one_clear_error(tmp_path: Path) -> None:
    """Whoever gives the wrong folder should read which file is missing."""
    record = records.build(tmp_path / "record")
    history = History.read(record)
    (record / "run.json").unlink()

    with pytest.raises(InputError, match=r"run\.json: the file is missing"):
        tell(record, records.verdict_file(), history, ReportSettings())


def test_a_damaged_summary_names_its_file(tmp_path: Path) -> None:
    """One bad file of seventy-two must be findable."""
    record = records.build(tmp_path / "record")
    (record / "iterations" / "ITER_SUMMARY_0002.json").write_bytes(b'{"index": "two"}')

    with pytest.raises(InputError, match="ITER_SUMMARY_0002"):
        tell(record, records.verdict_file(), History.read(record), ReportSettings())


def test_ci_may_not_rewrite_goldens(pytestconfig: pytest.Config, monkeypatch: pytest.MonkeyPatch) -> None:
    """A golden that updates itself where nobody looks is not a test."""
    monkeypatch.setenv("CI", "1")
    monkeypatch.setattr(pytestconfig.option, "update_snapshots", True)

    with pytest.raises(pytest.UsageError, match="make golden"):
        refuse_rewriting_in_ci(pytestconfig)
