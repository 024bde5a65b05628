"""
A soak is killed, or its disk fills, in the middle; then it is resumed, as a machine's restart would do it.

What is promised: the record goes on where it was, its chain is whole, and no order and no fill is in it
twice. On a full disk the soak ends by itself and says that it was let down (exit 4), never that it passed.
The wrong set-up has nobody who starts it again.
"""

import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Final

from ...model.errors import OutsideError
from ...store.verify import verify
from ..conduct import Plan
from ..fault.disk_full import FILLER, probe, small
from ..fault.interface import Scene
from ..history.check import CHECKERS
from ..history.read import read
from ..place import wait_for
from .interface import Drill

AT_WORK_BYTES: Final = 200_000
WHOLE_RUN_S: Final = 240.0
MOST_RESUMES: Final = 3
DISK_BYTES: Final = 64 * 1024 * 1024


class CrashTrial:
    """A soak of the demo market in its own process, and whoever resumes it."""

    def __init__(self, plan: Plan, *, resumes: bool, disk: str | None = None) -> None:
        self.plan, self.resumes, self.disk = plan, resumes, disk
        self.exit_codes: list[int] = []
        self.child: subprocess.Popen[bytes] | None = None
        self.resumed, self.told = 0, dict[str, Any]()
        self.out = Path()

    def set_up(self, scene: Scene) -> None:
        """Start the soak."""
        folder = scene.place.folder
        if self.disk is not None:
            folder = scene.stack.enter_context(small(scene, self.disk, DISK_BYTES))
        self.out = folder / "out"
        words = ["soak", "run", "--profile", "demo", "--window", "15m", "--out", str(self.out), "--quiet"]
        self.child = scene.place.start([sys.executable, "-m", "seatrial", *words], "soak")
        scene.processes["bot"] = self.child.pid

    def unsteady(self, scene: Scene) -> str | None:
        """Whether the soak is at work or done; when it is dead, resume it."""
        assert self.child
        record = self.record()
        if record is None or (record / "journal.jsonl").stat().st_size < AT_WORK_BYTES:
            return "the soak has not come far enough"
        if (record / "verdict.json").exists() or self.child.poll() is None:
            return None
        full = self.disk is not None and (scene.folders[self.disk] / FILLER).exists()
        if self.resumes and self.resumed < MOST_RESUMES and not full:
            self.resumed += 1
            self.exit_codes.append(self.child.returncode)
            words = [sys.executable, "-m", "seatrial", "soak", "resume", str(record), "--quiet"]
            self.child = scene.place.start(words, f"resume-{self.resumed}")
        return "the soak is not running"

    def finish(self, scene: Scene) -> list[str]:
        """Let the soak end, then judge its journal."""
        assert self.child
        record, child = self.record(), self.child
        if record is None:
            return ["there is no record"]
        wait_for("the soak's end", lambda: child.poll() is not None, WHOLE_RUN_S, time.sleep)
        journal = record / "journal.jsonl"
        faults = [finding.kind for finding in verify(journal)]
        found = CHECKERS.get("orders")(read(journal), 30)
        done = (record / "verdict.json").exists()
        self.told = {
            "resumed": self.resumed,
            "finished": done,
            "chain_faults": faults,
            "history": found.history,
        }
        self.told |= {"exit_codes": self.exit_codes}
        self.told |= {"exercised": journal.stat().st_size, "reason": found.reason}
        broken = [] if done else ["the soak did not finish"]
        codes = [*self.exit_codes, child.returncode]
        if self.disk is not None and OutsideError.exit_code not in codes and self.plan.fault:
            broken.append("the soak did not say that its disk let it down (exit 4)")
        broken += [f"the journal's chain has {len(faults)} faults: {faults[0]}"] if faults and done else []
        return broken + ([f"orders: {found.reason}"] if found.history == "invalid" else [])

    def stop(self) -> None:
        """Leave the processes to the place, which ends them."""

    def metrics(self) -> dict[str, Any]:
        """Return what was counted."""
        return dict(self.told)

    def record(self) -> Path | None:
        """Return the folder of the run, None before it is there."""
        found = sorted(path.parent for path in self.out.glob("soak/2*/journal.jsonl"))
        return found[0] if found else None


def anywhere() -> None:
    """Say that the suite itself is all that is needed."""


def _make(wrong: str | None, disarmed: bool) -> CrashTrial:  # noqa: FBT001 - every drill is made alike
    fault = None if disarmed else "process-kill"
    plan = Plan(fault, "bot", hold_s=0.5, propagate_s=60.0, recover_s=12.0, settle_s=1.0)
    return CrashTrial(plan, resumes=wrong is None)


def _make_full(wrong: str | None, disarmed: bool) -> CrashTrial:  # noqa: FBT001 - every drill is made alike
    fault = None if disarmed else "disk-full"
    plan = Plan(fault, "data", hold_s=4.0, propagate_s=60.0, recover_s=12.0, settle_s=1.0)
    return CrashTrial(plan, resumes=wrong is None, disk="data")


BOT_CRASH = Drill(
    "bot-crash", "kill a soak in the middle and resume it", anywhere, _make, ("never-restarts",)
)
DISK_FULL = Drill(
    "disk-full", "fill the disk under a soak, free it, resume", probe, _make_full, ("never-restarts",)
)
