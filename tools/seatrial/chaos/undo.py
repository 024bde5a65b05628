"""
What a drill owes the machine, written down before it is borrowed.

A note is on the disk before its fault is applied and goes away when the fault is undone. Whatever killed
the drill in between, `chaos undo`, or the next drill's start, finds the note and heals: processes are
found by a mark that they inherit, so that one which was started in the last moment is found too.
"""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import orjson
import psutil

from ..model.atomic import write_json
from ..model.errors import InputError, OutsideError, Where

# Not with the prefix of a setting: a child that is this suite would refuse it as a misspelt one.
MARK: Final = "CHAOS_MARK"
GONE_AFTER_S: Final = 5.0


@dataclass(frozen=True)
class Note:
    """One thing to undo: its kind, what is needed to undo it, and the drill that owes it."""

    path: Path
    kind: str
    facts: dict[str, Any]
    owner: tuple[int, float]

    @property
    def abandoned(self) -> bool:
        """Whether the drill that wrote the note is no longer there."""
        pid, started = self.owner
        try:
            return abs(psutil.Process(pid).create_time() - started) > 1
        except psutil.Error:
            return True


class UndoLog:
    """The notes of one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.count = folder, 0

    def note(self, kind: str, facts: dict[str, Any]) -> Note:
        """Write down how to undo something that has not been done yet."""
        assert kind in HEALERS, kind
        self.folder.mkdir(parents=True, exist_ok=True)
        self.count += 1
        me = psutil.Process()
        note = Note(self.folder / f"{me.pid}-{self.count:04d}.json", kind, facts, (me.pid, me.create_time()))
        write_json(note.path, {"kind": kind, "facts": facts, "pid": me.pid, "started": note.owner[1]})
        return note

    def heal(self, note: Note) -> str:
        """Undo one thing, verify that it is undone, and only then forget it; return what was done."""
        said = HEALERS[note.kind](note.facts)
        note.path.unlink(missing_ok=True)
        return said

    @contextmanager
    def owed(self, kind: str, facts: dict[str, Any]) -> Iterator[Note]:
        """Owe something for the length of a block."""
        note = self.note(kind, facts)
        try:
            yield note
        finally:
            self.heal(note)

    def notes(self) -> list[Note]:
        """Return every note, newest first: what was built last is taken down first."""
        return [_read(path) for path in sorted(self.folder.glob("*.json"), key=_age, reverse=True)]

    def heal_abandoned(self) -> list[str]:
        """Undo what drills that are gone have left; a running drill keeps what it has."""
        return [f"{note.kind}: {self.heal(note)}" for note in self.notes() if note.abandoned]


def _age(path: Path) -> tuple[int, str]:
    with suppress(OSError):
        return path.stat().st_mtime_ns, path.name
    return 0, path.name


def _read(path: Path) -> Note:
    try:
        row = orjson.loads(path.read_bytes())
        assert row["kind"] in HEALERS
        return Note(path, row["kind"], row["facts"], (int(row["pid"]), float(row["started"])))
    except (OSError, ValueError, KeyError, TypeError, AssertionError) as error:
        fix = "see what it speaks of, undo that by hand, and delete the file"
        raise InputError("this is no note of a drill", where=Where(str(path)), fix=fix) from error


def marked(mark: str) -> list[psutil.Process]:
    """
    Return the processes that carry a mark: in their environment, or by working in the drill's folder.

    Redis writes its title over its environment, so the folder, which is named like the mark, counts too.
    """
    return [process for process in psutil.process_iter() if mark in (_mark(process), _workplace(process))]


def _mark(process: psutil.Process) -> str | None:
    with suppress(psutil.Error):
        return process.environ().get(MARK)
    return None


def _workplace(process: psutil.Process) -> str | None:
    with suppress(OSError):
        return Path(f"/proc/{process.pid}/cwd").readlink().name.removesuffix(" (deleted)")
    return None


def _kill_marked(facts: dict[str, Any]) -> str:
    killed: set[int] = set()
    for _ in range(5):
        # Again until there are none: a dying parent may just have started a child.
        left = [process for process in marked(facts["mark"]) if process.status() != psutil.STATUS_ZOMBIE]
        if not left:
            return f"{len(killed)} processes ended"
        for process in left:
            with suppress(psutil.Error):
                process.kill()
                killed.add(process.pid)
        psutil.wait_procs(left, timeout=GONE_AFTER_S)
    raise OutsideError(f"processes with the mark {facts['mark']} do not end", fix="kill them by hand")


def _resume(facts: dict[str, Any]) -> str:
    try:
        process = psutil.Process(facts["pid"])
        if abs(process.create_time() - facts["started"]) > 1:
            return "the process is gone"
        process.send_signal(signal.SIGCONT)
    except psutil.NoSuchProcess:
        return "the process is gone"
    return f"process {facts['pid']} goes on"


def _unmount(facts: dict[str, Any]) -> str:
    path = Path(facts["path"])
    for _ in range(5):
        if not os.path.ismount(path):
            break
        subprocess.run(["umount", "-l", str(path)], check=False, capture_output=True)  # noqa: S603, S607
    if os.path.ismount(path):
        raise OutsideError("cannot unmount", where=Where(str(path)), fix="unmount it by hand")
    with suppress(OSError):
        path.rmdir()
    return f"{path} unmounted"


def _remove(facts: dict[str, Any]) -> str:
    path = Path(facts["path"])
    # Only a folder that a drill made itself carries this name; nothing else is ever removed.
    assert path.name.startswith("seatrial-chaos-"), path
    shutil.rmtree(path, ignore_errors=True)
    return f"{path} removed"


HEALERS: Final = {"processes": _kill_marked, "stopped": _resume, "mount": _unmount, "folder": _remove}
