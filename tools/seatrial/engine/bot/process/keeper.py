"""
The keeper of a bot: starts it, sees whether it is ready and well, starts it again within its budget.

One `tick` at a time, so that whoever keeps the time can be a test; between ticks nothing happens.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ....model.errors import OutsideError
from ....model.process import ProcessSettings
from .health import Doctor, Seen
from .launch import Launched
from .logbook import Logbook
from .restart import Budget
from .tree import Identity, Sample, TreeMeter

State = Literal["waiting", "starting", "ready", "over"]


@dataclass(frozen=True)
class Happening:
    """Something that a record should tell: started, ready, ended, ill, restarting, given_up."""

    what: str
    detail: str


@dataclass(frozen=True)
class Errand:
    """What is to be kept: a command line, its environment, where it runs, and by which rules."""

    command: Sequence[str]
    env: Mapping[str, str]
    folder: Path
    settings: ProcessSettings


class Keeper:
    """Keeps one bot; `now_ns` is wall-clock time, `spent_ns` the restarts of a soak that goes on."""

    def __init__(
        self, errand: Errand, logbook: Logbook, now_ns: Callable[[], int], spent_ns: Sequence[int] = ()
    ) -> None:
        self._errand, self._logbook, self._now_ns = errand, logbook, now_ns
        self.budget = Budget(errand.settings.restart, spent_ns)
        self.meter = TreeMeter()
        self.state: State = "waiting"
        self.seen = Seen()
        self.starts = 0
        self._due_ns = 0
        self._launched: Launched | None = None
        self._doctor: Doctor | None = None

    @property
    def covers(self) -> bool:
        """Return whether this moment counts as watched: ready, and nothing wrong with it."""
        return self.state == "ready" and not self.seen.ill

    @property
    def cause(self) -> str:
        """Return why this moment does not count."""
        return {"waiting": "bot_down", "starting": "bot_starting", "over": "bot_given_up"}.get(
            self.state, "bot_ill"
        )

    @property
    def known(self) -> set[Identity]:
        """Return the processes of the bot as they were last seen."""
        return set(self.meter.seen)

    def tick(self) -> list[Happening]:
        """Look once and do what is due; return what happened."""
        if self.state == "waiting":
            return self._start() if self._now_ns() >= self._due_ns else []
        if self.state == "over" or self._launched is None or self._doctor is None:
            return []
        if not self._launched.poll():
            return self._gone(self._launched)
        return (
            self._while_starting(self._doctor)
            if self.state == "starting"
            else self._while_ready(self._doctor)
        )

    def sample(self) -> Sample | None:
        """Return what the bot's processes cost now, None when there is none."""
        pid = self._launched.pid if self._launched else None
        return self.meter.sample(pid) if pid is not None and self.state in {"starting", "ready"} else None

    def stop(self) -> list[Happening]:
        """End the bot in good order and for good."""
        launched, self._launched, self.state = self._launched, None, "over"
        if launched is None:
            return []
        launched.stop(self._errand.settings.stop_s)
        self._logbook.finish(self._errand.settings.stop_s)
        return [Happening("ended", f"stopped: {_how(launched)}")]

    def _start(self) -> list[Happening]:
        held = self._errand
        self._doctor = Doctor(
            (held.settings.ready, held.settings.health), held.folder, self._logbook, self._now_ns
        )
        self._launched = Launched(held.command, held.env, held.folder, self._logbook)
        self.state, self.seen, self.starts = "starting", Seen(), self.starts + 1
        return [Happening("started", f"start {self.starts}")]

    def _while_starting(self, doctor: Doctor) -> list[Happening]:
        if self._launched is not None and self._launched.pid is not None and doctor.is_ready():
            self.state = "ready"
            return [Happening("ready", f"start {self.starts}")]
        if doctor.is_late():
            return self._end_it(f"not ready within {self._errand.settings.ready.timeout_s:g} s")
        return []

    def _while_ready(self, doctor: Doctor) -> list[Happening]:
        self.seen = doctor.look()
        if not self.seen.ill:
            return []
        return [Happening("ill", self.seen.ill), *self._end_it(self.seen.ill)]

    def _end_it(self, reason: str) -> list[Happening]:
        launched = self._launched
        if launched is None:
            return []
        launched.stop(self._errand.settings.stop_s)
        return self._ruled(f"{reason}; {_how(launched)}", failed=True)

    def _gone(self, launched: Launched) -> list[Happening]:
        if launched.failure is not None and self.starts == 1:
            # It never ran: nothing was tried, and the command line is the user's to mend.
            self.state, self._launched = "over", None
            raise OutsideError(f"the bot cannot be started: {launched.failure}", fix="mend bot.command")
        failed = launched.failure is not None or launched.exit_code != 0
        return self._ruled(launched.failure or _how(launched), failed=failed)

    def _ruled(self, reason: str, *, failed: bool) -> list[Happening]:
        self._launched = self._doctor = None
        now_ns = self._now_ns()
        ruling = self.budget.ended(now_ns, failed=failed)
        happened = [Happening("ended", reason)]
        if ruling.wait_s is None:
            self.state = "over"
            return [*happened, Happening("given_up", ruling.reason)]
        self.state, self._due_ns = "waiting", now_ns + round(ruling.wait_s * 1e9)
        return [*happened, Happening("restarting", ruling.reason)]


def _how(launched: Launched) -> str:
    code = launched.exit_code
    how = "its end was not seen" if code is None else f"signal {-code}" if code < 0 else f"exit code {code}"
    return f"{how}, {launched.swept} processes left behind were ended" if launched.swept else how
