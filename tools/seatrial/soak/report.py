"""Say a verdict again: from a finished record as it stands, or judged anew from its files."""

from pathlib import Path

from ..dryrun.asking import Ask
from ..dryrun.conclude import conclude, outcome_of, rejudge
from ..dryrun.seams import Judged, Seams
from ..model.artifact import Manifest, VerdictFile
from ..model.errors import InputError, UsageError, Where
from ..model.outcome import Outcome
from ..store.lock import held
from ..store.manifest import read_manifest
from ..store.record import LATEST, MANIFEST, Record
from .place import record_at

VERB = "soak.report"


def report_of(path: Path, kind: str | None, ask: Ask, *, seams: Seams | None = None) -> Outcome:
    """Judge a record again, or adopt a bot's own files: those of `kind`, or of the kind they look like."""
    if kind is None and ((path / MANIFEST).is_file() or not path.exists()):
        if ask.profile or ask.sets or (ask.out and str(path) != LATEST):
            raise UsageError(
                "a record is judged by its own profile and where it lies",
                where=Where(str(path)),
                fix="leave out --profile, --set and --out; `gate check` takes other gates",
            )
        return report(path, seams=seams)
    from .adopt import adopt

    return adopt(path, kind, ask, seams=seams)


def report(path: Path, *, seams: Seams | None = None) -> Outcome:
    """
    Judge a record again and render its reports again, from its files and nothing else.

    A run that has not ended is judged on what is there and stays resumable.
    """
    seams = seams or Seams()
    record = record_at(path)
    with held(record.lock):
        manifest = read_manifest(record.manifest)
        if manifest.verdict is not None:
            return conclude(record, VERB, seams, strict=False)
        judged = rejudge(record, manifest, seams)
        return outcome_of(
            record, manifest, judged, VERB, note="the run has not ended: `soak resume` goes on with it"
        )


def repeat(record: Record, manifest: Manifest) -> Outcome:
    """Return what a finished run said, without judging it again."""
    try:
        verdict = VerdictFile.model_validate_json(record.verdict.read_bytes())
    except (OSError, ValueError) as error:
        raise InputError(
            "the verdict cannot be read",
            where=Where(str(record.verdict)),
            fix="make it again with `soak report`",
        ) from error
    judged = Judged(verdict, {}, verdict.kpis.get("residual_ratio"))
    return outcome_of(record, manifest, judged, "soak.resume", note="this run had ended already")
