"""
Rollout: how far a canary has got, as a state machine whose only memory is its own audit trail.

    stage 0 --(evidence)--> stage 1 --(evidence)--> ... --(evidence)--> whole
        any stage --(harm, or a person)--> rolled back, latched until a person releases it

One PASS does not promote: a stage needs several in a row, each on evidence that was not used before,
and time to cool down after every move. UNKNOWN breaks the row and never promotes; FAIL takes
everything back at once. The trail is a journal: append-only, hash-chained, readable after a kill.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..model.errors import InputError, OutsideError, RefusedError, UsageError, Where
from ..model.outcome import Outcome
from ..model.verdict import Verdict
from ..store.clock import iso
from ..store.journal import Journal, read
from ..store.lock import held
from .compare import Compared

TRAIL, LOCK = "trail.jsonl", "lock"
STAGES = (1.0, 5.0, 25.0, 50.0, 100.0)
_RUN_ID = "rollout"


@dataclass(frozen=True)
class Policy:
    """The shares of traffic in per cent, how many PASS in a row each step needs, and the cool-down."""

    stages: Sequence[float] = STAGES
    confirm: int = 2
    cool_down_s: float = 600.0

    def __post_init__(self) -> None:
        rising = list(self.stages) == sorted(set(self.stages))
        if not self.stages or not rising or not (self.stages[0] > 0 and self.stages[-1] <= 100):
            raise UsageError("stages rise from above 0 to at most 100 per cent", fix="--stages 1,5,25,50,100")
        if self.confirm < 1:
            raise UsageError("a step needs at least one PASS", fix="--confirm 2")


@dataclass(frozen=True)
class State:
    """Where a rollout stands; `stage` -1 is nothing rolled out."""

    stage: int = -1
    streak: int = 0
    moved_ns: int | None = None
    last_ns: int | None = None
    latched: bool = False
    reason: str = ""
    used: frozenset[str] = frozenset()

    def share(self, policy: Policy) -> float:
        """Return the share of traffic in per cent."""
        return policy.stages[min(self.stage, len(policy.stages) - 1)] if self.stage >= 0 else 0.0


@dataclass(frozen=True)
class Step:
    """One line of the trail: what happened, why, and on whose word."""

    kind: str
    reason: str
    evidence: str | None = None
    by: str | None = None
    details: Mapping[str, Any] | None = None

    def fields(self, after: State, policy: Policy) -> dict[str, Any]:
        """Return the fields of its journal line; the state after it is for readers, not for us."""
        return {
            "reason": self.reason,
            "evidence": self.evidence,
            "by": self.by,
            "stage": after.stage,
            "share": after.share(policy),
            "streak": after.streak,
            "details": dict(self.details or {}),
        }


def follow(state: State, kind: str, ts_ns: int, *, evidence: str | None, reason: str) -> State:
    """Return the state after one step; pure, so that a trail always replays to the same state."""
    used = state.used | {evidence} if evidence else state.used
    now = replace(state, used=used, last_ns=ts_ns, reason=reason)
    if kind == "confirmed":
        return replace(now, streak=state.streak + 1)
    if kind == "promoted":
        return replace(now, stage=state.stage + 1, streak=0, moved_ns=ts_ns)
    if kind == "held":
        return replace(now, streak=0)
    if kind == "rolled_back":
        return replace(now, stage=-1, streak=0, moved_ns=ts_ns, latched=True)
    if kind == "released":
        return replace(now, streak=0, latched=False)
    raise InputError(f"a rollout has no step {kind!r}")


def state_of(folder: Path) -> State:
    """Return the state that a trail ends in; no trail is nothing rolled out."""
    trail, state = folder / TRAIL, State()
    if not trail.exists():
        return state
    for line, event in enumerate(read(trail), 1):
        try:
            state = follow(
                state, event["kind"], event["ts_ns"], evidence=event["evidence"], reason=event["reason"]
            )
        except KeyError as error:
            raise InputError(
                "the field is missing", where=Where(str(trail), line, str(error.args[0]))
            ) from error
    return state


def decide(state: State, found: Compared, evidence: str, policy: Policy) -> Step:
    """Return the step that a comparison leads to, given where the rollout stands."""
    first = found.reasons[0] if found.reasons else ""
    if found.verdict is Verdict.FAIL:
        return Step("rolled_back", first, evidence)
    if found.verdict is not Verdict.PASS:
        return Step("held", first, evidence)
    if evidence in state.used:
        return Step("held", "this evidence has been used already: nothing new was seen", evidence)
    if state.streak + 1 < policy.confirm:
        return Step("confirmed", f"{state.streak + 1} of {policy.confirm} PASS in a row", evidence)
    if state.stage + 1 >= len(policy.stages):
        return Step("confirmed", "the canary is everywhere already", evidence)
    return Step("promoted", f"{policy.confirm} PASS in a row", evidence)


def advance(folder: Path, found: Compared, evidence: str, policy: Policy, now_ns: int) -> Outcome:
    """Take the step that the evidence allows; a latch or a cool-down refuses before anything is asked."""
    with _at_work(folder):
        state = state_of(folder)
        if state.latched:
            raise RefusedError(
                f"the rollout was rolled back and is latched: {state.reason}",
                where=Where(str(folder)),
                fix="release it by name: `seatrial canary rollback --release`",
            )
        step = decide(state, found, evidence, policy)
        wait_s = _cooling_s(state, policy, now_ns)
        if wait_s > 0 and step.kind != "rolled_back":
            raise RefusedError(
                f"the last move is still cooling down, {wait_s:.0f} s to go",
                where=Where(str(folder)),
                fix="wait",
            )
        after = _write(folder, state, step, policy, now_ns)
    verdict = {"rolled_back": Verdict.FAIL, "held": Verdict.UNKNOWN}.get(step.kind, Verdict.PASS)
    return _outcome("canary.advance", folder, (verdict, step), after, policy)


def rollback(folder: Path, by: str, reason: str, policy: Policy, now_ns: int) -> Outcome:
    """Take everything back, on a person's word; it stays back until it is released."""
    return _by_hand(folder, Step("rolled_back", reason, by=by), policy, now_ns)


def release(folder: Path, by: str, reason: str, policy: Policy, now_ns: int) -> Outcome:
    """Lift the latch of a rollback, on a person's word; the rollout begins anew from nothing."""
    return _by_hand(folder, Step("released", reason, by=by), policy, now_ns)


def evidence_of(*sides: Mapping[str, Any]) -> str:
    """Return a short hash of what was compared: the same measurements are the same evidence."""
    parts = [
        f"{name}/{region}/{at}/{value!r}"
        for side in sides
        for name, regions in sorted(side.items())
        for region, points in sorted(regions.items())
        for at, value in sorted(points.items())
    ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def _by_hand(folder: Path, step: Step, policy: Policy, now_ns: int) -> Outcome:
    if not (step.by or "").strip() or not step.reason.strip():
        raise UsageError("a person and a reason are needed for the trail", fix="--by NAME --reason TEXT")
    with _at_work(folder):
        after = _write(folder, state_of(folder), step, policy, now_ns)
    return _outcome("canary.rollback", folder, (None, step), after, policy)


def _cooling_s(state: State, policy: Policy, now_ns: int) -> float:
    return 0.0 if state.moved_ns is None else policy.cool_down_s - (now_ns - state.moved_ns) / 1e9


def _write(folder: Path, state: State, step: Step, policy: Policy, now_ns: int) -> State:
    ts_ns = max(now_ns, state.last_ns or 0)
    after = follow(state, step.kind, ts_ns, evidence=step.evidence, reason=step.reason)
    trail = folder / TRAIL
    with Journal.resume(trail, _RUN_ID) if trail.exists() else Journal.create(trail, _RUN_ID) as journal:
        journal.append(ts_ns, step.kind, step.fields(after, policy))
    return after


@contextmanager
def _at_work(folder: Path) -> Iterator[None]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutsideError(f"cannot be made: {error.strerror}", where=Where(str(folder))) from error
    with held(folder / LOCK):
        yield


def _outcome(
    verb: str, folder: Path, answer: tuple[Verdict | None, Step], after: State, policy: Policy
) -> Outcome:
    verdict, step = answer
    data = {
        "state": str(folder),
        "step": step.kind,
        "stage": after.stage,
        "share": after.share(policy),
        "streak": after.streak,
        "confirm": policy.confirm,
        "latched": after.latched,
        "at": None if after.last_ns is None else iso(after.last_ns),
        "evidence": step.evidence,
        "by": step.by,
    }
    head = "" if verdict is None else f"{verdict}  "
    last = f"{head}{step.kind.replace('_', ' ')}: {after.share(policy):g} % ({step.reason})"
    return Outcome(verb, verdict, (step.reason,), data, (last,))
