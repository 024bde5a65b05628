"""What was asked for on the command line: a record, or files; one of them and whole."""

from dataclasses import dataclass
from pathlib import Path

from ..model.errors import UsageError
from ..model.outcome import Outcome
from ..store.record import open_record
from .audit import audit_files, audit_record
from .radar import radar_file, radar_record
from .sentinel import watch_record, watch_series


@dataclass(frozen=True)
class Asked:
    """A record (with or without a baseline), or a file of trades with its quotes."""

    record: Path | None
    fills: Path | None = None
    quotes: Path | None = None
    baseline: Path | None = None


def audit(asked: Asked, horizon_s: float, stale_s: float) -> Outcome:
    """Audit what was asked for."""
    if asked.record is not None and (asked.fills or asked.quotes):
        raise UsageError("a record and files were given", fix="give one of them")
    if asked.record is not None:
        base = None if asked.baseline is None else open_record(asked.baseline).path
        return audit_record(open_record(asked.record).path, horizon_s, base)
    if asked.fills is None or asked.quotes is None:
        raise UsageError("nothing to audit", fix="give a RECORD, or both --fills and --quotes")
    if asked.baseline is not None:
        raise UsageError("--baseline compares records", fix="audit a RECORD")
    return audit_files(asked.fills, asked.quotes, horizon_s, stale_s)


def sentinel(record: Path | None, series: Path | None, *, online: bool, run_length: float) -> Outcome:
    """Watch a record or a file of one series."""
    _one_of(record, series)
    if series is not None:
        return watch_series(series, online=online, run_length=run_length)
    return watch_record(open_record(Path(str(record))).path, online=online, run_length=run_length)


def radar(record: Path | None, series: Path | None, most: int) -> Outcome:
    """Rank what is strange in a record or in a file of metrics."""
    _one_of(record, series)
    return (
        radar_file(series, most)
        if series is not None
        else radar_record(open_record(Path(str(record))).path, most)
    )


def _one_of(record: Path | None, series: Path | None) -> None:
    if (record is None) == (series is None):
        raise UsageError("one of a record and a series is needed", fix="give a RECORD or --series FILE")
