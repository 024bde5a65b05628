"""A soak that is killed at any step of its writing: readable at once, and resumed to the same bytes."""

import errno
import os
import signal
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.dryrun.fakes import fakes
from tests.soak.test_run import ask, killed

from seatrial.model.errors import OutsideError
from seatrial.soak.checkpoint import read as read_checkpoint
from seatrial.soak.report import report
from seatrial.soak.run import resume, run
from seatrial.soak.status import status
from seatrial.store.identity import strip_identity
from seatrial.store.journal import read
from seatrial.store.manifest import read_manifest
from seatrial.store.record import open_record
from seatrial.store.verify import verify

# What a soak asks of the file system, in the order of its steps.
CALLS = ("fsync", "replace", "write", "unlink", "rename")


def in_a_child(work: Callable[[], object]) -> int:
    """Run `work` in a forked process and return how it ended (a negative signal, or an exit code)."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        pid = os.fork()
    if pid == 0:
        try:
            work()
            os._exit(0)
        finally:
            os._exit(99)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def killing(name: str, at: int, *, after: bool) -> None:
    """Make this process kill itself at the n-th call of an os function, before or after it."""
    real, count = getattr(os, name), [0]

    def counted(*args: object, **options: object) -> object:
        count[0] += 1
        if count[0] == at and not after:
            os.kill(os.getpid(), signal.SIGKILL)
        try:
            return real(*args, **options)
        finally:
            if count[0] == at:
                os.kill(os.getpid(), signal.SIGKILL)

    setattr(os, name, counted)


def calls_of(name: str, out: Path) -> int:
    """Return how often a whole soak calls an os function."""
    real, count = getattr(os, name), [0]

    def counted(*args: object, **options: object) -> object:
        count[0] += 1
        return real(*args, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, name, counted)
        run(ask(out, iterations=2), seams=fakes())
    return count[0]


@pytest.mark.slow
@pytest.mark.parametrize("name", CALLS)
def test_killed_at_every_step_of_its_writing_it_is_readable_and_resumes_to_the_same_bytes(
    tmp_path: Path, name: str
) -> None:
    """There is no bad moment: each commit point is a place where somebody's machine lost power."""
    whole = run(ask(tmp_path / "whole", iterations=2), seams=fakes())
    expected = strip_identity(Path(whole.data["record"]))
    for at in range(1, calls_of(name, tmp_path / "count") + 1):
        for after in (False, True):
            out = tmp_path / f"{at}{after}"

            def work(at: int = at, after: bool = after, out: Path = out) -> None:
                killing(name, at, after=after)
                run(ask(out, iterations=2), seams=fakes())

            assert in_a_child(work) == -signal.SIGKILL
            assert resumed(out) in (None, expected), (name, at, after)


def resumed(out: Path) -> dict[str, bytes] | None:
    """Read, judge and resume what a killed soak left; None when it had not yet made its record."""
    found = [path for path in (out / "soak").glob("*") if not path.is_symlink() and path.name[0] != "."]
    if not found:
        return None
    record = open_record(found[0])
    if record.journal.exists():
        list(read(record.journal))
        assert {finding.kind for finding in verify(record.journal)} <= {"torn_tail", "empty"}
        report(record.path, seams=fakes())
    assert status(record.path).data["state"] in {"stopped", "finished"}
    resume(record.path, seams=fakes())
    assert verify(record.journal) == []
    return strip_identity(record.path)


@pytest.mark.slow
@pytest.mark.parametrize("rest", range(0, 997, 83))
def test_a_journal_that_was_torn_at_any_byte_after_its_checkpoint_resumes_to_the_same_bytes(
    tmp_path: Path, rest: int
) -> None:
    """A power cut may leave any part of what was not yet synced."""
    whole = run(ask(tmp_path / "whole"), seams=fakes())
    record = killed(tmp_path / "killed", 290)
    place = read_checkpoint(record.checkpoint)
    assert place is not None
    data = record.journal.read_bytes()
    record.journal.write_bytes(data[: min(len(data), place.journal.offset + rest)])

    list(read(record.journal))
    resume(record.path, seams=fakes())

    assert strip_identity(record.path) == strip_identity(Path(whole.data["record"]))


@pytest.mark.parametrize(
    ("name", "at"),
    [("write", 2), ("write", 5), ("fsync", 8), ("fsync", 13), ("fsync", 30), ("replace", 9), ("replace", 20)],
)
def test_a_disk_that_fills_up_is_exit_4_and_the_soak_can_go_on_later(
    tmp_path: Path, name: str, at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One clear line; nothing half-written; space comes back and the night is not lost."""
    whole = run(ask(tmp_path / "whole"), seams=fakes())
    real, count = getattr(os, name), [0]

    def full(*args: object, **options: object) -> object:
        count[0] += 1
        if count[0] >= at:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(*args, **options)

    with monkeypatch.context() as patch:
        patch.setattr(os, name, full)
        with pytest.raises(OutsideError) as caught:
            run(ask(tmp_path / "full"), seams=fakes())

    assert caught.value.exit_code == 4
    assert "No space left" in caught.value.line
    record = open_record(tmp_path / "full" / "soak" / "latest")
    list(read(record.journal))
    assert read_manifest(record.manifest).verdict is None
    resume(record.path, seams=fakes())
    assert strip_identity(record.path) == strip_identity(Path(whole.data["record"]))
