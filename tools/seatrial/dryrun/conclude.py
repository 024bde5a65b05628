"""
Conclude a run: judge the record, write the verdict and the reports, complete the manifest.

Works from the record alone, so that the same code judges a run that has just ended and one that
somebody sent from another machine.
"""

from dataclasses import dataclass, replace

from pydantic import ValidationError

from ..judge.joint import venue_records
from ..model.artifact import IterationSummary, Manifest, VerdictFile
from ..model.atomic import write_bytes, write_json
from ..model.errors import InputError, Where
from ..model.outcome import Outcome
from ..model.profile import Profile
from ..store.manifest import read_manifest
from ..store.record import Record
from .duration import words
from .seams import Judged, Seams

INTERRUPTED = 130


@dataclass(frozen=True)
class Tally:
    """What the iteration summaries add up to."""

    iterations: int
    fills: int
    span_ns: int


def conclude(record: Record, verb: str, seams: Seams, *, strict: bool) -> Outcome:
    """Judge a record that has ended, write what was found, and return what there is to say."""
    manifest = read_manifest(record.manifest)
    judged = rejudge(record, manifest, seams)
    outcome = outcome_of(record, manifest, judged, verb)
    if manifest.stopped_by == "interrupt" and verb != "soak.report":
        outcome = replace(outcome, exit_code_forced=INTERRUPTED)
    code = outcome.exit_code(strict=strict)
    ended = manifest.model_copy(update={"verdict": judged.verdict.verdict, "exit_code": code})
    write_json(record.manifest, ended)
    return outcome


def rejudge(record: Record, manifest: Manifest, seams: Seams) -> Judged:
    """Judge a record by its own profile and write every file that says the verdict."""
    judged = seams.judge(record.path, profile_of(record, manifest))
    for name, content in sorted(judged.files.items()):
        write_bytes(record.path / name, content)
    return judged


def profile_of(record: Record, manifest: Manifest) -> Profile:
    """Return the profile that a record was made with."""
    try:
        return Profile.model_validate(manifest.config)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(["config", *(str(step) for step in first["loc"])])
        raise InputError(
            f"the recorded configuration does not fit this program: {first['msg']}",
            where=Where(str(record.manifest), field=field),
            fix=f"use seatrial {manifest.versions.get('seatrial', 'of the record')}",
        ) from error


def outcome_of(record: Record, manifest: Manifest, judged: Judged, verb: str, *, note: str = "") -> Outcome:
    """Return what a command says about a judged record, a note first if there is one."""
    verdict, counted = judged.verdict, tally(record)
    reasons = (*filter(None, [note]), *verdict.reasons)
    return Outcome(
        name=verb,
        verdict=verdict.verdict,
        reasons=reasons,
        data={
            "run_id": manifest.run_id,
            "record": str(record.path),
            "kpis": verdict.kpis,
            "iterations": counted.iterations,
            "fills": counted.fills,
            "residual": judged.residual_ratio,
            "report": str(record.report),
        },
        lines=(_headline(manifest, counted), *reasons, _last_line(record, verdict)),
    )


def tally(record: Record) -> Tally:
    """Add up the iteration summaries of a record, and the fills of an exchange inside it."""
    iterations, fills, span_ns = 0, 0, 0
    for path in sorted(record.iterations.glob("ITER_SUMMARY_*.json")):
        summary = IterationSummary.model_validate_json(path.read_bytes())
        iterations += 1
        fills += summary.fills
        span_ns += summary.until_ts_ns - summary.from_ts_ns
    for venue in venue_records(record.path):
        # A bot of its own process has its fills at the exchange.
        fills += tally(Record(venue)).fills
    return Tally(iterations, fills, span_ns)


def _headline(manifest: Manifest, counted: Tally) -> str:
    span = words(counted.span_ns / 1e9) if counted.span_ns else "no"
    market = manifest.provenance.kind
    seen = f"{span} of a bot's own history" if market == "history" else f"{span} of {market} market time"
    rounds = f"{counted.iterations} iteration{'' if counted.iterations == 1 else 's'}"
    return f"{manifest.mode}: {rounds}, {seen}, {counted.fills} fills"


def _last_line(record: Record, verdict: VerdictFile) -> str:
    return f"{verdict.verdict.value}  {record.report}"
