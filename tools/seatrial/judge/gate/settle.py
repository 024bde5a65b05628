"""
Settling: what a gate demands of this run, in plain bounds.

A guard says "not worse than the golden record by more than so much"; only beside that record does it
become a bound. Gates of one family share the error of their confidence, so that twenty of them do not
cry wolf twenty times as often. Without its golden record a guard has nothing to say, and says that.
"""

from collections import Counter
from collections.abc import Sequence

from ...model.profile import Bounds, GateSettings
from ..kpi import Kpi
from ..slices import Slice

Settled = tuple[tuple[GateSettings, ...], str]


def settled(gate: GateSettings, kpi: Kpi, golden: Slice | None) -> Settled:
    """Return the plain gates that a gate comes to, or none and the reason."""
    guard = gate.worse_by or gate.apart_by
    if guard is None:
        return (gate,), ""
    if golden is None:
        return (), "there is no baseline record to compare with"
    usual = kpi.look(golden)
    if usual.value is None:
        return (), f"the baseline has no value of it, {usual.reason}"
    unit = abs(usual.value) if gate.relative else 1.0
    low = _plain(gate, "at_least", usual.value, guard, -unit)
    high = _plain(gate, "at_most", usual.value, guard, unit)
    if gate.apart_by:
        return (low, high), ""
    return (low if kpi.better == "higher" else high,), ""


def with_family_errors(gates: Sequence[GateSettings]) -> tuple[GateSettings, ...]:
    """Return the gates with the confidence that each needs for its family to keep its error."""
    sizes = Counter(gate.family for gate in gates if gate.family and not gate.report_only)
    return tuple(_stricter(gate, sizes[gate.family]) if gate.family else gate for gate in gates)


def _stricter(gate: GateSettings, size: int) -> GateSettings:
    if gate.confidence is None or size < 2:
        return gate
    return gate.model_copy(update={"confidence": 1 - (1 - gate.confidence) / size})


def _plain(gate: GateSettings, side: str, usual: float, guard: Bounds, unit: float) -> GateSettings:
    """Return the gate with one side's bound; a distance of 0 still allows the baseline itself."""
    shifted = {
        name: None if distance is None else usual + unit * distance
        for name, distance in (("hard", guard.hard), ("soft", guard.soft))
    }
    update = {"worse_by": None, "apart_by": None, "relative": False, side: Bounds.model_validate(shifted)}
    return gate.model_copy(update=update)
