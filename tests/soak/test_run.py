"""A soak: phases, guards, checkpoints, and a record that a killed run leaves behind."""

import signal
from pathlib import Path
from typing import Any

import orjson
import pytest
from tests.dryrun.fakes import FakeFeed, FakeSession, fakes, signal_at, stop_at

from seatrial.dryrun.asking import Ask
from seatrial.model.errors import InputError, RefusedError, UsageError
from seatrial.model.outcome import Outcome
from seatrial.model.verdict import Verdict
from seatrial.soak.progress import Progress
from seatrial.soak.run import resume, run
from seatrial.store.identity import strip_identity
from seatrial.store.journal import read
from seatrial.store.lock import held
from seatrial.store.manifest import read_manifest
from seatrial.store.record import Record, open_record
from seatrial.store.verify import verify


def ask(out: Path, **options: Any) -> Ask:
    """Return a soak of five windows of 10 s, the first of them warm-up."""
    return Ask(**{"mode": "soak", "out": out, "iterations": 5, "window": "10s", "seed": 5, **options})


def record_of(outcome: Outcome) -> Record:
    """Return the record that an outcome names."""
    return open_record(Path(outcome.data["record"]))


def summaries(record: Record) -> list[dict[str, Any]]:
    """Return the iteration summaries in order."""
    return [orjson.loads(path.read_bytes()) for path in sorted(record.iterations.iterdir())]


def killed(out: Path, row: int) -> Record:
    """Leave the record of a soak that stopped at that row without an end."""
    with pytest.raises(KeyboardInterrupt):
        run(ask(out), seams=fakes(on_row=stop_at(row)))
    return open_record(out / "soak" / "latest")


def test_a_soak_has_its_phases_and_measures_itself(tmp_path: Path) -> None:
    """Warm-up is judged apart, and memory is watched from the first iteration."""
    outcome = run(ask(tmp_path), seams=fakes())
    record = record_of(outcome)
    found = summaries(record)

    assert [summary["phase"] for summary in found] == ["warmup", *["steady"] * 4]
    assert all(summary["resources"]["rss_bytes"] > 10**6 for summary in found)
    assert [orjson.loads(line)["iteration"] for line in record.resources.read_bytes().splitlines()] == [
        0,
        1,
        2,
        3,
        4,
    ]
    assert not record.checkpoint.exists()
    assert outcome.name == "soak.run"
    assert verify(record.journal) == []


def test_warm_up_arguments_are_taken_back_at_the_steady_state(tmp_path: Path) -> None:
    """A soak of the warm-up's settings would be a soak of another bot."""
    sessions: list[FakeSession] = []
    sets = (
        "bot.params.size=5",
        "bot.params.skew=1",
        "soak.warmup_params.size=1",
        "soak.rampdown_iterations=1",
    )
    run(ask(tmp_path, sets=sets), seams=fakes(sessions=sessions))

    assert sessions[0].calls == [
        ("start", {"size": 1, "skew": 1}),
        ("set_params", {"size": 5, "skew": 1}),
        ("set_mode", "reduce_only"),
    ]


def test_a_guard_freezes_and_lifts(tmp_path: Path) -> None:
    """The bot stops by itself, the journal says why, and it gets its way back."""
    guards = ("min_net_bps=9999", "min_fills=1", "debounce=2", "recover=2")
    sets = tuple(f"soak.guards.{guard}" for guard in guards)
    sessions: list[FakeSession] = []
    outcome = run(ask(tmp_path, iterations=8, sets=sets), seams=fakes(sessions=sessions))
    found = summaries(record_of(outcome))

    modes = [mode for call, mode in sessions[0].calls if call == "set_mode"]
    assert modes == ["frozen", "normal", "frozen"]
    assert [summary["freeze"] for summary in found] == [*["none"] * 3, "full", "full", "none", "none", "full"]
    assert found[0]["guards"] == []
    assert found[1]["guards"] == found[2]["guards"] == ["net_bps"]
    freezes = [event for event in read(record_of(outcome).journal) if event["kind"] == "freeze"]
    assert freezes[0]["guard"] == "net_bps"
    assert "below 9999" in freezes[0]["reason"]


def test_progress_is_told_after_each_iteration(tmp_path: Path) -> None:
    """Long work shows how far it is."""
    told: list[Progress] = []
    run(ask(tmp_path), told=told.append, seams=fakes())

    assert [progress.done for progress in told] == [0, 1, 2, 3, 4, 5]
    assert told[-1].planned == 5


@pytest.mark.parametrize("row", [1, 99, 100, 101, 250, 499, 500])
def test_a_resumed_soak_ends_as_if_nothing_had_happened(tmp_path: Path, row: int) -> None:
    """A night's work is not lost, and the verdict does not depend on the accident."""
    whole = run(ask(tmp_path / "whole"), seams=fakes())
    record = killed(tmp_path / "killed", row)
    assert read_manifest(record.manifest).verdict is None

    again = resume(record.path, seams=fakes())

    assert again.exit_code() == whole.exit_code()
    assert strip_identity(record.path) == strip_identity(record_of(whole).path)
    assert verify(record.journal) == []
    assert not record.checkpoint.exists()
    lines = record.resources.read_bytes().splitlines()
    assert [orjson.loads(line)["iteration"] for line in lines] == [0, 1, 2, 3, 4]


def test_a_soak_can_be_killed_and_resumed_again_and_again(tmp_path: Path) -> None:
    """A machine that crashes once crashes twice."""
    whole = run(ask(tmp_path / "whole"), seams=fakes())
    record = killed(tmp_path / "killed", 150)
    for row in (60, 160):
        with pytest.raises(KeyboardInterrupt):
            resume(record.path, seams=fakes(on_row=stop_at(100 + row)))
    resume(record.path, seams=fakes())

    assert strip_identity(record.path) == strip_identity(record_of(whole).path)


def test_a_finished_soak_is_left_alone_by_resume(tmp_path: Path) -> None:
    """A loop that resumes until it is done must come to an end, with the same answer."""
    outcome = run(ask(tmp_path), seams=fakes())
    record = record_of(outcome)
    before = {path: path.read_bytes() for path in record.path.rglob("*.*") if path.is_file()}

    again = resume(record.path, seams=fakes())

    assert again.verdict is outcome.verdict
    assert "had ended already" in again.reasons[0]
    assert before == {path: path.read_bytes() for path in record.path.rglob("*.*") if path.is_file()}


def test_another_instance_on_the_record_is_exit_5_and_changes_nothing(tmp_path: Path) -> None:
    """Two writers of one journal would destroy it."""
    record = killed(tmp_path, 150)
    before = record.manifest.read_bytes()
    with held(record.lock), pytest.raises(RefusedError, match="pid") as caught:
        resume(record.path, seams=fakes())

    assert caught.value.exit_code == 5
    assert record.manifest.read_bytes() == before


def test_changed_data_are_refused(tmp_path: Path) -> None:
    """Half a run on one market and half on another is a verdict on neither."""
    record = killed(tmp_path, 150)
    other = FakeFeed()
    other.provenance = other.provenance.model_copy(update={"sha256": "1" * 64})

    with pytest.raises(InputError, match="data have changed"):
        resume(record.path, seams=fakes(feed=lambda: other))


def test_a_journal_that_was_cut_behind_the_checkpoint_is_refused(tmp_path: Path) -> None:
    """What the checkpoint stands on must be there."""
    record = killed(tmp_path, 350)
    record.journal.write_bytes(record.journal.read_bytes()[:500])

    with pytest.raises(InputError, match="checkpoint"):
        resume(record.path, seams=fakes())


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b'{"run_id":"x","surprise":1}'])
def test_a_broken_checkpoint_is_one_clear_error(tmp_path: Path, content: bytes) -> None:
    """It is replaced atomically, so a broken one was broken by somebody."""
    record = killed(tmp_path, 350)
    record.checkpoint.write_bytes(content)

    with pytest.raises(InputError, match="not a checkpoint"):
        resume(record.path, seams=fakes())


def test_a_record_without_a_checkpoint_cannot_be_resumed(tmp_path: Path) -> None:
    """A dry run that was killed is run again."""
    record = killed(tmp_path, 350)
    record.checkpoint.unlink()

    with pytest.raises(UsageError, match="no checkpoint"):
        resume(record.path, seams=fakes())


def test_an_interrupted_soak_is_finished(tmp_path: Path) -> None:
    """The first Ctrl-C leaves nothing to resume: it has its verdict."""
    outcome = run(ask(tmp_path), seams=fakes(on_row=signal_at(250, signal.SIGINT)))
    record = record_of(outcome)

    assert outcome.exit_code() == 130
    assert len(summaries(record)) == 3
    assert not record.checkpoint.exists()
    assert resume(record.path, seams=fakes()).verdict is Verdict.PASS


def test_memory_does_not_grow_with_the_iterations(tmp_path: Path) -> None:
    """What is carried from one iteration to the next is the same after the second and the last."""
    sizes: list[int] = []

    class Watching(FakeFeed):
        def state(self) -> dict[str, Any]:
            sizes.append((tmp_path / "soak" / "latest" / "checkpoint.json").stat().st_size)
            return super().state()

    run(ask(tmp_path, iterations=30), seams=fakes(feed=Watching))

    assert max(sizes[2:]) - min(sizes[2:]) < 100
