"""
Gates decide: a measured KPI, its bounds, and one sentence that says what was seen.

No evidence is never a pass. What was not measured, is too old, rests on too few samples or could
not be computed is UNKNOWN, with the reason; only a known failure outranks it.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ...model.artifact import GateResult
from ...model.profile import GateSettings
from ...model.verdict import Verdict, worst
from ..history import History
from ..kpi import KPIS, Kpi, Measure
from ..slices import Slice, steady_iterations
from .bootstrap import Interval, interval
from .repeat import repeated, too_many_errors
from .settle import settled, with_family_errors
from .waive import waived

DEFAULT_SEED = 7


@dataclass(frozen=True)
class Seen:
    """What a gate looks at: a measure, the end of its stretch, and that stretch in words."""

    measure: Measure
    until_ns: int
    where: str
    interval: Interval | None = None


@dataclass(frozen=True)
class Beside:
    """What is beside the run when it is judged: golden records by gate, and the day."""

    golden: Callable[[GateSettings], History | None] = lambda _gate: None
    now_ns: int | None = None


def check(
    gates: Sequence[GateSettings],
    history: History,
    *,
    seed: int = DEFAULT_SEED,
    beside: Beside | None = None,
) -> tuple[GateResult, ...]:
    """
    Return every gate's answer, in the order of the gates.

    A KPI that nobody knows is a UsageError before anything is judged: a misspelt gate must not
    become a gate that is never asked.
    """
    kpis = [KPIS.get(gate.kpi) for gate in gates]
    court, beside = _Court(history, seed), beside or Beside()
    return tuple(
        waived(gate, court.answer(gate, kpi, beside.golden(gate)), beside.now_ns)
        for gate, kpi in zip(with_family_errors(gates), kpis, strict=True)
    )


class _Court:
    """One run before its judge: windows are cut once, whatever the number of gates."""

    def __init__(self, history: History, seed: int) -> None:
        self.history, self.seed = history, seed
        self._cut: dict[str, tuple[Slice, ...]] = {}

    def answer(self, gate: GateSettings, kpi: Kpi, golden: History | None) -> GateResult:
        """Return one gate's answer; a drift guard's is the worse of its two sides."""
        plain, reason = settled(gate, kpi, golden.slice(_spoken(gate)) if golden else None)
        if not plain:
            return result(gate, Verdict.UNKNOWN, f"{gate.kpi}: {reason}")
        return _worst_of([self._one(each, kpi) for each in plain])

    def _one(self, gate: GateSettings, kpi: Kpi) -> GateResult:
        parts = self._parts(gate.window)
        if not parts:
            return result(gate, Verdict.UNKNOWN, "there is no steady iteration")
        pieces = parts if gate.window == "worst" else parts[0].parts()
        errors = too_many_errors(gate, kpi, pieces)
        if errors:
            return result(gate, Verdict.UNKNOWN, f"{gate.kpi}: {errors}")
        if gate.each is None:
            return _worst_of([_judge(gate, kpi, part, self.seed) for part in parts])
        found = repeated(gate, pieces, lambda piece: _point(gate, kpi, piece))
        seen = Seen(Measure(found.value, found.n), 0, "")
        return result(gate, found.verdict, found.reason, seen)

    def _parts(self, window: str) -> tuple[Slice, ...]:
        if window not in self._cut:
            worst_of = window == "worst"
            self._cut[window] = steady_iterations(self.history) if worst_of else (self.history.slice(window),)
        return self._cut[window]


def _point(gate: GateSettings, kpi: Kpi, piece: Slice) -> tuple[Verdict, float | None]:
    """Judge one iteration of m of n by its point; an interval of one iteration would be too wide."""
    once = gate.model_copy(update={"confidence": None, "max_age_s": None})
    measure = kpi.look(piece)
    return decide(once, Seen(measure, piece.until_ns, ""))[0], measure.value


def _spoken(gate: GateSettings) -> str:
    """Return the window of the golden record that a gate compares with."""
    return "steady" if gate.window == "worst" else gate.window


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
            f" ({_percent(gate.confidence)} interval {low:.6g} to {high:.6g}, from samples worth"
            f" {seen.interval.effective:.0f}; a shift of {seen.interval.detectable:.3g} would have shown)"
        )
    verdict, against = _against(gate, low, high)
    return verdict, f"{said}, {against}"


def bound_of(gate: GateSettings) -> dict[str, Any]:
    """Return the gate's bound as a record keeps it."""
    for side in ("at_least", "at_most", "worse_by", "apart_by"):
        bounds = getattr(gate, side)
        if bounds is not None:
            return {side: bounds.model_dump(exclude_none=True)}
    return {}


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
        effective_n=found.effective if found else None,
        detectable=found.detectable if found else None,
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


def _percent(confidence: float | None) -> str:
    return f"{100 * (confidence or 0):.4g}%"


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
        return "no interval can be had of its samples: too few that are worth anything, or a KPI without"
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
