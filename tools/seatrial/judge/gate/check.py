"""
Gates decide: a measured KPI, its bounds, and one sentence that says what was seen.

No evidence is never a pass. What was not measured, is too old, rests on too few samples or could
not be computed is UNKNOWN, with the reason; only a known failure outranks it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ...model.artifact import GateResult
from ...model.profile import GateSettings
from ...model.verdict import Verdict, worst
from ..history import History
from ..kpi import KPIS, Kpi, Measure
from ..slices import Slice, steady_iterations
from .bootstrap import Interval, interval

DEFAULT_SEED = 7


@dataclass(frozen=True)
class Seen:
    """What a gate looks at: a measure, the end of its stretch, and that stretch in words."""

    measure: Measure
    until_ns: int
    where: str
    interval: Interval | None = None


def check(
    gates: Sequence[GateSettings], history: History, *, seed: int = DEFAULT_SEED
) -> tuple[GateResult, ...]:
    """
    Return every gate's answer, in the order of the gates.

    A KPI that nobody knows is a UsageError before anything is judged: a misspelt gate must not
    become a gate that is never asked.
    """
    kpis = [KPIS.get(gate.kpi) for gate in gates]
    slices: dict[str, tuple[Slice, ...]] = {}
    results = []
    for gate, kpi in zip(gates, kpis, strict=True):
        if gate.window not in slices:
            worst_of = gate.window == "worst"
            slices[gate.window] = steady_iterations(history) if worst_of else (history.slice(gate.window),)
        found = [_judge(gate, kpi, part, seed) for part in slices[gate.window]]
        results.append(
            _worst_of(found) if found else result(gate, Verdict.UNKNOWN, "there is no steady iteration")
        )
    return tuple(results)


def overall(results: Iterable[GateResult]) -> Verdict:
    """Return the worst verdict of the gates that count; of none, UNKNOWN."""
    return worst(one.verdict for one in results if not one.report_only)


def decide(gate: GateSettings, seen: Seen) -> tuple[Verdict, str]:
    """Return the verdict of one gate over what was seen, and the reason in the KPI's own unit."""
    lacking = _lacking(gate, seen)
    if lacking or seen.measure.value is None:
        return Verdict.UNKNOWN, f"{gate.kpi} over {seen.where}: {lacking}"
    low = high = seen.measure.value
    said = f"{gate.kpi} over {seen.where} is {low:.6g}"
    if seen.interval:
        low, high = seen.interval.low, seen.interval.high
        said += (
            f" ({gate.confidence:.0%} interval {low:.6g} to {high:.6g};"
            f" a shift of {seen.interval.detectable:.3g} would have shown)"
        )
    verdict, against = _against(gate, low, high)
    return verdict, f"{said}, {against}"


def bound_of(gate: GateSettings) -> dict[str, Any]:
    """Return the gate's bound as a record keeps it."""
    side, bounds = ("at_least", gate.at_least) if gate.at_least else ("at_most", gate.at_most)
    return {side: {} if bounds is None else bounds.model_dump(exclude_none=True)}


def result(gate: GateSettings, verdict: Verdict, reason: str, seen: Seen | None = None) -> GateResult:
    """Return a gate's answer as a record keeps it."""
    found = seen.interval if seen else None
    return GateResult(
        kpi=gate.kpi,
        verdict=verdict,
        value=seen.measure.value if seen else None,
        bound=bound_of(gate),
        reason=reason,
        n=seen.measure.n if seen else 0,
        interval=(found.low, found.high) if found else None,
        window=gate.window,
        report_only=gate.report_only,
    )


def _judge(gate: GateSettings, kpi: Kpi, part: Slice, seed: int) -> GateResult:
    where = _where(gate, part)
    try:
        found = interval(kpi.samples_of(part), gate.confidence, seed) if gate.confidence else None
    except Exception as error:  # noqa: BLE001 - whatever an evaluator raises, it is not a pass
        reason = f"{gate.kpi} over {where}: its interval raised {type(error).__name__}: {error}"
        return result(gate, Verdict.UNKNOWN, reason)
    seen = Seen(kpi.look(part), part.until_ns, where, found)
    return result(gate, *decide(gate, seen), seen)


def _lacking(gate: GateSettings, seen: Seen) -> str:
    """Return what is missing for a judgement, or nothing."""
    measure = seen.measure
    if measure.value is None:
        return f"not measured, {measure.reason}"
    if measure.n < max(1, gate.min_samples):
        return f"{measure.n} samples, and {max(1, gate.min_samples)} are needed"
    if gate.max_age_s is not None:
        if measure.newest_ts_ns is None:
            return "the age of its newest sample is not known"
        age_s = (seen.until_ns - measure.newest_ts_ns) / 1e9
        if age_s > gate.max_age_s:
            return f"stale, its newest sample is {age_s:.6g} s old and {gate.max_age_s:.6g} s are allowed"
    if gate.confidence and seen.interval is None:
        return "no interval can be had of its samples: too few of them, or a KPI that has none"
    return ""


def _against(gate: GateSettings, low: float, high: float) -> tuple[Verdict, str]:
    """Compare an interval (or a point) with the bounds; at_most is at_least with the sign turned."""
    at_least = gate.at_least is not None
    bounds = gate.at_least or gate.at_most
    hard, soft = (bounds.hard, bounds.soft) if bounds else (None, None)
    beyond, within = ("below", "at least") if at_least else ("above", "at most")
    if hard is not None and (high < hard if at_least else low > hard):
        return Verdict.FAIL, f"{beyond} the hard bound {hard:.6g}"
    if hard is not None and not (low >= hard if at_least else high <= hard):
        return Verdict.UNKNOWN, f"which does not settle the hard bound {hard:.6g}"
    if soft is not None and not (low >= soft if at_least else high <= soft):
        return Verdict.WARN, f"{beyond} the soft bound {soft:.6g}"
    nearest = hard if soft is None else soft
    return (Verdict.PASS, f"{within} {nearest:.6g}") if nearest is not None else (Verdict.UNKNOWN, "no bound")


def _worst_of(results: Sequence[GateResult]) -> GateResult:
    verdict = worst(one.verdict for one in results)
    return next(one for one in results if one.verdict is verdict)


def _where(gate: GateSettings, part: Slice) -> str:
    count = part.last + 1 - part.first
    if gate.window == "whole":
        return "the whole run"
    if gate.window == "worst":
        return f"iteration {part.window}"
    return f"the last {count} {'steady ' if gate.window == 'steady' else ''}iterations"
