"""Prepare a run: resolve, find the market, and make the record that says what is about to happen."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..config.manager import fingerprint
from ..model.artifact import Provenance
from ..model.atomic import json_bytes
from ..model.errors import UsageError, Where
from ..model.profile import Profile
from ..store.clock import stamp
from ..store.manifest import ConfigFacts, Intent, build_manifest, read_manifest, surroundings
from ..store.record import MANIFEST, create_record, free_run_id
from .asking import Ask, resolve
from .dataset import dataset_folder
from .escort import Escort
from .scribe import Scribe
from .seams import Cast, Seams
from .voyage import Berth
from .window import Plan

if TYPE_CHECKING:
    from ..market.feed import Feed

# Nanoseconds since 1970 end in the year 2262.
LONGEST_NS = 100 * 366 * 86_400 * 10**9


def prepare(ask: Ask, escort: Escort, seams: Seams) -> Berth:
    """Return a run that is ready to start; its record is on the disk and `latest` points at it."""
    resolved = resolve(ask)
    profile = resolved.profile
    if profile.bot.command and profile.bot.entry != "external":
        # Without this the bundled bot would be judged in place of the one that was meant.
        raise UsageError(
            "a bot of its own process lives in real time",
            where=Where(field="bot.command"),
            fix="soak it with soak.clock set to wall",
        )
    dataset = _dataset(profile, ask.folder)
    values = _without_place(resolved.values, dataset)
    sha256 = fingerprint(values)
    window_ns = round(profile.soak.window_s * 1e9)
    if profile.soak.iterations * window_ns > LONGEST_NS:
        raise UsageError(
            f"{profile.soak.iterations} windows of {profile.soak.window_s:g} s are longer than 100 years",
            where=Where(field="soak.iterations"),
            fix="choose fewer iterations or a shorter window",
        )
    phases = escort.phases(profile)
    feed = open_market(profile, dataset, len(phases) * window_ns, seams)
    plan = Plan(phases, feed.start_ns, window_ns)
    # Before there is a record: a bot or a gate of an unknown name must leave nothing behind.
    scribe = Scribe()
    session = seams.session(Cast(profile, feed.instruments, scribe.emit, profile.seed, ask.fast))
    seams.check(profile)
    started_ns = seams.utc_now_ns()
    wanted = f"{stamp(started_ns)}-{ask.mode}-{sha256[:8]}-{profile.seed}"
    run_id = free_run_id(ask.folder, ask.mode, wanted)
    manifest = build_manifest(
        Intent(run_id, ask.mode, profile.seed, ask.command, plan.planned_ns, started_ns),
        ConfigFacts(values, resolved.sources_document, sha256),
        Provenance.model_validate(feed.provenance),
        surroundings(Path.cwd()),
    )
    files = {MANIFEST: json_bytes(manifest), **escort.first_files(run_id, dataset)}
    record = create_record(ask.folder, ask.mode, run_id, files)
    record.point_latest()
    # Read back, so that a run and its resumption journal the same bytes: a file has sorted keys.
    written = read_manifest(record.manifest)
    return Berth(record, written, profile, plan, feed, dataset, scribe, session)


def open_market(profile: Profile, dataset: Path | None, needed_ns: int, seams: Seams) -> "Feed":
    """Return the feed of a profile, with its dataset read from where it really lies."""
    settings = profile.market
    if dataset is not None:
        settings = settings.model_copy(update={"data": str(dataset)})
    return seams.open_feed(settings, profile.seed, needed_ns)


def _without_place(values: dict[str, Any], dataset: Path | None) -> dict[str, Any]:
    """Return the settings with the dataset's name for its path: the same run lies anywhere."""
    if dataset is None:
        return values
    return {**values, "market": {**values["market"], "data": dataset.name}}


def _dataset(profile: Profile, out: Path) -> Path | None:
    if profile.market.feed != "dataset" or profile.market.data is None:
        return None
    return dataset_folder(Path(profile.market.data), out)
