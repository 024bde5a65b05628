"""
One experiment from set-up to clean-up, with the same seven phases for all of them.

Steady before, or nothing is concluded. The fault's undo is noted before the fault is applied. The fault is
proved to have taken effect, or nothing is concluded. Steadiness is sampled through fault and recovery, and
for a settling time after it, because the second failover comes when the first is over. What did no work was
not tested.
"""

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from ..model.errors import OutsideError, StoppedError
from ..model.outcome import Outcome
from ..model.verdict import Verdict
from ..store.clock import monotonic_ns
from .fault import FAULTS
from .fault.interface import Proof, Scene
from .place import place
from .undo import UndoLog

SAMPLE_S: Final = 0.1


@dataclass(frozen=True)
class Plan:
    """A fault, its target, and the time that each phase may take; `fault` None is a disarmed run."""

    fault: str | None
    target: str
    settings: dict[str, float] = field(default_factory=dict)
    hold_s: float = 1.0
    propagate_s: float = 10.0
    recover_s: float = 30.0
    settle_s: float = 2.0


class Trial(Protocol):
    """What is tried: it is set up, looked at and judged; the phases are not its business."""

    plan: Plan

    def set_up(self, scene: Scene) -> None:
        """Start what is tried, and its load."""

    def unsteady(self, scene: Scene) -> str | None:
        """Return why the steady state does not hold now, None when it does."""

    def finish(self, scene: Scene) -> list[str]:
        """Stop the load and return every promise that was broken."""

    def stop(self) -> None:
        """Stop the load, whatever happened; it may be stopped already."""

    def metrics(self) -> dict[str, Any]:
        """Return what was measured; `exercised` is how much work there was."""


@dataclass
class Watch:
    """What was seen, in ms after the fault."""

    began_ns: int = field(default_factory=monotonic_ns)
    fault_ns: int | None = None
    phases: list[dict[str, Any]] = field(default_factory=list)
    samples: int = 0
    steady: int = 0
    recovered_ms: float | None = None

    def enter(self, phase: str) -> None:
        """Note the beginning of a phase."""
        self.phases.append({"phase": phase, "at_ms": round((monotonic_ns() - self.began_ns) / 1e6, 1)})

    def since_fault_ms(self) -> float | None:
        """Return the time since the fault, None before it."""
        return None if self.fault_ns is None else round((monotonic_ns() - self.fault_ns) / 1e6, 1)


def conduct(name: str, trial: Trial, undo: UndoLog) -> Outcome:
    """Run one experiment and return its outcome; whatever happens, the machine is as it was found."""
    must_run_here(trial.plan)
    watch, bit, reasons, broken = Watch(), None, list[str](), list[str]()
    watch.enter("set up")
    with _asked_to_end(), place(undo) as here:
        scene = Scene(here)
        try:
            trial.set_up(scene)
            watch.enter("steady")
            unsteady = _steady(trial, scene, trial.plan.propagate_s)
            if unsteady is None:
                bit, reasons = _struck(trial, scene, watch)
                broken = trial.finish(scene)
            else:
                reasons.append(f"not steady before the fault: {unsteady}")
            watch.enter("clean up")
        finally:
            trial.stop()
            for proxy in scene.proxies.values():
                proxy.close()
            scene.stack.close()
    undone = not [note for note in undo.notes() if note.owner[0] == os.getpid()]
    return _concluded(name, trial, (watch, bit, undone), (broken, reasons))


@contextmanager
def _asked_to_end() -> Iterator[None]:
    """Let SIGTERM end a drill as Ctrl-C does: by undoing everything first."""

    def end(*_: object) -> None:
        raise StoppedError("asked to end; everything was undone")

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def must_run_here(plan: Plan) -> None:
    """Refuse a fault that this machine cannot have: a drill that could not run has not passed."""
    if plan.fault is None:
        return
    fault = FAULTS.get(plan.fault)
    reason = fault.probe()
    if reason is not None:
        raise OutsideError(
            f"the fault {plan.fault} cannot run here: {reason}", fix="`chaos list` says what can"
        )
    fault.settings(plan.settings)


def _struck(trial: Trial, scene: Scene, watch: Watch) -> tuple[str | None, list[str]]:
    """Inject, propagate, lift, recover, settle; return the proof and what stood in the way of concluding."""
    plan, bit = trial.plan, None
    watch.enter("inject")
    with _applied(plan, scene) as proof:
        watch.fault_ns = monotonic_ns()
        watch.enter("propagate")
        bit = _proved(proof, plan.propagate_s) if plan.fault else None
        _sample(trial, scene, watch, plan.hold_s)
        bit = bit or proof()
    watch.enter("recover")
    reasons = [] if bit else ["the fault did not take effect, so nothing was tested"]
    unsteady = _steady(trial, scene, plan.recover_s)
    if unsteady is None:
        watch.recovered_ms = watch.since_fault_ms()
        watch.enter("settle")
        _sample(trial, scene, watch, plan.settle_s)
        if _steady(trial, scene, SAMPLE_S) is not None:
            # What looked steady for a moment was the last of the old state.
            watch.recovered_ms = None
    return bit, reasons


@contextmanager
def _applied(plan: Plan, scene: Scene) -> Iterator[Proof]:
    if plan.fault is None:
        yield lambda: None
        return
    fault = FAULTS.get(plan.fault)
    with fault.apply(scene, plan.target, fault.settings(plan.settings)) as proof:
        yield proof


def _proved(proof: Proof, limit_s: float) -> str | None:
    end = monotonic_ns() + int(limit_s * 1e9)
    while (said := proof()) is None and monotonic_ns() < end:
        time.sleep(SAMPLE_S / 5)
    return said


def _steady(trial: Trial, scene: Scene, limit_s: float) -> str | None:
    """Wait until the steady state holds; return why it does not when the time is over."""
    end = monotonic_ns() + int(limit_s * 1e9)
    while (said := trial.unsteady(scene)) is not None and monotonic_ns() < end:
        time.sleep(SAMPLE_S)
    return said


def _sample(trial: Trial, scene: Scene, watch: Watch, length_s: float) -> None:
    end = monotonic_ns() + int(length_s * 1e9)
    while monotonic_ns() < end:
        watch.samples += 1
        watch.steady += trial.unsteady(scene) is None
        time.sleep(SAMPLE_S)


def _concluded(
    name: str, trial: Trial, seen: tuple[Watch, str | None, bool], said: tuple[list[str], list[str]]
) -> Outcome:
    (watch, bit, undone), (broken, reasons) = seen, said
    metrics = trial.metrics()
    if watch.fault_ns is not None and watch.recovered_ms is None:
        broken = [
            *broken,
            f"not steady again, or not for long, within {trial.plan.recover_s:g} s after the fault",
        ]
    if not undone:
        broken = [*broken, "something was not undone: run `seatrial chaos undo`"]
    if not metrics.get("exercised"):
        reasons = [*reasons, "nothing was exercised"]
    # A promise that was broken is broken whether or not the fault was what broke it.
    verdict = Verdict.FAIL if broken else Verdict.UNKNOWN if reasons else Verdict.PASS
    metrics |= {
        "recovered_ms": watch.recovered_ms,
        "steady_ratio": round(watch.steady / watch.samples, 4) if watch.samples else None,
        "phases": watch.phases,
    }
    data = {"bit": bit is not None, "proof": bit, "metrics": metrics, "undone": undone}
    lines = [f"{key}: {value}" for key, value in metrics.items() if key != "phases"]
    lines += [f"  {row['at_ms']:>9.1f} ms  {row['phase']}" for row in watch.phases]
    lines += [f"fault: {bit or 'not proved'}", *broken, *reasons]
    lines.append(f"{verdict.value}: {name}{'' if undone else ', NOT UNDONE'}")
    return Outcome(name, verdict, (*broken, *reasons), data, tuple(lines))
