"""
A soak in real time, from its first second or from where it was killed.

The bot is a command line of the profile. It is started, watched and stopped here; the record says
how long it was really there, what it cost, and why each missing hour is missing.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from ...config.environment import variables
from ...config.manager import Resolved, fingerprint
from ...dryrun.asking import Ask
from ...dryrun.conclude import conclude, profile_of
from ...dryrun.ending import failing
from ...dryrun.interrupt import listening
from ...dryrun.seams import Seams
from ...dryrun.window import Plan
from ...engine.bot.process.keeper import Errand, Happening, Keeper
from ...engine.bot.process.logbook import Logbook, LogRules
from ...engine.bot.process.surroundings import (
    blotted,
    environment,
    filled,
    names_address,
    secrets_of,
    without_secrets,
)
from ...engine.bot.process.sweep import MARK, sweep
from ...engine.bot.process.tree import Identity
from ...model.artifact import Manifest, Provenance
from ...model.atomic import json_bytes, write_json
from ...model.errors import UsageError, Where
from ...model.outcome import Outcome
from ...model.profile import Profile
from ...model.redact import KNOWN
from ...store.clock import stamp
from ...store.journal import Journal, JournalPosition
from ...store.lock import held
from ...store.manifest import ConfigFacts, Intent, build_manifest, read_manifest, surroundings
from ...store.record import MANIFEST, Record, create_record, free_run_id
from .. import resources
from ..plan import phases
from ..report import repeat
from .place import WallPlace, read
from .served import Berth, Serve, Served, is_needed, serve
from .watch import Station, Told, Watch

# Nobody trades in this record: what the bot did at an exchange stands in the exchange's own.
UNTOLD = ("ack", "freeze", "order", "quotes", "request", "risk_block")


@dataclass(frozen=True)
class Doors:
    """What a test may replace: the seams of every run, how to rest, and who serves an exchange."""

    seams: Seams = Seams()  # noqa: RUF009 -- frozen
    rest: Callable[[float], None] = time.sleep
    serve: Serve = serve


def run(ask: Ask, resolved: Resolved, *, told: Told | None = None, doors: Doors | None = None) -> Outcome:
    """
    Soak a bot of its own process in real time and judge the record.

    A second instance of the same soak is a `RefusedError`; a command line that cannot be started
    an `OutsideError`.
    """
    doors = doors or Doors()
    profile = resolved.profile
    _check(profile)
    doors.seams.check(profile)
    values = without_secrets(resolved.values)
    # The command line and the sources of a value hold it as it was typed.
    secrets = secrets_of(profile.bot.process.env)
    ask = replace(ask, command=tuple(blotted(ask.command, secrets)))
    facts = ConfigFacts(values, blotted(resolved.sources_document, secrets), fingerprint(values))
    with listening() as interrupt, _alone(ask.folder, facts.sha256):
        # Before there is a record: a variable that is missing must leave nothing behind.
        stand_ins = _any_address(profile)
        environment(profile.bot.process, variables(), stand_ins, (MARK, ""))
        for word in profile.bot.command:
            filled(word, stand_ins, "bot.command")
        record = _record(ask, facts, profile, doors.seams)
        manifest = read_manifest(record.manifest)
        plan = Plan(phases(profile.soak), manifest.started_ns, round(profile.soak.window_s * 1e9))
        station = Station(record, manifest, profile, plan, doors.seams, doors.rest, told)
        place = WallPlace(run_id=manifest.run_id, start_ns=plan.start_ns, at_ns=plan.start_ns)
        with held(record.lock), failing(record), Journal.create(record.journal, manifest.run_id) as journal:
            with _watch(station, journal, place, doors) as watch:
                watch.begin()
                if watch.served is not None:
                    watch.lost(watch.now_ns(), "exchange_starting")
                watch.save()
                reason = watch.keep(interrupt)
                watch.finish(reason)
            return _home(station, journal, watch, reason, strict=ask.strict)


def resume(
    record: Record,
    manifest: Manifest,
    *,
    told: Told | None = None,
    doors: Doors | None = None,
    strict: bool = False,
) -> Outcome:
    """Go on with a soak that was killed; the time between is a gap of its own cause."""
    doors = doors or Doors()
    profile = profile_of(record, manifest)
    out = record.path.parent.parent
    with listening() as interrupt, _alone(out, manifest.config_sha256), held(record.lock):
        manifest = read_manifest(record.manifest)
        if manifest.verdict is not None:
            return repeat(record, manifest)
        place = read(record.checkpoint, manifest.run_id)
        plan = Plan(phases(profile.soak), place.start_ns, round(profile.soak.window_s * 1e9))
        station = Station(record, manifest, profile, plan, doors.seams, doors.rest, told)
        at = JournalPosition(place.journal.offset, place.journal.seq, place.journal.prev)
        left = sweep(manifest.run_id, (Identity(pid, started) for pid, started in place.processes))
        with Journal.resume(record.journal, manifest.run_id, at) as journal, failing(record):
            record.sweep()
            # A torn line is dropped; what was measured after the checkpoint was measured all the same.
            resources.keep_before(record.resources, len(plan.phases))
            with _watch(station, journal, place, doors) as watch:
                watch.lost(watch.now_ns(), "suite_down")
                said = (
                    f"{len(left)} processes of the bot were left behind and ended"
                    if left
                    else "nothing was left"
                )
                watch.alert(Happening("resumed", said))
                reason = watch.keep(interrupt)
                watch.finish(reason)
            return _home(station, journal, watch, reason, strict=strict)


@contextmanager
def _watch(station: Station, journal: Journal, place: WallPlace, doors: Doors) -> Iterator[Watch]:
    """Yield the watch of a bot, with its exchange if it needs one; nothing of either outlives the block."""
    profile, record = station.profile, station.record
    mark = (MARK, station.manifest.run_id)
    served: Served | None = None
    keeper: Keeper | None = None
    try:
        if is_needed(profile):
            # Our own overrides are in the profile already, and would count twice.
            own = {
                name: value
                for name, value in variables().items()
                if not name.startswith(("SEATRIAL_", "SOAK_"))
            }
            env = {**own, mark[0]: mark[1]}
            served = doors.serve(Berth(profile, record.path, env, station.manifest.run_id))
        addresses = dict(served.addresses) if served else {}
        keeper = _keeper(station, place, addresses, mark)
        yield Watch(station, journal, keeper, place, served)
    finally:
        if keeper is not None:
            keeper.stop()
        if served is not None:
            served.stop()


def _keeper(station: Station, place: WallPlace, addresses: dict[str, str], mark: tuple[str, str]) -> Keeper:
    bot, folder, clock = station.profile.bot, station.record.path, station.seams.utc_now_ns
    env = environment(bot.process, variables(), addresses, mark)
    for secret in secrets_of(
        {name: env[name] for name in (*bot.process.pass_env, *_literal(bot.process.env))}
    ):
        # Too short a value is no secret to the redaction; the log blots it out all the same.
        with suppress(ValueError):
            KNOWN.learn(secret)
    rules = LogRules(bot.process.log_bytes, bot.process.log_files, secrets_of(env))
    book = Logbook(folder, rules, clock)
    command = [filled(word, addresses, "bot.command") for word in bot.command]
    cwd = folder if bot.process.cwd is None else Path(bot.process.cwd)
    keeper = Keeper(Errand(command, env, cwd, bot.process), book, clock, place.restarts_ns)
    keeper.starts = place.starts
    return keeper


def _check(profile: Profile) -> None:
    if not profile.bot.command:
        raise UsageError(
            "a soak in real time needs a bot of its own process",
            where=Where(field="bot.command"),
            fix="give its command line, or set soak.clock to virtual",
        )
    if profile.bot.process.cwd is not None and not Path(profile.bot.process.cwd).is_dir():
        raise UsageError(
            "there is no such folder", where=Where(profile.bot.process.cwd, field="bot.process.cwd")
        )


def _any_address(profile: Profile) -> dict[str, str]:
    """Return stand-ins for the addresses that an exchange will have."""
    names = ("rest", "ws_public", "ws_private", "ws_trade", "control", "api_key", "api_secret")
    public = [f"ws_public_{category}" for category in ("spot", "linear", "inverse")]
    return dict.fromkeys((*names, *public), "") if is_needed(profile) else {}


@contextmanager
def _alone(out: Path, sha256: str) -> Iterator[None]:
    """Hold the soak's own lock: two instances of it would trade one account at once."""
    folder = out / "soak"
    folder.mkdir(parents=True, exist_ok=True)
    with held(folder / f".instance-{sha256[:16]}.lock"):
        yield


def _record(ask: Ask, facts: ConfigFacts, profile: Profile, seams: Seams) -> Record:
    started_ns = seams.utc_now_ns()
    wanted = f"{stamp(started_ns)}-soak-{facts.sha256[:8]}-{profile.seed}"
    run_id = free_run_id(ask.folder, "soak", wanted)
    planned_ns = profile.soak.iterations * round(profile.soak.window_s * 1e9)
    provenance = Provenance(
        kind="live",
        detail={"clock": "wall", "command": list(profile.bot.command), "untold": list(UNTOLD)},
    )
    intent = Intent(run_id, "soak", profile.seed, ask.command, planned_ns, started_ns)
    manifest = build_manifest(intent, facts, provenance, surroundings(Path.cwd()))
    record = create_record(ask.folder, "soak", run_id, {MANIFEST: json_bytes(manifest)})
    record.point_latest()
    return record


def _home(station: Station, journal: Journal, watch: Watch, reason: str, *, strict: bool) -> Outcome:
    """Write down how it ended and judge it."""
    journal.close()
    manifest = read_manifest(station.record.manifest)
    facts = {
        "covered_ns": watch.attendance.covered_ns,
        "ended_ns": station.seams.utc_now_ns(),
        "stopped_by": reason,
    }
    write_json(station.record.manifest, manifest.model_copy(update=facts))
    outcome = conclude(station.record, "soak.run", station.seams, strict=strict)
    station.record.checkpoint.unlink(missing_ok=True)
    return outcome


def _literal(env: dict[str, str]) -> list[str]:
    """Return the variables of a profile whose values are not an exchange's."""
    return [name for name, value in env.items() if not names_address(value)]
