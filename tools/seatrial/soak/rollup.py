"""
Rollup: what many records say together, week by week.

A record counts once, by its run's id, however often it is given; a week's figures are weighted by the
time that was covered, so that a run of minutes does not weigh like one of days. What did not end, or
was not measured, is counted and enters no mean. The trend compares the newest week with the ones
before it, by what matters of a KPI.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median, pstdev
from typing import Any

from pydantic import ValidationError

from ..judge.kpi import KPIS
from ..judge.margins import margin
from ..model.artifact import Manifest, VerdictFile
from ..model.atomic import write_json
from ..model.config import Config, Count
from ..model.errors import InputError, Where
from ..model.outcome import Outcome
from ..model.verdict import Verdict
from ..store.manifest import read_manifest
from ..store.record import Record
from .place import record_at

VERB = "soak.rollup"
TRENDS = (
    "net_bps", "maker_share_ratio", "risk_ratio", "ack_latency_ms_p95", "order_age_ms_p95", "fills_per_h",
    "drawdown_ratio",
)  # fmt: skip
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Entry(Config):
    """What a rollup keeps of one record."""

    run_id: str
    started_ns: int
    covered_ns: Count
    planned_ns: Count
    verdict: Verdict | None
    kpis: dict[str, float | None]

    @property
    def week(self) -> str:
        """Return the ISO week in which the run began, UTC."""
        year, week, _ = (_EPOCH + timedelta(microseconds=self.started_ns // 1_000)).isocalendar()
        return f"{year}-W{week:02d}"


class Rollup(Config):
    """The file in which a rollup grows."""

    schema_version: int = 1
    entries: tuple[Entry, ...] = ()


def rollup(paths: Sequence[Path], into: Path | None = None) -> Outcome:
    """Roll records up, together with those that a rollup file holds already."""
    held = _read(into) if into is not None and into.exists() else Rollup()
    entries = merged((*held.entries, *(entry_of(record_at(path)) for path in paths)))
    if into is not None:
        write_json(into, Rollup(entries=entries).model_dump(mode="json"))
    weeks = weekly(entries)
    trends = {name: trend(name, weeks) for name in TRENDS}
    verdict, reasons = _verdict(weeks, trends)
    data = {
        "records": len(entries),
        "weeks": weeks,
        "trends": trends,
        "into": None if into is None else str(into),
    }
    lines = [_line(week) for week in weeks]
    lines += [f"{name}: {one['verdict']}" + _moved(one) for name, one in trends.items()]
    return Outcome(VERB, verdict, reasons, data, (*lines, f"{verdict}  {reasons[0]}"))


def entry_of(record: Record) -> Entry:
    """Return what counts of one record; without a verdict it has no KPIs."""
    manifest = read_manifest(record.manifest)
    judged = _judged(record, manifest)
    return Entry(
        run_id=manifest.run_id,
        started_ns=manifest.started_ns,
        covered_ns=manifest.covered_ns,
        planned_ns=manifest.planned_ns,
        verdict=manifest.verdict,
        kpis={} if judged is None else judged.kpis,
    )


def merged(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Return each run once, in order of time; one that has ended since takes the place of its beginning."""
    found: dict[str, Entry] = {}
    for entry in entries:
        before = found.get(entry.run_id)
        if before is None or before.verdict is None:
            found[entry.run_id] = entry
        elif entry.verdict is not None and (entry.verdict, entry.kpis) != (before.verdict, before.kpis):
            raise InputError(
                f"the run {entry.run_id} has two different results",
                where=Where(field="run_id"),
                fix="judge it again with `seatrial soak report`, or leave the wrong copy out",
            )
    return tuple(sorted(found.values(), key=lambda entry: (entry.started_ns, entry.run_id)))


def weekly(entries: Sequence[Entry]) -> list[dict[str, Any]]:
    """Return each week's figures, oldest first."""
    names = sorted({entry.week for entry in entries})
    return [_week(name, [entry for entry in entries if entry.week == name]) for name in names]


def trend(name: str, weeks: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return how the newest week stands against the median of the ones before it."""
    values = [week["kpis"].get(name) for week in weeks]
    before = [value for value in values[:-1] if value is not None]
    after = values[-1] if values else None
    if after is None or not before:
        return {"verdict": "unknown", "before": None, "after": after, "moved": None, "margin": None}
    usual = median(before)
    matters = margin(name, usual, pstdev(before))
    gain = (after - usual) * (1 if KPIS.get(name).better == "higher" else -1)
    words = "worse" if gain < -matters else "better" if gain > matters else "steady"
    return {"verdict": words, "before": usual, "after": after, "moved": after - usual, "margin": matters}


def _week(name: str, entries: Sequence[Entry]) -> dict[str, Any]:
    ended = [entry for entry in entries if entry.verdict is not None]
    planned = sum(entry.planned_ns for entry in entries)
    covered = sum(entry.covered_ns for entry in entries)
    kpis = sorted({kpi for entry in ended for kpi in entry.kpis})
    return {
        "week": name,
        "runs": [entry.run_id for entry in entries],
        "unfinished": len(entries) - len(ended),
        "verdicts": dict(sorted(Counter(str(entry.verdict) for entry in ended if entry.verdict).items())),
        "covered_h": covered / 3.6e12,
        "planned_h": planned / 3.6e12,
        "coverage_ratio": min(1.0, covered / planned) if planned else None,
        "kpis": {
            kpi: _weighted([(entry.kpis.get(kpi), entry.covered_ns) for entry in ended]) for kpi in kpis
        },
    }


def _weighted(values: Sequence[tuple[float | None, int]]) -> float | None:
    known = [(value, weight) for value, weight in values if value is not None and weight > 0]
    total = sum(weight for _, weight in known)
    return sum(value * weight for value, weight in known) / total if total else None


def _verdict(
    weeks: Sequence[Mapping[str, Any]], trends: Mapping[str, Mapping[str, Any]]
) -> tuple[Verdict, tuple[str, ...]]:
    """Return the newest week's worst verdict, or WARN for a trend; without evidence UNKNOWN."""
    newest = weeks[-1] if weeks else None
    if newest is None or not newest["verdicts"]:
        return Verdict.UNKNOWN, ("no run of the newest week has ended with a verdict",)
    if "FAIL" in newest["verdicts"]:
        return Verdict.FAIL, (f"{newest['verdicts']['FAIL']} runs failed in {newest['week']}",)
    if "UNKNOWN" in newest["verdicts"]:
        return Verdict.UNKNOWN, (f"{newest['verdicts']['UNKNOWN']} runs of {newest['week']} settled nothing",)
    worse = [name for name, one in trends.items() if one["verdict"] == "worse"]
    if worse:
        return Verdict.WARN, (f"{', '.join(worse)} became worse in {newest['week']}",)
    if len(weeks) < 2:
        return Verdict.UNKNOWN, ("a trend needs two weeks",)
    return Verdict.PASS, (f"nothing became worse over {len(weeks)} weeks",)


def _judged(record: Record, manifest: Manifest) -> VerdictFile | None:
    if manifest.verdict is None:
        return None
    try:
        return VerdictFile.model_validate_json(record.verdict.read_bytes())
    except (OSError, ValidationError) as error:
        raise InputError(
            "the verdict cannot be read", where=Where(str(record.verdict)), fix="make it with `soak report`"
        ) from error


def _read(path: Path) -> Rollup:
    try:
        return Rollup.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise InputError(
            "this is no rollup file", where=Where(str(path)), fix="give another --into"
        ) from error


def _line(week: Mapping[str, Any]) -> str:
    net = week["kpis"].get("net_bps")
    said = "not measured" if net is None else f"{net:.3f} bps"
    verdicts = ", ".join(f"{count} {name}" for name, count in week["verdicts"].items()) or "no verdict"
    head = f"{week['week']}  {len(week['runs'])} runs  {week['covered_h']:.1f} h covered"
    return f"{head}  net {said}  ({verdicts})"


def _moved(one: Mapping[str, Any]) -> str:
    return "" if one["moved"] is None else f" ({one['before']:.4g} to {one['after']:.4g})"
