"""
A soak, from its first second or from its last checkpoint.

prepare -> start -> drive -> stop -> judge -> report: the phases are the dry run's, and the escort
makes a soak of them.
"""

from pathlib import Path

from ..config.manager import fingerprint
from ..dryrun.asking import Ask, resolve
from ..dryrun.conclude import profile_of
from ..dryrun.drive import start
from ..dryrun.ending import failing
from ..dryrun.interrupt import listening
from ..dryrun.prepare import open_market
from ..dryrun.run import bring_home
from ..dryrun.run import run as dry_run
from ..dryrun.scribe import Scribe
from ..dryrun.seams import Cast, Seams
from ..dryrun.voyage import Berth, Voyage
from ..dryrun.window import Plan
from ..model.artifact import Manifest
from ..model.errors import InputError, UsageError, Where
from ..model.outcome import Outcome
from ..store.journal import Journal, JournalPosition
from ..store.lock import held
from ..store.manifest import read_manifest
from ..store.record import Record
from . import checkpoint as checkpoints
from . import resources
from .checkpoint import Checkpoint
from .escort import SoakEscort, Told
from .place import record_at
from .plan import phases
from .report import repeat


def run(ask: Ask, *, told: Told | None = None, seams: Seams | None = None) -> Outcome:
    """Soak a bot under a profile and judge the record; `told` hears of each iteration's end."""
    resolved = resolve(ask)
    if resolved.profile.soak.clock == "wall":
        from .wall.run import run as run_by_the_clock

        return run_by_the_clock(ask, resolved, told=told)
    return dry_run(ask, escort=SoakEscort(told), seams=seams)


def resume(
    path: Path,
    *,
    told: Told | None = None,
    seams: Seams | None = None,
    fast: bool | None = None,
    strict: bool = False,
) -> Outcome:
    """
    Go on with a soak that was killed; the end is that of an undisturbed run.

    A run that has its verdict already is left alone, and says it again.
    """
    seams = seams or Seams()
    record = record_at(path)
    if _is_by_the_clock(record):
        from .wall.run import resume as go_on

        return go_on(record, read_manifest(record.manifest), told=told, strict=strict)
    with listening() as interrupt, held(record.lock):
        manifest = read_manifest(record.manifest)
        if manifest.verdict is not None:
            return repeat(record, manifest)
        place = _checkpoint(record, manifest)
        berth = _berth(record, manifest, place, seams, fast=fast)
        # A journal that does not fit is refused before anything of the record is touched.
        with _journal(record, place) as journal, failing(record):
            _forget_after(record, place)
            escort = SoakEscort(told, place, resources.spent_s(record.resources))
            voyage = Voyage(berth, journal, seams)
            _restore(voyage, place, escort)
            return bring_home(voyage, escort, interrupt, first=place.next_iteration, strict=strict)


def _is_by_the_clock(record: Record) -> bool:
    soak = read_manifest(record.manifest).config.get("soak")
    return isinstance(soak, dict) and soak.get("clock") == "wall"


def _checkpoint(record: Record, manifest: Manifest) -> Checkpoint:
    place = checkpoints.read(record.checkpoint)
    if place is None:
        raise UsageError(
            f"this {manifest.mode} has no checkpoint to go on from",
            where=Where(str(record.path)),
            fix="judge what is there with `seatrial soak report`, or start a new run",
        )
    if place.run_id != manifest.run_id:
        raise InputError(
            f"the checkpoint is of the run {place.run_id}",
            where=Where(str(record.checkpoint), field="run_id"),
            fix="put the record's own files back",
        )
    return place


def _berth(
    record: Record, manifest: Manifest, place: Checkpoint, seams: Seams, *, fast: bool | None
) -> Berth:
    profile = profile_of(record, manifest)
    if fingerprint(manifest.config) != manifest.config_sha256:
        raise InputError(
            "the recorded configuration is not the one that this run began with",
            where=Where(str(record.manifest), field="config"),
            fix="put the record's own files back, or start a new run",
        )
    dataset = None if place.dataset is None else Path(place.dataset)
    feed = open_market(profile, dataset, manifest.planned_ns, seams)
    if feed.provenance.sha256 != manifest.provenance.sha256:
        raise InputError(
            "the data have changed since this run began",
            where=Where(str(dataset) if dataset else str(record.manifest)),
            fix="put the old data back, or start a new run",
        )
    plan = Plan(phases(profile.soak), feed.start_ns, round(profile.soak.window_s * 1e9))
    scribe = Scribe(place.carried)
    session = seams.session(Cast(profile, feed.instruments, scribe.emit, manifest.seed, fast))
    return Berth(record, manifest, profile, plan, feed, dataset, scribe, session)


def _journal(record: Record, place: Checkpoint) -> Journal:
    run_id = place.run_id
    if place.next_iteration == 0 and not record.journal.exists():
        return Journal.create(record.journal, run_id)
    at = JournalPosition(place.journal.offset, place.journal.seq, place.journal.prev)
    return Journal.resume(record.journal, run_id, at)


def _forget_after(record: Record, place: Checkpoint) -> None:
    """Remove what was written after the checkpoint: it will be written again."""
    record.sweep()
    resources.keep_before(record.resources, place.next_iteration)
    kept = {record.iteration(index) for index in range(place.next_iteration)}
    for path in record.iterations.glob("ITER_SUMMARY_*.json"):
        if path not in kept:
            path.unlink()


def _restore(voyage: Voyage, place: Checkpoint, escort: SoakEscort) -> None:
    if place.session is None or place.feed is None or place.now_ns is None:
        start(voyage, escort)
        return
    voyage.feed.restore(place.feed)
    voyage.session.restore(place.session)
    voyage.now_ns, voyage.covered_ns = place.now_ns, place.covered_ns
    voyage.scribe.last_decision_ns = place.last_decision_ns
