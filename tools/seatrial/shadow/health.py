"""
`shadow health`: each day, or each ISO week, by what was really seen; what was not measured is UNKNOWN.

A counter that grows with each rerun, and a dead process that reads as healthy, are how such reports
have lied. Time counts once however often it was run, and silence is never health.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ..model.outcome import Outcome
from ..model.verdict import Verdict, worst
from .evidence import Shadow, gathered
from .logs import Entry
from .spans import days, joined, length_ns, weeks, within

COVERAGE: Final = 0.90
DATA_RATIO: Final = 0.90
BLOCKED_RATIO: Final = 0.80
BEAT_NS: Final = 120 * 10**9
FUTURE_NS: Final = 5 * 10**9
_HOUR_NS = 3_600 * 10**9
PASS, WARN, FAIL, UNKNOWN = Verdict.PASS, Verdict.WARN, Verdict.FAIL, Verdict.UNKNOWN


@dataclass(frozen=True)
class Wanted:
    """What is asked: by week or by day, how many hours of a day are planned, how many weeks are needed."""

    weekly: bool = False
    hours: float = 24.0
    weeks: int = 1


@dataclass(frozen=True)
class Measure:
    """One thing that was looked at; a value of None was not measured."""

    name: str
    value: float | None
    verdict: Verdict
    detail: str

    def document(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {"name": self.name, "value": self.value, "verdict": self.verdict.value, "detail": self.detail}


@dataclass(frozen=True)
class Period:
    """A day or a week and what was measured of it."""

    name: str
    planned_h: float
    covered_h: float
    decisions: int
    fills: int
    measures: tuple[Measure, ...]

    @property
    def verdict(self) -> Verdict:
        """Return the worst of what was measured."""
        return worst(measure.verdict for measure in self.measures)

    @property
    def coverage(self) -> float:
        """Return the share of the planned time that was seen."""
        return self.covered_h / self.planned_h if self.planned_h else 0.0

    def document(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "planned_h": round(self.planned_h, 6),
            "covered_h": round(self.covered_h, 6),
            "coverage_ratio": round(self.coverage, 6),
            "decisions": self.decisions,
            "fills": self.fills,
            "verdict": self.verdict.value,
            "measures": [measure.document() for measure in self.measures],
        }


def health(paths: Sequence[Path], wanted: Wanted, now_ns: int) -> Outcome:
    """Judge the records under the paths by day or by week."""
    shadows = gathered(paths, now_ns)
    trusted = [shadow for shadow in shadows if shadow.observed and not shadow.findings]
    periods = list(_periods(trusted, wanted, now_ns))
    general = [*_contamination(shadows), *_pulses(shadows, now_ns)]
    verdict, reasons = _judged(periods, general, wanted)
    counted = sum(period.coverage >= COVERAGE for period in periods)
    key = "weeks" if wanted.weekly else "days"
    name = "week" if wanted.weekly else "date"
    data: dict[str, Any] = {
        key: [{name: one.name, "counted": one.coverage >= COVERAGE, **one.document()} for one in periods],
        f"{key}_counted": counted,
        "records": len(shadows),
        "records_trusted": len(trusted),
        "measures": [measure.document() for measure in general],
    }
    lines = (
        *(_line(period) for period in periods),
        f"{counted} of {len(periods)} {key} count; {len(trusted)} of {len(shadows)} records can be trusted",
        *reasons,
    )
    return Outcome("shadow.health", verdict, reasons, data, (*lines, f"{verdict.value}  shadow health"))


def _periods(shadows: Sequence[Shadow], wanted: Wanted, now_ns: int) -> Iterator[Period]:
    seen = joined(span for shadow in shadows for span in shadow.seen)
    if not seen:
        return
    decisions = {
        (e.symbol, e.ts_ns): e for shadow in shadows for e in shadow.decisions if e.ts_ns is not None
    }
    fills = {ts_ns for shadow in shadows for ts_ns, _ in shadow.fills}
    layout = weeks if wanted.weekly else days
    for name, period in layout(seen[0][0], seen[-1][1] - 1):
        start, end = period
        # Of a day under way only what has passed was planned; a week counts when it is whole.
        ended = min(end, now_ns) if now_ns > start and not wanted.weekly else end
        planned_ns = (ended - start) * wanted.hours / 24
        covered_ns = min(length_ns(within(seen, period)), planned_ns)
        inside = [entry for (_, ts_ns), entry in decisions.items() if start <= (ts_ns or 0) < end]
        measures = tuple(_measures(covered_ns, planned_ns, inside))
        count = sum(start <= ts_ns < end for ts_ns in fills)
        yield Period(name, planned_ns / _HOUR_NS, covered_ns / _HOUR_NS, len(inside), count, measures)


def _measures(covered_ns: float, planned_ns: float, inside: Sequence[Entry]) -> Iterator[Measure]:
    ratio = covered_ns / planned_ns if planned_ns else 0.0
    if not covered_ns:
        yield Measure("coverage_ratio", None, UNKNOWN, "nothing was seen")
    else:
        verdict = PASS if ratio >= COVERAGE else UNKNOWN
        yield Measure("coverage_ratio", round(ratio, 6), verdict, f"{ratio:.1%} seen, {COVERAGE:.0%} needed")
    if not inside:
        yield Measure("decisions", None, UNKNOWN, "no decisions")
        return
    yield Measure("decisions", len(inside), PASS, f"{len(inside)} decisions")
    with_data = sum(entry.price is not None for entry in inside) / len(inside)
    verdict = PASS if with_data >= DATA_RATIO else FAIL
    yield Measure("data_ratio", round(with_data, 6), verdict, f"{with_data:.1%} of decisions saw a market")
    acted = [entry for entry in inside if entry.raw.get("outcome") in {"recorded", "blocked"}]
    if not acted:
        yield Measure("blocked_ratio", None, WARN, "the bot asked for nothing")
        return
    blocked = sum(entry.raw.get("outcome") == "blocked" for entry in acted) / len(acted)
    verdict = PASS if blocked <= BLOCKED_RATIO else WARN
    yield Measure("blocked_ratio", round(blocked, 6), verdict, f"{blocked:.1%} of intents were blocked")


def _contamination(shadows: Sequence[Shadow]) -> Iterator[Measure]:
    for shadow in shadows:
        run_id, kind = shadow.manifest.run_id, shadow.manifest.provenance.kind
        if not shadow.observed:
            yield Measure("market", None, UNKNOWN, f"{run_id}: a {kind} market counts for nothing")
        elif shadow.findings:
            yield Measure(
                "contamination", len(shadow.findings), FAIL, f"{run_id}: {', '.join(shadow.findings)}"
            )


def _pulses(shadows: Iterable[Shadow], now_ns: int) -> Iterator[Measure]:
    """Judge the heartbeat of each run that has not ended."""
    for shadow in shadows:
        if shadow.manifest.ended_ns is not None:
            continue
        run_id, beat = shadow.manifest.run_id, shadow.heartbeat
        if beat is None:
            yield Measure("heartbeat", None, UNKNOWN, f"{run_id}: no end and no heartbeat")
            continue
        age_ns = now_ns - beat.ts_ns
        said = f"{run_id}: no end, and its heartbeat is {age_ns / 1e9:.0f} s old"
        verdict = PASS if -FUTURE_NS <= age_ns <= BEAT_NS else FAIL
        yield Measure("heartbeat", round(age_ns / 1e9, 3), verdict, said)


def _judged(
    periods: Sequence[Period], general: Sequence[Measure], wanted: Wanted
) -> tuple[Verdict, tuple[str, ...]]:
    reasons = [one.detail for one in general if one.verdict is not PASS]
    if not periods:
        return worst([UNKNOWN, *(one.verdict for one in general)]), ("nothing was measured", *reasons)
    judged = periods
    if wanted.weekly:
        judged = [one for one in periods if one.coverage >= COVERAGE]
        if len(judged) < wanted.weeks:
            reasons.insert(0, f"{len(judged)} weeks are covered to {COVERAGE:.0%}, {wanted.weeks} are needed")
            general = [*general, Measure("weeks_counted", len(judged), UNKNOWN, reasons[0])]
    for period in judged:
        reasons += [
            f"{period.name}: {one.name}: {one.detail}" for one in period.measures if one.verdict is not PASS
        ]
    verdicts = [*(one.verdict for one in general), *(one.verdict for one in judged)]
    return worst(verdicts), tuple(reasons)


def _line(period: Period) -> str:
    hours = f"{period.covered_h:.2f} of {period.planned_h:.2f} h"
    said = f"{period.decisions} decisions, {period.fills} fills"
    return f"{period.name}  {period.verdict.value:7}  {hours}, {said}"
