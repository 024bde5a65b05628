"""
The ladder: whether what a stage has shown is enough for the next one.

Evidence goes in and an exit code comes out; nothing is promoted and nothing is written. Evidence is
the records of the stage before, of the same bot: days are counted once however often they were run
again, a record without a verdict counts for nothing, and no evidence is UNKNOWN, never a pass.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from ..model.artifact import IterationSummary, Manifest, VerdictFile
from ..model.errors import SeatrialError, UsageError, Where
from ..model.journal_lines import lines
from ..model.live_settings import REAL_MONEY, STAGES, Stage, StageNeeds
from ..model.outcome import Outcome
from ..model.profile import Profile
from ..model.verdict import Verdict, worst
from ..store.manifest import read_manifest
from ..store.record import MANIFEST, Record
from ..store.verify import verify as faults_of
from .permission import missing_limits
from .verify import Check

VERB = "live.check-transition"
MODES: dict[Stage, tuple[str, ...]] = {
    "backtest": ("backtest",),
    "dryrun": ("dryrun", "soak"),
    "shadow": ("shadow",),
    "testnet": ("live",),
    "live-limited": ("live",),
    "live-full": ("live",),
}
_DAY_NS = 86_400 * 10**9
PASS, FAIL, UNKNOWN = Verdict.PASS, Verdict.FAIL, Verdict.UNKNOWN


@dataclass(frozen=True)
class Exhibit:
    """One record as evidence: what it covers and what it came to."""

    path: Path
    manifest: Manifest
    verdict: VerdictFile
    covered: tuple[tuple[int, int], ...]
    fills: int
    drilled: bool = False


def stage_of(name: str) -> Stage:
    """Return a stage by its name; `live_limited` is read as `live-limited`."""
    for stage in STAGES:
        if stage == name.lower().replace("_", "-"):
            return stage
    raise UsageError(
        f"no stage is called {name!r}", where=Where(field="MODE"), fix=f"one of {', '.join(STAGES)}"
    )


def steps(first: str, second: str | None) -> tuple[Stage, Stage]:
    """Return the step that was asked for: FROM TO, or TO alone from the stage before it."""
    if second is not None:
        return stage_of(first), stage_of(second)
    to = stage_of(first)
    return STAGES[max(0, STAGES.index(to) - 1)], to


def check_transition(profile: Profile, out: Path, step: tuple[Stage, Stage], now_ns: int) -> Outcome:
    """Judge a step by the records under `out`."""
    origin, to = step
    height = STAGES.index(to) - STAGES.index(origin)
    checks: list[Check] = []
    if height <= 0:
        checks.append(Check("step", PASS, "a step back, or none, needs no evidence"))
    elif height > 1:
        missing = " -> ".join(STAGES[STAGES.index(origin) : STAGES.index(to) + 1])
        checks.append(Check("step", FAIL, f"one step at a time: {missing}"))
    else:
        checks.append(Check("step", PASS, f"one step forward, from {origin}"))
        needs = getattr(profile.live.ladder, origin.replace("-", "_"))
        checks += judge(list(exhibits(out, origin, profile)), needs, now_ns)
        if all(check.verdict is not UNKNOWN for check in checks):
            checks += _limits(profile, to)
    verdict = worst(check.verdict for check in checks)
    reasons = tuple(f"{check.name}: {check.reason}" for check in checks if check.verdict is not PASS)
    data: dict[str, Any] = {"from": origin, "to": to, "checks": [check.document() for check in checks]}
    lines = [f"{check.verdict.value:7} {check.name:9} {check.reason}" for check in checks]
    return Outcome(VERB, verdict, reasons, data, (*lines, f"{verdict.value}  {origin} -> {to}"))


def judge(found: list[Exhibit | Check], needs: StageNeeds, now_ns: int) -> Iterator[Check]:
    """Yield the checks of the evidence of one stage."""
    yield from (one for one in found if isinstance(one, Check))
    sealed = [one for one in found if isinstance(one, Exhibit)]
    oldest_ns = now_ns - round(needs.max_age_days * _DAY_NS)
    recent = [one for one in sealed if (one.manifest.ended_ns or one.manifest.started_ns) >= oldest_ns]
    if not recent:
        why = "no record of this stage and bot has a verdict"
        if sealed:
            why = f"every record is older than {needs.max_age_days:g} days"
        yield Check("records", UNKNOWN, why)
        return
    yield Check("records", PASS, f"{len(recent)} with a verdict")
    good = list(_once(one for one in recent if one.verdict.verdict in {PASS, Verdict.WARN}))
    passes = sum(one.verdict.verdict is PASS for one in good)
    yield _at_least("verdicts", passes, needs.min_passes, "different records passed")
    yield _newest(recent)
    yield _at_least(
        "days",
        round(length_ns(span for one in good for span in one.covered) / _DAY_NS, 3),
        needs.min_days,
        "days covered",
    )
    yield _at_least("fills", sum(one.fills for one in good), needs.min_fills, "fills")
    yield _drawdown(recent, needs.max_drawdown_ratio)
    if needs.drilled:
        drills = sum(one.drilled for one in recent)
        said = f"{drills} runs were stopped by the kill switch with zero open orders confirmed"
        yield Check("drill", PASS if drills else FAIL, said)


def _limits(profile: Profile, to: Stage) -> Iterator[Check]:
    """Judge that a run with real money would be limited at all."""
    if to not in REAL_MONEY:
        return
    missing = missing_limits(profile.risk)
    said = f"no limit on {' and none on '.join(missing)}" if missing else "position, order and loss"
    yield Check("limits", FAIL if missing else PASS, said)


def _at_least(name: str, value: float, least: float, what: str) -> Check:
    verdict = PASS if value >= least else FAIL
    return Check(name, verdict, f"{value:g} {what}, at least {least:g}")


def _newest(recent: list[Exhibit]) -> Check:
    newest = max(recent, key=lambda one: (one.manifest.ended_ns or 0, one.manifest.run_id))
    verdict = PASS if newest.verdict.verdict in {PASS, Verdict.WARN} else newest.verdict.verdict
    return Check("newest", verdict, f"{newest.manifest.run_id} is {newest.verdict.verdict.value}")


def _drawdown(recent: list[Exhibit], limit: float) -> Check:
    measured = [one.verdict.kpis.get("drawdown_ratio") for one in recent]
    if None in measured:
        return Check("drawdown", UNKNOWN, "a record does not say how deep it fell")
    deepest = max(value for value in measured if value is not None)
    return Check("drawdown", PASS if deepest <= limit else FAIL, f"{deepest:.2%}, at most {limit:.2%}")


def _once(found: Iterable[Exhibit]) -> Iterator[Exhibit]:
    """Yield each run once: the same data, configuration and seed again is the same evidence."""
    seen = set()
    for one in found:
        manifest = one.manifest
        key = (manifest.provenance.sha256, manifest.config_sha256, manifest.seed, one.covered)
        if key not in seen:
            seen.add(key)
            yield one


def length_ns(spans: Iterable[tuple[int, int]]) -> int:
    """Return the length of the time covered; time that was covered twice counts once."""
    total, reached = 0, 0
    for start, end in sorted(spans):
        total += max(0, end - max(start, reached))
        reached = max(reached, end)
    return total


# -- the records ----------------------------------------------------------------------------------


def exhibits(out: Path, stage: Stage, profile: Profile) -> Iterator[Exhibit | Check]:
    """Yield the records of a stage and bot; one that cannot be believed is a check that says why."""
    for mode in MODES[stage]:
        for manifest_path in sorted((out / mode).glob(f"*/{MANIFEST}")):
            if manifest_path.parent.is_symlink():
                continue
            try:
                found = _exhibit(Record(manifest_path.parent), stage, profile)
            except (SeatrialError, ValidationError, OSError, ValueError) as error:
                said = error.message if isinstance(error, SeatrialError) else str(error).splitlines()[0]
                yield Check("record", UNKNOWN, f"{manifest_path.parent.name} cannot be read: {said}")
                continue
            if found is not None:
                yield found


def _exhibit(record: Record, stage: Stage, profile: Profile) -> Exhibit | Check | None:
    manifest = read_manifest(record.manifest)
    if not _is_of(manifest, stage, profile) or manifest.verdict is None:
        return None
    verdict = VerdictFile.model_validate_json(record.verdict.read_bytes())
    if verdict.run_id != manifest.run_id or verdict.verdict is not manifest.verdict:
        return Check("record", FAIL, f"{manifest.run_id}: its verdict is not the one that it ended with")
    faults = faults_of(record.journal)
    if faults:
        return Check("record", FAIL, f"{manifest.run_id}: its journal was changed ({faults[0].kind})")
    spans, fills = [], 0
    for path in sorted(record.iterations.glob("ITER_SUMMARY_*.json")):
        summary = IterationSummary.model_validate_json(path.read_bytes())
        length = summary.until_ts_ns - summary.from_ts_ns
        covered = round(length * (summary.coverage_ratio if summary.coverage_ratio is not None else 0))
        spans.append((summary.from_ts_ns, summary.from_ts_ns + covered))
        fills += summary.fills
    return Exhibit(record.path, manifest, verdict, tuple(spans), fills, _was_drilled(record, manifest))


def _was_drilled(record: Record, manifest: Manifest) -> bool:
    """Return whether the kill switch stopped this run and the venue confirmed zero, by its journal."""
    if manifest.mode != "live" or manifest.stopped_by != "guard":
        return False
    alerts = {event.get("alert") for event in lines(record.journal) if event["kind"] == "alert"}
    return {"kill_switch.tripped", "kill_switch.confirmed"} <= alerts


def _is_of(manifest: Manifest, stage: Stage, profile: Profile) -> bool:
    config = manifest.config
    same_bot = config.get("bot", {}).get("entry") == profile.bot.entry
    if "live" not in MODES[stage]:
        return bool(same_bot)
    return bool(same_bot and config.get("live", {}).get("stage") == stage)
