"""
A record made from a bot's own files, so that what it did elsewhere is judged by the same gates.

The record is a normal one: manifest with the hash of every input, chained journal, iterations,
verdict, reports. Beside it lies every anomaly with its row. What the files cannot tell is missing
and not zero, so a gate on it says UNKNOWN.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..dryrun.asking import Ask, resolve
from ..dryrun.conclude import conclude
from ..dryrun.ending import failing
from ..dryrun.scribe import Scribe
from ..dryrun.seams import Seams
from ..dryrun.window import Phase, Plan, Window
from ..engine.bot.files.interface import Reading, read_files
from ..engine.bot.told.retelling import UNTOLD, Event, Retelling
from ..model.artifact import Manifest, Provenance
from ..model.atomic import json_bytes, write_bytes, write_json
from ..model.errors import InputError, Where
from ..model.outcome import Outcome
from ..store.clock import stamp
from ..store.journal import Journal
from ..store.lock import held
from ..store.manifest import ConfigFacts, Intent, build_manifest, read_manifest, surroundings
from ..store.record import MANIFEST, Record, create_record, free_run_id

if TYPE_CHECKING:
    from ..engine.bot.told.steps import Step

MODE = "history"
ANOMALIES = "anomalies.jsonl"
TOLD_IN_JSON = 200
_HOUR_NS, _DAY_NS = 3_600 * 10**9, 86_400 * 10**9
# Window by length of the history: hours of two days, days of half a year, weeks of more.
_WINDOWS = ((48 * _HOUR_NS, _HOUR_NS), (200 * _DAY_NS, _DAY_NS))
_SLOTS = 5_000


@dataclass(frozen=True)
class _Span:
    """When a history began and ended, and the windows that it is cut into."""

    plan: Plan
    end_ns: int


def adopt(path: Path, kind: str | None, ask: Ask, *, seams: Seams | None = None) -> Outcome:
    """
    Make a record from a bot's files and judge it; `kind` names the bot, None recognises it.

    The files are read and never written. Files that hold no order and no fill are an `InputError`.
    """
    seams = seams or Seams()
    resolved = resolve(ask)
    seams.check(resolved.profile)
    reading = read_files(path, kind)
    retelling = Retelling(reading.told)
    if not retelling.steps:
        raise InputError(
            "there is no order and no fill in it",
            where=Where(str(path)),
            fix=" ".join(reading.told.notes) or "name the right file",
        )
    span = _span(retelling.steps)
    facts = ConfigFacts(resolved.values, resolved.sources_document, resolved.sha256)
    record = _record(path, reading, ask, (facts, resolved.profile.seed), (span, seams))
    manifest = read_manifest(record.manifest)
    with (
        held(record.lock),
        failing(record),
        Journal.create(record.journal, manifest.run_id) as journal,
    ):
        _Telling(record, manifest, retelling, journal, seams).tell(span, resolved.profile.name)
        journal.close()
        _write_anomalies(record, reading)
        ended = {"ended_ns": seams.utc_now_ns(), "stopped_by": "plan"}
        write_json(record.manifest, manifest.model_copy(update=ended))
        outcome = conclude(record, "soak.report", seams, strict=ask.strict)
    return _said(outcome, reading)


class _Telling:
    """Writes one history into its record, window by window."""

    def __init__(
        self, record: Record, manifest: Manifest, retelling: Retelling, journal: Journal, seams: Seams
    ) -> None:
        self.record, self.manifest, self.retelling, self.seams = record, manifest, retelling, seams
        self.scribe = Scribe()
        self.scribe.write_to(journal)
        self.markouts = list(retelling.markouts())
        self.marked = 0

    def tell(self, span: _Span, profile: str) -> None:
        """Journal the whole history and summarise each window."""
        self._begin(span, profile)
        steps, at, count = self.retelling.steps, 0, 0
        for window in span.plan.windows(end_ns=span.end_ns):
            reached = at
            while reached < len(steps) and steps[reached].ts_ns < window.until_ns:
                reached += 1
            self._window(window, steps[at:reached], last=window.until_ns >= span.end_ns)
            at, count = reached, count + 1
        # Executions that had no place in the record: the plan was not fulfilled.
        reason = "damaged" if self.retelling.told.lost_fills else "plan"
        self._emit((span.end_ns, "run_finished", {"reason": reason, "iterations": count, "covered_ns": None}))

    def _begin(self, span: _Span, profile: str) -> None:
        started = {
            "mode": MODE,
            "seed": self.manifest.seed,
            "start_ns": span.plan.start_ns,
            "planned_iterations": len(span.plan.phases),
            "window_ns": span.plan.window_ns,
            "profile": profile,
            "instruments": [one.model_dump(mode="json") for one in self.retelling.instruments],
            "provenance": self.manifest.provenance.model_dump(mode="json"),
        }
        self._emit((span.plan.start_ns, "run_started", started))
        config = {"sha256": self.manifest.config_sha256, "values": self.manifest.config}
        self._emit((span.plan.start_ns, "config", config))

    def _window(self, window: Window, steps: "list[Step]", *, last: bool) -> None:
        self.retelling.iteration = window.index
        before = (self.retelling.fills, self.retelling.decisions)
        for step in steps:
            self._mark_out(step.ts_ns)
            for event in self.retelling.events(step):
                self._emit(event)
        self._mark_out(window.until_ns, rest=last)
        for event in self.retelling.positions(window.until_ns, final=last):
            self._emit(event)
        fields = {
            "index": window.index,
            "phase": window.phase,
            "from_ns": window.from_ns,
            "until_ns": window.until_ns,
            "covered_ns": None,
            "fills": self.retelling.fills - before[0],
            "decisions": self.retelling.decisions - before[1],
            "events": len(steps),
            "freeze": "none",
        }
        history = self.scribe.end_iteration(window.until_ns, fields)
        summary = self.seams.summarise(history, window.index)
        write_json(self.record.iteration(window.index), summary)

    def _mark_out(self, until_ns: int, *, rest: bool = False) -> None:
        """Journal the mark-outs that are due by now; at the end, all that are left."""
        while self.marked < min(len(self.markouts), self.retelling.fills):
            ts_ns, kind, fields = self.markouts[self.marked]
            if ts_ns > until_ns and not rest:
                return
            self._emit((min(ts_ns, until_ns), kind, fields))
            self.marked += 1

    def _emit(self, event: Event) -> None:
        self.scribe.emit(*event)


def _span(steps: "list[Step]") -> _Span:
    first, last = steps[0].ts_ns, steps[-1].ts_ns + 1
    length = last - first
    window_ns = next((window for limit, window in _WINDOWS if length <= limit), 7 * _DAY_NS)
    start = first - first % window_ns
    count = min(-(-(last - start) // window_ns), _SLOTS)
    window_ns = max(window_ns, -(-(last - start) // count))
    steady: Phase = "steady"
    return _Span(Plan((steady,) * count, start, window_ns), last)


def _record(
    path: Path, reading: Reading, ask: Ask, config: tuple[ConfigFacts, int], span: tuple[_Span, Seams]
) -> Record:
    facts, seed = config
    (cut, seams), told = span, reading.told
    started_ns = seams.utc_now_ns()
    run_id = free_run_id(ask.folder, MODE, f"{stamp(started_ns)}-{MODE}-{facts.sha256[:8]}-{seed}")
    provenance = Provenance(
        kind="history",
        dataset=path.name,
        sha256=_hash_of(reading),
        detail={
            "format": told.format,
            "files": [one.model_dump(mode="json") for one in reading.files],
            "untold": list(UNTOLD),
            "notes": told.notes,
            "fees_assumed": sum(any(fee.assumed for fee in fill.fees or ()) for fill in told.fills),
        },
    )
    intent = Intent(run_id, MODE, seed, ask.command, cut.plan.planned_ns, started_ns)
    manifest = build_manifest(intent, facts, provenance, surroundings(Path.cwd()))
    record = create_record(ask.folder, MODE, run_id, {MANIFEST: json_bytes(manifest)})
    record.point_latest()
    return record


def _hash_of(reading: Reading) -> str:
    """Return one hash over what was read, whatever the files were called."""
    from hashlib import sha256

    return sha256("\n".join(sorted(one.sha256 for one in reading.files)).encode()).hexdigest()


def _write_anomalies(record: Record, reading: Reading) -> None:
    import orjson

    lines = [orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in _rows(reading)]
    write_bytes(record.path / ANOMALIES, b"".join(lines))


def _rows(reading: Reading) -> Iterator[dict[str, Any]]:
    for one in reading.told.anomalies:
        yield {"kind": one.kind, "source": one.source, "row": one.row, "detail": one.detail}


def _said(outcome: Outcome, reading: Reading) -> Outcome:
    """Return what the command says: the verdict, what was read, and what is odd about it."""
    from dataclasses import replace

    told, counts = reading.told, reading.told.counts()
    assumed = sum(any(fee.assumed for fee in fill.fees or ()) for fill in told.fills)
    notes = list(told.notes)
    if assumed:
        notes.append(
            f"the fees of {assumed} fills are what the bot reckoned with, not what the venue charged"
        )
    data = {
        **outcome.data,
        "format": told.format,
        "fills": len(told.fills),
        "orders": told.orders_count,
        "anomalies": counts,
        "findings": list(_rows(reading))[:TOLD_IN_JSON],
        "notes": notes,
    }
    odd = [f"{count} {kind.replace('_', ' ')}" for kind, count in counts.items()]
    read = f"{told.format}: {told.orders_count} orders, {len(told.fills)} fills"
    lines = (read, *(["anomalies: " + ", ".join(odd)] if odd else []), *notes, *outcome.lines)
    return replace(outcome, data=data, lines=lines)
