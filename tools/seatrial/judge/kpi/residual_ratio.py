"""
Residual: by how much the books fail to close.

The components are computed from fills and mids, the ledger from positions; when the two disagree,
one of them is wrong and no other number of the run can be trusted.
"""

from ..components import decompose
from ..slices import Slice
from .kpi import KPIS, Kpi, Measure, measured, no_samples, setting


def residual_ratio(part: Slice) -> Measure:
    """Return |sum of components - ledger's change of equity| over notional; sound below 1e-9."""
    found = decompose(part)
    value = found.pooled.residual if found.pooled else None
    newest = part.until_ns if found.symbols else None
    return measured(value, len(found.symbols), newest, found.reason or "nothing was traded or held")


KPIS.add(
    "residual_ratio",
    Kpi(
        name="residual_ratio",
        better="lower",
        doc="|sum of components - ledger| over notional; the books close below 1e-9",
        measure=residual_ratio,
        provoke=setting("residual_ratio"),
        samples=no_samples,
        domain=(0, float("inf")),
    ),
)
