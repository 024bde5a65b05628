"""`chaos list`: every fault and drill, and whether this machine can have it."""

from typing import Any

from ..model.outcome import Outcome
from .drill import DRILLS
from .fault import FAULTS


def listing() -> Outcome:
    """Probe the machine and say of each fault and drill whether it can run here, and if not why."""
    faults: list[dict[str, Any]] = []
    for name, fault in FAULTS:
        reason = fault.probe()
        faults.append({"name": name, "text": fault.text, "available": reason is None, "reason": reason})
    drills = []
    for name, drill in DRILLS:
        reason = drill.probe()
        drills.append({"name": name, "text": drill.text, "available": reason is None, "reason": reason})
    lines = [*_told("fault", faults), *_told("drill", drills)]
    return Outcome("chaos.list", data={"faults": faults, "drills": drills}, lines=tuple(lines))


def _told(what: str, rows: list[dict[str, Any]]) -> list[str]:
    return [
        f"{what} {row['name']:<20} {row['text']}"
        + ("" if row["available"] else f" -- NOT HERE: {row['reason']}")
        for row in rows
    ]
