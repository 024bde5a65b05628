"""
How the bot stands: 0 fresh, 1 degraded, 2 stopped, 3 cannot tell.

Four answers with four exit codes, because a status that always ends with 0 is no status.
"""

from ..model.outcome import Outcome
from ..model.verdict import Verdict
from .verify import CHECKS, Check, Evidence

FRESH, DEGRADED, STOPPED, CANNOT_TELL = 0, 1, 2, 3
STATES = ("fresh", "degraded", "stopped", "cannot tell")
_VERDICTS = (Verdict.PASS, Verdict.FAIL, Verdict.FAIL, Verdict.UNKNOWN)


def status(evidence: Evidence) -> Outcome:
    """Return how the instance stands; nothing and nobody is disturbed."""
    checks = tuple(judge(evidence) for judge in CHECKS)
    code = _code(evidence, checks)
    beat, presence = evidence.beat, evidence.presence
    reasons = tuple(f"{check.name}: {check.reason}" for check in checks if check.verdict is not Verdict.PASS)
    data = {
        "state": STATES[code],
        "instance": None if presence is None else presence.instance,
        "record": None if presence is None else presence.record,
        "pid": next((seat.pid for seat in evidence.taken), None),
        "heartbeat": None if beat is None else beat.model_dump(mode="json"),
        "heartbeat_age_s": None if beat is None else round((evidence.now_ns - beat.ts_ns) / 1e9, 3),
        "checks": [check.document() for check in checks],
    }
    told = reasons if code in {DEGRADED, CANNOT_TELL} else ()
    name = presence.instance if presence else f"account {evidence.settings.account}"
    lines = (*told, f"{STATES[code]}: {name}")
    return Outcome("live.status", _VERDICTS[code], told, data, lines, exit_code_forced=code)


def _code(evidence: Evidence, checks: tuple[Check, ...]) -> int:
    if not evidence.taken:
        return STOPPED
    verdicts = {check.name: check.verdict for check in checks}
    if evidence.beat is None or verdicts["latch"] is Verdict.UNKNOWN:
        # It runs, and there is nothing to say how: that is neither good news nor bad.
        return CANNOT_TELL
    return FRESH if set(verdicts.values()) == {Verdict.PASS} else DEGRADED
