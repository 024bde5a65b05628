"""
Waivers: a failure that somebody answers for, by name and until a day.

A waived failure is a WARN that names its owner; after that day it fails again by itself. Only a known
failure can be waived: nobody can answer for what was not measured.
"""

from datetime import UTC, datetime, timedelta

from ...model.artifact import GateResult
from ...model.profile import GateSettings
from ...model.verdict import Verdict

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def waived(gate: GateSettings, found: GateResult, now_ns: int | None) -> GateResult:
    """Return the answer under the gate's waiver; without a date to hold it against, none counts."""
    waiver = gate.waiver
    if waiver is None or found.verdict is not Verdict.FAIL:
        return found
    if now_ns is None:
        return _told(found, f"{found.reason}; its waiver has no date to be held against")
    if (_EPOCH + timedelta(microseconds=now_ns // 1_000)).date() > waiver.until:
        return _told(found, f"{found.reason}; the waiver of {waiver.owner} ended on {waiver.until}")
    words = f"waived by {waiver.owner} until {waiver.until} ({waiver.reason}): {found.reason}"
    return found.model_copy(update={"verdict": Verdict.WARN, "reason": words, "waived": waiver.owner})


def _told(found: GateResult, reason: str) -> GateResult:
    return found.model_copy(update={"reason": reason})
