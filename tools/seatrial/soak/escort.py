"""What a soak adds to a run: phases, guards, resources, checkpoints, and somebody to tell."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..dryrun.escort import Escort
from ..dryrun.seams import Mode
from ..dryrun.voyage import Voyage
from ..dryrun.window import Phase, Window
from ..model.artifact import IterationSummary
from ..model.profile import Profile
from . import checkpoint as checkpoints
from . import guards, resources
from .checkpoint import Checkpoint, Place
from .plan import check_warmup, phases
from .progress import Progress

Told = Callable[[Progress], None]
_MODES: dict[guards.Level, Mode] = {"none": "normal", "partial": "reduce_only", "full": "frozen"}


class SoakEscort(Escort):
    """Hold one per run; `told` hears of iterations, `held` and `spent_s` are a killed run's."""

    def __init__(
        self, told: Told | None = None, held: Checkpoint | None = None, spent_s: float = 0.0
    ) -> None:
        self._told = told
        self._meter = resources.Meter(spent_s)
        self._mode: Mode = held.mode if held else "normal"
        self._watches = {name: guards.Watch(*watch) for name, watch in held.guards.items()} if held else {}
        self._level: guards.Level = held.freeze if held else "none"
        self._first = held.next_iteration if held else 0
        self._progress: Progress | None = None
        self._began_ns = 0

    def phases(self, profile: Profile) -> Sequence[Phase]:
        """Return warm-up, steady state and ramp-down, if they can be kept apart."""
        check_warmup(profile)
        return phases(profile.soak)

    def first_files(self, run_id: str, dataset: Path | None) -> Mapping[str, bytes]:
        """Return a checkpoint that says: from the start."""
        held = Checkpoint(run_id=run_id, dataset=None if dataset is None else str(dataset))
        return {checkpoints.NAME: checkpoints.to_bytes(held)}

    def first_params(self, profile: Profile) -> dict[str, Any] | None:
        """Return the conservative arguments of the warm-up, if there is one."""
        return (
            {**profile.bot.params, **profile.soak.warmup_params} if profile.soak.warmup_iterations else None
        )

    def before(self, voyage: Voyage, window: Window) -> None:
        """Change the phase if this iteration begins one."""
        if self._progress is None:
            self._began_ns = voyage.seams.monotonic_ns()
            planned, window_s = len(voyage.plan.phases), voyage.plan.window_ns / 1e9
            self._progress = Progress(
                planned, window_s, done=self._first, first=self._first, phase=window.phase
            )
            self._tell()
        previous = voyage.plan.phases[window.index - 1] if window.index else window.phase
        if previous == "warmup" != window.phase and voyage.profile.soak.warmup_params:
            voyage.session.set_params(voyage.profile.bot.params)
        if window.phase == "rampdown" and self._level != "full":
            self._set_mode(voyage, "reduce_only", "the ramp-down has begun", "rampdown")

    def freeze(self) -> str:
        """Return the freeze that a guard holds."""
        return self._level

    def after(self, voyage: Voyage, window: Window, summary: IterationSummary) -> IterationSummary:
        """Let the guards look at a steady iteration, measure the process, and tell how far it is."""
        bad: tuple[str, ...] = ()
        if window.phase == "steady":
            seen = guards.Seen(summary.fills, summary.kpis.get("net_bps"), summary.kpis.get("drawdown_ratio"))
            ruling = guards.rule(voyage.profile.soak.guards, self._watches, seen)
            self._watches, bad = dict(ruling.watches), ruling.bad
            if ruling.level != self._level:
                self._level = ruling.level
                self._set_mode(voyage, _MODES[ruling.level], ruling.reason, ruling.guard or "recovery")
        resources.give_back()
        sample = self._meter.sample()
        resources.append(voyage.record.resources, window.index, window.until_ns, sample)
        complete = summary.model_copy(update={"guards": bad, "resources": sample})
        self._advance(voyage, complete)
        return complete

    def kept(self, voyage: Voyage, window: Window) -> None:
        """Write the checkpoint."""
        at = voyage.journal.position()
        checkpoints.write(
            voyage.record.checkpoint,
            Checkpoint(
                run_id=voyage.berth.manifest.run_id,
                next_iteration=window.index + 1,
                now_ns=voyage.now_ns,
                covered_ns=voyage.covered_ns,
                journal=Place(offset=at.offset, seq=at.seq, prev=at.prev),
                dataset=None if voyage.berth.dataset is None else str(voyage.berth.dataset),
                session=voyage.session.state(),
                feed=voyage.feed.state(),
                guards={name: (watch.frozen, watch.streak) for name, watch in self._watches.items()},
                mode=self._mode,
                freeze=self._level,
                carried=voyage.scribe.carried,
                last_decision_ns=voyage.scribe.last_decision_ns,
            ),
        )

    def ended(self, voyage: Voyage) -> None:
        """Remove the checkpoint: there is nothing left to resume."""
        voyage.record.checkpoint.unlink(missing_ok=True)

    def _set_mode(self, voyage: Voyage, mode: Mode, reason: str, guard: str) -> None:
        if mode != self._mode:
            self._mode = mode
            voyage.session.set_mode(mode, reason, guard)

    def _advance(self, voyage: Voyage, summary: IterationSummary) -> None:
        if self._progress is not None:
            self._progress = self._progress.after(
                elapsed_s=(voyage.seams.monotonic_ns() - self._began_ns) / 1e9,
                fills=summary.fills,
                net_bps=summary.kpis.get("net_bps"),
                freeze=self._level,
                phase=summary.phase,
            )
            self._tell()

    def _tell(self) -> None:
        if self._told and self._progress:
            self._told(self._progress)
