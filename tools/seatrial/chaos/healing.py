"""`chaos undo`: heal what drills that were killed have left."""

from ..model.outcome import Outcome
from .undo import UndoLog


def healed(undo: UndoLog) -> Outcome:
    """Undo every note of a drill that is gone; a running drill keeps what it has."""
    done = undo.heal_abandoned()
    running = len(undo.notes())
    lines = [*done, f"{len(done)} undone, {running} kept by running drills"]
    return Outcome("chaos.undo", data={"undone": done, "running": running}, lines=tuple(lines))
