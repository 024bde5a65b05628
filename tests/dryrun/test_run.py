"""One run from start to verdict: what the record holds, and how it ends."""

import signal
from dataclasses import replace
from pathlib import Path

import orjson
import pytest
from tests.dryrun.fakes import START_NS, FakeFeed, FakeSession, fakes, signal_at

from seatrial.dryrun.asking import Ask
from seatrial.dryrun.run import run
from seatrial.dryrun.seams import Seams
from seatrial.model.errors import OutsideError, UsageError
from seatrial.model.outcome import Outcome
from seatrial.model.verdict import Verdict
from seatrial.store.identity import strip_identity
from seatrial.store.journal import read
from seatrial.store.manifest import read_manifest
from seatrial.store.record import Record, open_record
from seatrial.store.verify import verify


def ask(out: Path, **options: object) -> Ask:
    """Return a dry run of three windows of 10 s."""
    return Ask(**{"mode": "dryrun", "out": out, "iterations": 3, "window": "10s", "seed": 5, **options})  # type: ignore[arg-type]


def record_of(outcome: Outcome) -> Record:
    """Return the record that an outcome names."""
    return open_record(Path(outcome.data["record"]))


def test_a_run_ends_in_a_verdict_and_a_whole_record(tmp_path: Path) -> None:
    """The record is the interface: everything that was seen is in it, and it closes."""
    outcome = run(ask(tmp_path), seams=fakes())
    record = record_of(outcome)

    assert outcome.verdict is Verdict.PASS
    assert sorted(path.name for path in record.path.iterdir()) == [
        "heartbeat.json",
        "iterations",
        "journal.jsonl",
        "lock",
        "report.html",
        "run.json",
        "verdict.json",
    ]
    assert verify(record.journal) == []
    kinds = [event["kind"] for event in read(record.journal)]
    assert kinds[:3] == ["run_started", "config", "heartbeat"]
    assert kinds[-2:] == ["position", "run_finished"]
    assert kinds.count("iteration") == 3


def test_the_outcome_has_the_promised_keys(tmp_path: Path) -> None:
    """Outside programs rely on them."""
    outcome = run(ask(tmp_path), seams=fakes())

    assert set(outcome.data) == {"run_id", "record", "kpis", "iterations", "fills", "residual", "report"}
    assert outcome.data["iterations"] == 3
    assert outcome.data["fills"] == outcome.data["kpis"]["fills"] > 0
    assert outcome.data["run_id"].startswith("20231114T221320Z-dryrun-")
    assert outcome.data["run_id"].endswith("-5")
    assert outcome.lines[-1] == f"PASS  {outcome.data['report']}"
    assert outcome.name == "dryrun.run"


def test_the_manifest_is_completed(tmp_path: Path) -> None:
    """A release gate reads the manifest alone."""
    manifest = read_manifest(record_of(run(ask(tmp_path), seams=fakes())).manifest)

    assert (manifest.verdict, manifest.exit_code, manifest.stopped_by) == (Verdict.PASS, 0, "plan")
    assert manifest.covered_ns == manifest.planned_ns == 30 * 10**9
    assert manifest.ended_ns == START_NS


def test_a_dry_run_is_one_iteration_by_itself(tmp_path: Path) -> None:
    """It has no warm-up: whoever asks for one window wants that window judged."""
    outcome = run(ask(tmp_path, iterations=None), seams=fakes())
    summary = orjson.loads(record_of(outcome).iteration(0).read_bytes())

    assert outcome.data["iterations"] == 1
    assert summary["phase"] == "steady"


def test_equal_runs_are_equal_bytes_whatever_the_size_of_the_tapes(tmp_path: Path) -> None:
    """The size of a reader's buffer is nobody's input."""

    def files(chunk: int) -> dict[str, bytes]:
        outcome = run(ask(tmp_path / str(chunk)), seams=fakes(feed=lambda: FakeFeed(chunk=chunk)))
        return strip_identity(record_of(outcome).path)

    first, *others = [files(chunk) for chunk in (1, 7, 1_000)]
    assert all(other == first for other in others)


def test_no_data_is_unknown(tmp_path: Path) -> None:
    """No evidence is never a pass."""
    outcome = run(ask(tmp_path), seams=fakes(feed=lambda: FakeFeed(end_ns=START_NS)))

    assert outcome.verdict is Verdict.UNKNOWN
    assert outcome.exit_code() == 3
    assert outcome.data["iterations"] == 0


def test_data_that_end_early_end_the_run(tmp_path: Path) -> None:
    """The last window is as long as its data, and the manifest says how much was covered."""
    outcome = run(ask(tmp_path), seams=fakes(feed=lambda: FakeFeed(end_ns=START_NS + 15 * 10**9)))

    assert outcome.data["iterations"] == 2
    manifest = read_manifest(record_of(outcome).manifest)
    assert manifest.covered_ns == 15 * 10**9
    assert manifest.stopped_by == "plan"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_first_signal_ends_the_iteration_and_leaves_a_finished_record(
    tmp_path: Path, number: int
) -> None:
    """Somebody wants to see what there is so far, not to lose it."""
    before = signal.getsignal(signal.SIGINT)
    outcome = run(ask(tmp_path), seams=fakes(on_row=signal_at(150, number)))
    record = record_of(outcome)

    assert outcome.exit_code() == 130
    assert outcome.verdict is Verdict.PASS
    assert verify(record.journal) == []
    assert list(read(record.journal))[-1]["reason"] == "interrupt"
    manifest = read_manifest(record.manifest)
    assert (manifest.stopped_by, manifest.exit_code, manifest.verdict) == ("interrupt", 130, Verdict.PASS)
    assert 10 * 10**9 < manifest.covered_ns < 20 * 10**9
    assert signal.getsignal(signal.SIGINT) is before


def test_the_second_signal_is_obeyed_at_once(tmp_path: Path) -> None:
    """Whoever presses Ctrl-C twice does not want to wait for a verdict."""
    with pytest.raises(KeyboardInterrupt):
        run(ask(tmp_path), seams=fakes(on_row=signal_at(150, signal.SIGINT, times=2)))

    record = open_record(tmp_path / "dryrun" / "latest")
    assert list(read(record.journal))
    assert verify(record.journal) == []
    assert read_manifest(record.manifest).verdict is None


def test_an_error_is_written_into_the_manifest(tmp_path: Path) -> None:
    """Whoever finds the record must not take it for a run that is still going."""

    def fail(row: int) -> None:
        if row == 120:
            raise OutsideError("the bot has gone")

    with pytest.raises(OutsideError, match="the bot has gone"):
        run(ask(tmp_path), seams=fakes(on_row=fail))

    record = open_record(tmp_path / "dryrun" / "latest")
    manifest = read_manifest(record.manifest)
    assert (manifest.stopped_by, manifest.exit_code, manifest.verdict) == ("error", 4, None)
    assert verify(record.journal) == []


def test_two_runs_in_one_second_are_two_records(tmp_path: Path) -> None:
    """The stamp of a run id has seconds; a script is faster."""
    first, second = (run(ask(tmp_path), seams=fakes()) for _ in range(2))

    assert second.data["run_id"] == first.data["run_id"] + "-2"


def test_the_bot_starts_with_the_profiles_arguments(tmp_path: Path) -> None:
    """A dry run has no warm-up, hence no warm-up arguments either."""
    sessions: list[FakeSession] = []
    run(ask(tmp_path, sets=("soak.warmup_params.size=1",)), seams=fakes(sessions=sessions))

    assert sessions[0].calls == [("start", {})]


@pytest.mark.parametrize("wrong", ["gate", "bot"])
def test_a_name_that_nobody_knows_leaves_no_record(tmp_path: Path, wrong: str) -> None:
    """A misspelt gate is told before a soak of days, not after it."""
    seams = fakes()
    if wrong == "gate":
        options: dict[str, object] = {"sets": ('gates=[{"kpi": "net_bp", "at_least": {"hard": 1}}]',)}
        seams = replace(seams, check=Seams().check)
    else:
        options = {"bot": "no_such"}
        seams = replace(seams, session=Seams().session)

    with pytest.raises(UsageError, match=r"net_bp|no_such"):
        run(ask(tmp_path, **options), seams=seams)
    assert not (tmp_path / "dryrun").exists()
