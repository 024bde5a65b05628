"""`chaos drill`: make a drill with its set-up, conduct it, tell."""

from dataclasses import replace

from ...model.errors import OutsideError, UsageError
from ...model.outcome import Outcome
from ..conduct import conduct
from ..undo import UndoLog
from . import DRILLS


def run_drill(name: str, undo: UndoLog, wrong: str | None = None, *, disarmed: bool = False) -> Outcome:
    """Run one drill; `wrong` plants a bad set-up that it must find, `disarmed` leaves the fault out."""
    drill = DRILLS.get(name)
    if wrong is not None and wrong not in drill.wrong:
        known = ", ".join(drill.wrong) or "none"
        raise UsageError(f"the drill {name} has no wrong set-up {wrong!r}", fix=f"it has: {known}")
    reason = drill.probe()
    if reason is not None:
        raise OutsideError(
            f"the drill {name} cannot run here: {reason}", fix="`seatrial chaos list` says what can"
        )
    outcome = conduct(name, drill.make(wrong, disarmed), undo)
    return replace(outcome, name="chaos.drill", data={"drill": name} | outcome.data)
