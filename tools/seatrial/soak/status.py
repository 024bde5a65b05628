"""How a soak stands, from its files and its lock: nobody at work is asked or disturbed."""

from pathlib import Path

from ..dryrun.conclude import tally
from ..dryrun.duration import words
from ..model.artifact import Manifest
from ..model.outcome import Outcome
from ..store.clock import utc_now_ns
from ..store.heartbeat import read_heartbeat
from ..store.lock import holder_pid
from ..store.manifest import read_manifest
from ..store.record import Record
from .place import record_at


def status(path: Path | None = None, *, out: Path | None = None, now_ns: int | None = None) -> Outcome:
    """Return where a record stands; without a path, the newest soak under `out`."""
    record = record_at(path, out=out)
    manifest = read_manifest(record.manifest)
    beat, pid, counted = read_heartbeat(record.heartbeat), holder_pid(record.lock), tally(record)
    planned = _planned(manifest)
    age_s = None if beat is None else round((utc_now_ns(now_ns) - beat.ts_ns) / 1e9, 3)
    state = _state(manifest, pid)
    data = {
        "run_id": manifest.run_id,
        "record": str(record.path),
        "state": state,
        "pid": pid,
        "iterations": counted.iterations,
        "planned_iterations": planned,
        "fills": counted.fills,
        "stopped_by": manifest.stopped_by,
        "ended_exit_code": manifest.exit_code,
        "ended_verdict": None if manifest.verdict is None else manifest.verdict.value,
        "resumable": state == "stopped" and record.checkpoint.is_file(),
        "heartbeat": None if beat is None else beat.model_dump(mode="json"),
        "heartbeat_age_s": age_s,
        "report": str(record.report) if record.report.is_file() else None,
    }
    go_on = f"; `seatrial soak resume {record.path}` goes on" if data["resumable"] else ""
    last = f"{state}: {counted.iterations} of {planned} iterations{go_on}"
    lines = (f"run {manifest.run_id}", *_beat_line(age_s), *_verdict_line(record, manifest), last)
    return Outcome("soak.status", data=data, lines=lines)


def _state(manifest: Manifest, pid: int | None) -> str:
    if pid is not None:
        return "running"
    if manifest.verdict is not None:
        return "interrupted" if manifest.stopped_by == "interrupt" else "finished"
    return "stopped"


def _planned(manifest: Manifest) -> int | None:
    soak = manifest.config.get("soak")
    return soak.get("iterations") if isinstance(soak, dict) else None


def _beat_line(age_s: float | None) -> tuple[str, ...]:
    return () if age_s is None else (f"last heartbeat {words(max(0.0, age_s))} ago",)


def _verdict_line(record: Record, manifest: Manifest) -> tuple[str, ...]:
    return () if manifest.verdict is None else (f"{manifest.verdict.value}  {record.report}",)
