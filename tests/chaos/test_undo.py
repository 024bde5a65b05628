"""The mirrored module remembers what a drill owes the machine."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from seatrial.chaos.fault.interface import gone
from seatrial.chaos.place import place
from seatrial.chaos.undo import UndoLog, marked
from seatrial.model.errors import InputError

SLEEPER = [sys.executable, "-c", "import time\nwhile True: time.sleep(60)"]

# A drill that stops one of its processes, says so, and is then killed by us.
DRILL = """
import signal, sys, time
from pathlib import Path
from seatrial.chaos.fault import FAULTS
from seatrial.chaos.fault.interface import Scene
from seatrial.chaos.place import place
from seatrial.chaos.undo import UndoLog
with place(UndoLog(Path(sys.argv[1]))) as here:
    scene = Scene(here)
    for name in ("a", "b"):
        scene.processes[name] = here.start([sys.executable, "-c", "import time; time.sleep(600)"], name).pid
        print(here.mark, flush=True)
    with FAULTS.get("process-pause").apply(scene, "a", {}) as proof:
        print("paused", flush=True)
        time.sleep(600)
"""


def test_a_place_leaves_nothing_behind(tmp_path: Path) -> None:
    """A drill that runs every night must not fill the machine."""
    undo = UndoLog(tmp_path / "undo")

    with place(undo) as here:
        child = here.start(SLEEPER, "sleeper")
        assert [process.pid for process in marked(here.mark)] == [child.pid]
        assert len(undo.notes()) == 2

    assert (gone(child.pid), here.folder.exists(), undo.notes()) == (True, False, [])


@pytest.mark.parametrize("lines", [1, 2, 3])
def test_what_a_killed_drill_left_is_healed(lines: int, tmp_path: Path) -> None:
    """Kill -9 plays no clean-up: a stopped process and two children stay, until the notes are read."""
    code = [sys.executable, "-c", DRILL, str(tmp_path / "undo")]
    drill = subprocess.Popen(code, stdout=subprocess.PIPE, text=True)
    assert drill.stdout
    said = [drill.stdout.readline().strip() for _ in range(lines)]
    drill.kill()
    drill.communicate()
    left = marked(said[0])
    undo = UndoLog(tmp_path / "undo")

    undo.heal_abandoned()

    assert left
    assert all(gone(process.pid) for process in left)
    assert (marked(said[0]), undo.notes(), (Path("/tmp") / said[0]).exists()) == ([], [], False)


def test_a_running_drill_keeps_what_it_has(tmp_path: Path) -> None:
    """Two drills share a machine; the start of one is not the end of the other."""
    undo = UndoLog(tmp_path)
    undo.note("folder", {"path": str(tmp_path / "seatrial-chaos-x")})

    assert undo.heal_abandoned() == []
    assert len(undo.notes()) == 1


def test_a_pid_that_was_given_away_is_left_alone(tmp_path: Path) -> None:
    """The number of a process that ended may be somebody else's by now."""
    undo = UndoLog(tmp_path)
    me = psutil.Process()

    said = undo.heal(undo.note("stopped", {"pid": me.pid, "started": me.create_time() - 1_000}))

    assert said == "the process is gone"


def test_only_folders_of_drills_are_removed(tmp_path: Path) -> None:
    """A damaged note must not delete somebody's home."""
    undo = UndoLog(tmp_path / "undo")
    note = undo.note("folder", {"path": str(tmp_path)})

    with pytest.raises(AssertionError):
        undo.heal(note)

    assert tmp_path.exists()


def test_a_damaged_note_is_named(tmp_path: Path) -> None:
    """Skipping it would leave the fault and say that all is well."""
    (tmp_path / "1-0001.json").write_text("{}")

    with pytest.raises(InputError):
        UndoLog(tmp_path).notes()


def test_undo_ends_a_stopped_process_too(tmp_path: Path) -> None:
    """SIGTERM waits for ever at a stopped process."""
    undo = UndoLog(tmp_path)

    with place(undo) as here:
        child = here.start(SLEEPER, "sleeper")
        os.kill(child.pid, signal.SIGSTOP)

    assert gone(child.pid)
