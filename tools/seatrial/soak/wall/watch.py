"""
The watch: one loop that keeps the bot, accounts the time, measures, and ends each window as it ends.

It holds nothing that grows with time: one iteration in memory, alerts counted above a limit, logs
rotated, samples thinned for a long plan.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...dryrun.interrupt import Interrupt
from ...dryrun.scribe import Scribe
from ...dryrun.seams import Seams
from ...dryrun.window import Plan, Window
from ...engine.bot.process.keeper import Happening, Keeper
from ...model.artifact import Manifest
from ...model.atomic import write_json
from ...model.errors import OutsideError
from ...model.profile import Profile
from ...store.heartbeat import Pulse
from ...store.record import Record
from .. import resources
from ..checkpoint import Place
from ..progress import Progress
from .attendance import Attendance, Missed
from .place import WallPlace, write
from .served import Served

if TYPE_CHECKING:
    from ...store.journal import Journal

TICK_S, BEAT_S, STALL_S = 0.2, 5.0, 30.0
MOST_ALERTS, MOST_SAMPLES = 200, 50_000
_SEVERITY = {"ill": "warning", "ended": "warning", "suppressed": "warning", "given_up": "critical"}
Told = Callable[[Progress], None]


@dataclass(frozen=True)
class Station:
    """Everything that a watch needs, but where it stands."""

    record: Record
    manifest: Manifest
    profile: Profile
    plan: Plan
    seams: Seams
    rest: Callable[[float], None]
    told: Told | None = None


class Watch:
    """A soak under way; `place` is where it stands."""

    def __init__(
        self, station: Station, journal: "Journal", keeper: Keeper, place: WallPlace, served: Served | None
    ) -> None:
        self.station, self.journal, self.keeper, self.served = station, journal, keeper, served
        self.place = place
        self.scribe = Scribe()
        self.scribe.write_to(journal)
        self.attendance = Attendance(place.at_ns, place.missing_ns, place.gap)
        self.attendance.covered_ns, self.attendance.window_ns = place.covered_ns, place.window_ns
        self.held: str | None = "bot_down"
        self.ended = place.iteration
        self._windows = list(station.plan.windows())
        self._alerts = 0
        # Ending a bot may take its whole grace, and is no standstill of ours.
        self._stall_ns = max(STALL_S, 3 * station.profile.bot.process.stop_s) * 1e9
        self._sample: dict[str, float | None] = {}
        self._next_sample_ns = self._next_beat_ns = 0
        planned_s = station.plan.planned_ns / 1e9
        self._sample_ns = round(max(station.profile.bot.process.sample_s, planned_s / MOST_SAMPLES) * 1e9)
        self._pulse = Pulse(station.record.heartbeat, instance=station.manifest.run_id, mode="soak")
        self._progress = Progress(
            len(self._windows), station.plan.window_ns / 1e9, done=self.ended, first=self.ended
        )

    def begin(self) -> None:
        """Journal what is about to run."""
        manifest, plan = self.station.manifest, self.station.plan
        started = {
            "mode": manifest.mode,
            "seed": manifest.seed,
            "start_ns": plan.start_ns,
            "planned_iterations": len(plan.phases),
            "window_ns": plan.window_ns,
            "profile": self.station.profile.name,
            "instruments": [],
            "provenance": manifest.provenance.model_dump(mode="json"),
        }
        self.scribe.emit(plan.start_ns, "run_started", started)
        self.scribe.emit(
            plan.start_ns, "config", {"sha256": manifest.config_sha256, "values": manifest.config}
        )

    def keep(self, interrupt: Interrupt) -> str:
        """Watch until the plan ends, somebody asks for an end, or the bot is given up."""
        end_ns = self.station.plan.start_ns + self.station.plan.planned_ns
        while True:
            now_ns = min(self.now_ns(), end_ns)
            self._account(now_ns)
            if now_ns >= end_ns:
                return "plan"
            for happening in self.keeper.tick():
                self.alert(happening)
            self.held = None if self.keeper.covers else self.keeper.cause
            if self.keeper.state == "over":
                return "guard"
            if interrupt.asked:
                return "interrupt"
            self._measure(now_ns)
            self._beat(now_ns)
            if self.served is not None and not self.served.is_there():
                raise OutsideError("the exchange has ended", fix="see exchange.log in the record")
            self.station.rest(TICK_S)

    def finish(self, reason: str) -> None:
        """End the bot, the window under way and the journal."""
        for happening in self.keeper.stop():
            self.alert(happening)
        at_ns = self.attendance.at_ns
        self._gaps(self.attendance.close())
        if self.ended < len(self._windows) and at_ns > self._windows[self.ended].from_ns:
            window = self._windows[self.ended]
            self._end(Window(window.index, window.phase, window.from_ns, at_ns))
        self.scribe.emit(
            at_ns,
            "run_finished",
            {
                "reason": reason,
                "iterations": self.ended,
                "covered_ns": self.attendance.covered_ns,
                "planned_ns": self.station.plan.planned_ns,
                "missing_ns": dict(sorted(self.attendance.missing_ns.items())),
            },
        )
        self.journal.sync()
        self._pulse_now()

    def lost(self, until_ns: int, cause: str) -> None:
        """Account time that nobody watched to its cause."""
        end_ns = self.station.plan.start_ns + self.station.plan.planned_ns
        self._account(min(until_ns, end_ns), cause)

    def alert(self, happening: Happening) -> None:
        """Journal something about the bot; more than a limit in one window are only counted."""
        self._alerts += 1
        if self._alerts <= MOST_ALERTS:
            self._alert(f"bot.{happening.what}", happening.detail)

    def now_ns(self) -> int:
        """Return the time, which never goes back here."""
        return max(self.station.seams.utc_now_ns(), self.attendance.at_ns)

    def save(self) -> None:
        """Write where it stands."""
        at = self.journal.position()
        held = self.attendance
        update = {
            "at_ns": held.at_ns,
            "iteration": self.ended,
            "covered_ns": held.covered_ns,
            "window_ns": held.window_ns,
            "missing_ns": held.missing_ns,
            "gap": held.gap,
            "restarts_ns": tuple(self.keeper.budget.spent_ns),
            "starts": self.keeper.starts,
            "processes": tuple(
                (one.pid, one.started_s) for one in sorted(self.keeper.known, key=lambda one: one.pid)
            ),
            "journal": Place(offset=at.offset, seq=at.seq, prev=at.prev),
        }
        self.place = self.place.model_copy(update=update)
        write(self.station.record.checkpoint, self.place)

    def _account(self, now_ns: int, cause: str | None = None) -> None:
        """Account the time since the last look, window by window, to a cause or to what held then."""
        if cause is None:
            stalled = now_ns - self.attendance.at_ns > self._stall_ns
            cause = "suite_stalled" if stalled else self.held
        while self.ended < len(self._windows) and now_ns >= self._windows[self.ended].until_ns:
            window = self._windows[self.ended]
            self._gaps(self.attendance.add(window.until_ns, cause))
            self._end(window)
            self.save()
        self._gaps(self.attendance.add(now_ns, cause))

    def _end(self, window: Window) -> None:
        """End a window: its line in the journal, and its summary."""
        covered_ns = self.attendance.end_window()
        if self._alerts > MOST_ALERTS:
            self._alert("soak.suppressed", f"{self._alerts - MOST_ALERTS} more alerts")
        fields: dict[str, Any] = {
            "index": window.index,
            "phase": window.phase,
            "from_ns": window.from_ns,
            "until_ns": window.until_ns,
            "covered_ns": covered_ns,
            "fills": 0,
            "decisions": 0,
            "events": self._alerts,
            "freeze": "none",
        }
        self._alerts = 0
        history = self.scribe.end_iteration(window.until_ns, fields)
        summary = self.station.seams.summarise(history, window.index)
        complete = summary.model_copy(update={"resources": self._sample})
        write_json(self.station.record.iteration(window.index), complete)
        self.ended += 1
        self._tell(window)

    def _gaps(self, gaps: list[Missed]) -> None:
        for gap in gaps:
            fields = {"symbol": "bot", "from_ns": gap.from_ns, "to_ns": gap.to_ns, "cause": gap.cause}
            self.scribe.emit(max(gap.to_ns, self.attendance.at_ns), "gap", fields)

    def _alert(self, name: str, detail: str) -> None:
        severity = _SEVERITY.get(name.partition(".")[2], "info")
        self.scribe.emit(
            self.attendance.at_ns, "alert", {"alert": name, "severity": severity, "detail": detail}
        )

    def _measure(self, now_ns: int) -> None:
        if now_ns < self._next_sample_ns:
            return
        self._next_sample_ns = now_ns + self._sample_ns
        sample = self.keeper.sample()
        if sample is not None:
            self._sample = sample
            resources.append(self.station.record.resources, self.ended, now_ns, self._sample)

    def _beat(self, now_ns: int) -> None:
        if now_ns < self._next_beat_ns:
            return
        self._next_beat_ns = now_ns + round(BEAT_S * 1e9)
        self._pulse_now()
        self.save()

    def _pulse_now(self) -> None:
        self._pulse.beat(
            self.station.seams.utc_now_ns(),
            seq=self.journal.seq,
            decisions=0,
            last_decision_ns=None,
            lag_ms=None,
        )

    def _tell(self, window: Window) -> None:
        if self.station.told is not None:
            elapsed_s = (window.until_ns - self.station.plan.start_ns) / 1e9
            self._progress = self._progress.after(
                elapsed_s=elapsed_s, fills=0, net_bps=None, freeze="none", phase=window.phase
            )
            self.station.told(self._progress)
