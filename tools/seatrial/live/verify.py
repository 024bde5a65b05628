"""
Is the bot really there: the lock, the process, its start, its heartbeat and its loop must agree.

Each of them alone has said "running" of a bot that was dead: a pid that was given to another
process, a heartbeat in local time that seemed to come from the future, a file left behind. Times
are integers of UTC, so no zone of anybody's clock takes part.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..model.live_settings import LiveSettings
from ..model.outcome import Outcome
from ..model.verdict import Verdict, worst
from ..store.clock import utc_now_ns
from ..store.heartbeat import Heartbeat, boot_id, read_heartbeat
from .latch.channel import ChannelError
from .latch.state import Latch, Presence
from .single import Seat, seats

FUTURE_S = 5.0
_START_TOLERANCE_NS = 2 * 10**9
PASS, WARN, FAIL, UNKNOWN = Verdict.PASS, Verdict.WARN, Verdict.FAIL, Verdict.UNKNOWN


@dataclass(frozen=True)
class Check:
    """One thing that was looked at."""

    name: str
    verdict: Verdict
    reason: str

    def document(self) -> dict[str, str]:
        """Return the check as `--json` shows it."""
        return {"name": self.name, "verdict": self.verdict.value, "reason": self.reason}


@dataclass(frozen=True)
class Process:
    """What the system says of a pid."""

    alive: bool
    started_ns: int | None
    detail: str


@dataclass(frozen=True)
class Evidence:
    """Everything that is looked at, gathered at one moment."""

    now_ns: int
    settings: LiveSettings
    seats: tuple[Seat, ...]
    beats: dict[str, Heartbeat | None]
    processes: dict[int, Process]
    boot_id: str
    latch: Latch | str = field(default="")

    @property
    def taken(self) -> tuple[Seat, ...]:
        """Return the seats that somebody holds."""
        return tuple(seat for seat in self.seats if seat.pid is not None)

    @property
    def presence(self) -> Presence | None:
        """Return who holds the first seat that says so."""
        return next((seat.presence for seat in self.taken if seat.presence), None)

    @property
    def beat(self) -> Heartbeat | None:
        """Return that instance's heartbeat."""
        presence = self.presence
        return None if presence is None else self.beats.get(presence.record)


def gather(
    settings: LiveSettings,
    symbols: tuple[str, ...] = (),
    *,
    now_ns: int | None = None,
    look: Callable[[], Latch] | None = None,
) -> Evidence:
    """Look at locks, processes, heartbeats and the latch; nothing is written."""
    found = seats(settings.account_folder, symbols)
    presences = [seat.presence for seat in found if seat.presence]
    beats = {one.record: read_heartbeat(Path(one.record) / "heartbeat.json") for one in presences}
    pids = {seat.pid for seat in found if seat.pid is not None} | {
        beat.pid for beat in beats.values() if beat
    }
    return Evidence(
        utc_now_ns(now_ns),
        settings,
        found,
        beats,
        {pid: process(pid) for pid in pids},
        boot_id(),
        _latch(look),
    )


def process(pid: int) -> Process:
    """Return what the system says of a pid."""
    import psutil

    try:
        one = psutil.Process(pid)
        status = one.status()
        started_ns = int(one.create_time() * 1_000) * 1_000_000
    except psutil.Error as error:
        return Process(alive=False, started_ns=None, detail=type(error).__name__)
    if status in {psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD}:
        return Process(alive=False, started_ns=started_ns, detail=status)
    return Process(alive=True, started_ns=started_ns, detail=status)


def verify(evidence: Evidence) -> Outcome:
    """Judge the evidence; exit 0 only when every check agrees."""
    checks = tuple(judge(evidence) for judge in CHECKS)
    verdict = worst(check.verdict for check in checks)
    reasons = tuple(f"{check.name}: {check.reason}" for check in checks if check.verdict is not PASS)
    lines = tuple(f"{check.verdict.value:7} {check.name:14} {check.reason}" for check in checks)
    data: dict[str, Any] = {"checks": [check.document() for check in checks]}
    return Outcome("live.verify", verdict, reasons, data, (*lines, _last(evidence, verdict)))


def _last(evidence: Evidence, verdict: Verdict) -> str:
    presence = evidence.presence
    return f"{verdict.value}  {presence.record if presence else 'no instance'}"


def one_instance(evidence: Evidence) -> Check:
    """Judge that exactly one process holds the locks."""
    pids = {seat.pid for seat in evidence.taken}
    if not pids:
        return Check("single", FAIL, "no instance holds a lock of this account")
    free = [seat.symbol for seat in evidence.seats if seat.pid is None]
    if len(pids) > 1:
        told = ", ".join(f"{seat.symbol} by pid {seat.pid}" for seat in evidence.taken)
        return Check("single", FAIL, f"{len(pids)} processes: {told}")
    if free and evidence.presence and set(free) & set(evidence.presence.symbols):
        return Check("single", FAIL, f"it does not hold {', '.join(free)}")
    return Check("single", PASS, f"pid {pids.pop()} holds {len(evidence.taken)} of its locks")


def process_exists(evidence: Evidence) -> Check:
    """Judge that the process of the lock lives."""
    pid = next((seat.pid for seat in evidence.taken), None)
    if pid is None:
        return Check("process", FAIL, "nobody holds the lock")
    found = evidence.processes.get(pid)
    if found is None or not found.alive:
        return Check("process", FAIL, f"pid {pid} is not there ({found.detail if found else 'not asked'})")
    if found.detail == "stopped":
        return Check("process", FAIL, f"pid {pid} is stopped and does nothing")
    return Check("process", PASS, f"pid {pid} is {found.detail}")


def start_time(evidence: Evidence) -> Check:
    """Judge that the pid is still that process: numbers are given out again."""
    presence, beat = evidence.presence, evidence.beat
    if presence is None or beat is None:
        return Check("start_time", UNKNOWN, "there is no heartbeat to compare with")
    found = evidence.processes.get(beat.pid)
    started = [presence.pid_started_ns, beat.pid_started_ns, found.started_ns if found else None]
    if None in started:
        return Check("start_time", FAIL, f"pid {beat.pid} of the heartbeat is not running")
    known = [value for value in started if value is not None]
    if max(known) - min(known) > _START_TOLERANCE_NS:
        return Check("start_time", FAIL, f"pid {beat.pid} was started at another time: it is another process")
    return Check("start_time", PASS, "lock, heartbeat and process began together")


def pid_parity(evidence: Evidence) -> Check:
    """Judge that heartbeat, lock and process are one, of this very start of the machine."""
    presence, beat = evidence.presence, evidence.beat
    if presence is None or beat is None:
        return Check("pid_parity", UNKNOWN, "there is no heartbeat to compare with")
    pids = {"lock": evidence.taken[0].pid, "instance": presence.pid, "heartbeat": beat.pid}
    if len(set(pids.values())) > 1:
        told = ", ".join(f"{name} {pid}" for name, pid in pids.items())
        return Check("pid_parity", FAIL, f"they differ: {told}")
    if {presence.boot_id, beat.boot_id} != {evidence.boot_id}:
        return Check("pid_parity", FAIL, "the heartbeat is of another start of the machine")
    return Check("pid_parity", PASS, f"heartbeat == lock == process {beat.pid}")


def heartbeat_age(evidence: Evidence) -> Check:
    """Judge the heartbeat's age in UTC: neither too old nor from the future."""
    beat = evidence.beat
    if beat is None:
        return Check("heartbeat_age", UNKNOWN, "there is no heartbeat that can be read")
    age_s = (evidence.now_ns - beat.ts_ns) / 1e9
    if age_s < -FUTURE_S:
        return Check("heartbeat_age", FAIL, f"it is {-age_s:.1f} s in the future: a clock is wrong")
    if age_s > evidence.settings.fresh_s:
        return Check("heartbeat_age", FAIL, f"{age_s:.1f} s old, at most {evidence.settings.fresh_s:g} s")
    return Check("heartbeat_age", PASS, f"{age_s:.1f} s old")


def loop_lag(evidence: Evidence) -> Check:
    """Judge how late the loop is."""
    beat = evidence.beat
    if beat is None or beat.loop_lag_ms is None:
        return Check("loop_lag", UNKNOWN, "not measured")
    verdict = PASS if beat.loop_lag_ms <= evidence.settings.lag_ms else FAIL
    return Check("loop_lag", verdict, f"{beat.loop_lag_ms:.0f} ms, at most {evidence.settings.lag_ms:g} ms")


def latch(evidence: Evidence) -> Check:
    """Judge that trading has not been stopped."""
    if isinstance(evidence.latch, str):
        return Check("latch", UNKNOWN, evidence.latch or "it was not looked at")
    if evidence.latch.is_set:
        return Check("latch", FAIL, f"set: {evidence.latch.reason}")
    return Check("latch", PASS, "not set")


CHECKS = (one_instance, process_exists, start_time, pid_parity, heartbeat_age, loop_lag, latch)


def _latch(look: Callable[[], Latch] | None) -> Latch | str:
    if look is None:
        return ""
    try:
        return look()
    except ChannelError as error:
        return error.message
