"""
Repetition: what a gate says when it is asked of every iteration, and when a measure keeps failing.

One bad hour of seventy-two is weather; four of the last eight are not. And a measure that errs every
other time never trips a limit on errors in a row, so the share of errors has a limit of its own.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ...model.profile import GateSettings
from ...model.verdict import Verdict
from ..kpi import Kpi
from ..slices import Slice

Decide = Callable[[Slice], tuple[Verdict, float | None]]


@dataclass(frozen=True)
class Repetition:
    """What m of n came to: verdict, how it was counted, and the value of the worst iteration."""

    verdict: Verdict
    reason: str
    value: float | None
    n: int


def repeated(gate: GateSettings, pieces: Sequence[Slice], decide: Decide) -> Repetition:
    """Return the answer of m of n over the last n iterations; `decide` judges one."""
    rule = gate.each
    if rule is None:
        raise ValueError("a gate without a rule of repetition is judged once")
    last = pieces[-rule.of :]
    if len(last) < rule.of:
        reason = f"{gate.kpi}: {len(last)} iterations, and {rule.of} are needed to count {rule.bad} bad ones"
        return Repetition(Verdict.UNKNOWN, reason, None, len(last))
    found = [decide(piece) for piece in last]
    failed = [value for verdict, value in found if verdict is Verdict.FAIL]
    silent = sum(verdict is Verdict.UNKNOWN for verdict, _ in found)
    warned = sum(verdict in {Verdict.FAIL, Verdict.WARN} for verdict, _ in found)
    said = f"{gate.kpi} is past its hard bound in {len(failed)} of the last {rule.of} iterations"
    said += f", not measured in {silent}" if silent else ""
    known = [value for _, value in found if value is not None]
    worst = (min if gate.at_least else max)(known, default=None)
    if len(failed) >= rule.bad:
        return Repetition(Verdict.FAIL, f"{said}, and {rule.bad} make a failure", worst, rule.of)
    if len(failed) + silent >= rule.bad:
        return Repetition(Verdict.UNKNOWN, f"{said}, which does not settle {rule.bad}", worst, rule.of)
    if warned >= rule.bad:
        return Repetition(Verdict.WARN, f"{said}, and past its soft bound in {warned}", worst, rule.of)
    return Repetition(Verdict.PASS, f"{said}, and {rule.bad} would make a failure", worst, rule.of)


def too_many_errors(gate: GateSettings, kpi: Kpi, pieces: Sequence[Slice]) -> str:
    """Return why a measure that failed too often is no evidence, or nothing."""
    if gate.max_error_ratio is None and gate.max_consecutive_errors is None:
        return ""
    lost = [kpi.look(piece).value is None for piece in pieces]
    share = sum(lost) / len(lost) if lost else 1.0
    if gate.max_error_ratio is not None and share > gate.max_error_ratio:
        return (
            f"not measured in {sum(lost)} of {len(lost)} iterations, {gate.max_error_ratio:.0%} are allowed"
        )
    longest = run = 0
    for missing in lost:
        run = run + 1 if missing else 0
        longest = max(longest, run)
    if gate.max_consecutive_errors is not None and longest > gate.max_consecutive_errors:
        return f"not measured in {longest} iterations in a row, {gate.max_consecutive_errors} are allowed"
    return ""
