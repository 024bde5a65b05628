"""
Every green light has been seen to turn red: each gate is fed a violation and must say so.

The violation is a trial run, not an injected number: the whole way from journal to verdict is
walked. A gate that stays green, or that no run could ever violate, is itself a failure.
"""

import math
from collections.abc import Sequence

from ...model.artifact import GateResult
from ...model.profile import GateSettings
from ...model.verdict import Verdict
from ..kpi import KPIS, Kpi
from ..slices import DEFAULT_STEADY_LAST
from .check import check, result
from .settle import settled
from .trial import Plan, trial

_FEWEST_ITERATIONS = 12
_MOST_PER_ITERATION = 2_000
_USUAL = 20


def selftest(
    gates: Sequence[GateSettings], *, steady_last: int = DEFAULT_STEADY_LAST, seed: int = 7
) -> tuple[GateResult, ...]:
    """
    Return for each gate whether it turned red (FAIL at a hard bound, WARN at a soft one alone).

    PASS says that the gate bites; FAIL says that it cannot fail. `value` is what the trial
    run measured. Unknown KPIs are a UsageError.
    """
    kpis = [KPIS.get(gate.kpi) for gate in gates]
    return tuple(_bites(gate, kpi, steady_last, seed) for gate, kpi in zip(gates, kpis, strict=True))


def violation(gate: GateSettings, domain: tuple[float, float]) -> float | None:
    """Return a value beyond the gate's outer bound that its KPI can have; None if there is none."""
    bounds = gate.at_least or gate.at_most
    bound = None if bounds is None else bounds.soft if bounds.hard is None else bounds.hard
    if bound is None:
        return None
    edge = domain[0] if gate.at_least else domain[1]
    if not math.isfinite(edge):
        step = max(1.0, abs(bound) / 2)
        return bound - step if gate.at_least else bound + step
    outside = edge >= bound if gate.at_least else edge <= bound
    return None if outside else (bound + edge) / 2


def _bites(gate: GateSettings, kpi: Kpi, steady_last: int, seed: int) -> GateResult:
    """Return whether a gate turns red; a guard is tried beside a healthy golden record, unwaived."""
    bare = gate.model_copy(update={"waiver": None})
    try:
        golden = trial(_plan(gate, kpi, None, steady_last, seed)).slice("steady")
        plain, reason = settled(bare, kpi, golden)
        found = [_bites_once(one, kpi, steady_last, seed) for one in plain]
    except Exception as error:  # noqa: BLE001 - a gate that cannot be tried has not been seen to fail
        reason = f"could not be tried: {type(error).__name__}: {error}"
        return result(gate, Verdict.FAIL, f"{gate.kpi} {reason}")
    if not found:
        return result(gate, Verdict.FAIL, f"{gate.kpi} could not be tried: {reason}")
    # A drift guard has a side that its KPI may not be able to leave; the other one has to bite.
    return next((one for one in found if one.verdict is Verdict.PASS), found[0])


def _bites_once(gate: GateSettings, kpi: Kpi, steady_last: int, seed: int) -> GateResult:
    wanted = violation(gate, kpi.domain)
    if wanted is None:
        return result(gate, Verdict.FAIL, f"{gate.kpi} cannot violate this bound: the gate can never fail")
    answer = check((gate,), trial(_plan(gate, kpi, wanted, steady_last, seed)), seed=seed)[0]
    bounds = gate.at_least or gate.at_most
    red = Verdict.WARN if bounds is None or bounds.hard is None else Verdict.FAIL
    bites = answer.verdict is red
    told = f"{'turned' if bites else 'stayed'} {answer.verdict} where {red} is due: {answer.reason}"
    return answer.model_copy(update={"verdict": Verdict.PASS if bites else Verdict.FAIL, "reason": told})


def _plan(gate: GateSettings, kpi: Kpi, wanted: float | None, steady_last: int, seed: int) -> Plan:
    """Return a trial run of the wanted value (None: a healthy one), with as many samples as are asked for."""
    last = int(gate.window.partition(":")[2]) if gate.window.startswith("last:") else 0
    counted = gate.each.of if gate.each else 0
    iterations = max(_FEWEST_ITERATIONS, last + 2, steady_last + 2, counted + 2)
    judged = {"whole": iterations, "steady": steady_last, "worst": 1}.get(gate.window, last)
    each = min(_MOST_PER_ITERATION, max(_USUAL, math.ceil(gate.min_samples / judged) * 2))
    provoked = {} if wanted is None else kpi.provoke(wanted, judged)
    settings = {"fills_per_iteration": float(each), **provoked}
    longer = max(steady_last, counted)
    return Plan(iterations=iterations, steady_last=longer, samples=2 * each, seed=seed, **settings)
