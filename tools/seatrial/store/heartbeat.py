"""
The heartbeat: who is at work on a record, and when it last moved.

Replaced atomically, so that a watcher in another process never reads half of one. A pid alone
proves nothing after a reboot or a wrap-around, hence the boot and the start of the process.
"""

import os
from pathlib import Path

from pydantic import ValidationError

from ..model.atomic import write_json
from ..model.config import Config, Count

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class Heartbeat(Config):
    """`heartbeat.json`; times are wall-clock nanoseconds, but the last decision's is market time."""

    ts_ns: int
    seq: Count
    boot_id: str
    pid: int
    pid_started_ns: int
    instance: str
    mode: str
    loop_lag_ms: float | None
    decisions_total: Count
    last_decision_ts_ns: int | None


class Pulse:
    """Beats for one process: knows who it is, and writes only what changes."""

    def __init__(self, path: Path, *, instance: str, mode: str) -> None:
        self._path, self._instance, self._mode = path, instance, mode
        self._boot_id, self._started_ns = boot_id(), started_ns()

    def beat(
        self, ts_ns: int, *, seq: int, decisions: int, last_decision_ns: int | None, lag_ms: float | None
    ) -> None:
        """Replace the heartbeat; `ts_ns` is now, `lag_ms` how late the loop is (None: it has no schedule)."""
        beat = Heartbeat(
            ts_ns=ts_ns,
            seq=seq,
            boot_id=self._boot_id,
            pid=os.getpid(),
            pid_started_ns=self._started_ns,
            instance=self._instance,
            mode=self._mode,
            loop_lag_ms=lag_ms,
            decisions_total=decisions,
            last_decision_ts_ns=last_decision_ns,
        )
        write_json(self._path, beat.model_dump(mode="json"))


def read_heartbeat(path: Path) -> Heartbeat | None:
    """Return the last heartbeat, None when there is none that can be read."""
    try:
        return Heartbeat.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None


def boot_id() -> str:
    """Return what tells this start of the machine from any other."""
    try:
        return _BOOT_ID.read_text().strip()
    except OSError:
        import psutil

        return f"boot-{int(psutil.boot_time())}"


def started_ns() -> int:
    """Return when this process started, in wall-clock nanoseconds."""
    import psutil

    return int(psutil.Process().create_time() * 1_000) * 1_000_000
