"""Every measure of one stretch of a run, by name, for the files that keep them."""

from .components import decompose
from .kpi import KPIS
from .money import PARTS, Money
from .slices import Slice


def kpis_of(part: Slice) -> dict[str, float | None]:
    """Return every KPI of the slice but those of the machine, which differ between equal runs."""
    return {name: kpi.look(part).value for name, kpi in sorted(KPIS) if not kpi.of_the_machine}


def components_of(part: Slice) -> dict[str, float | None]:
    """Return the pooled components of the slice, in bps and shares; None where nothing was traded."""
    return figures(decompose(part).pooled)


def figures(money: Money | None) -> dict[str, float | None]:
    """Return the figures of one decomposition."""
    if money is None:
        names = (*(f"{part}_bps" for part in (*PARTS, "net", "slippage")), "unattributed_ratio")
        return dict.fromkeys((*names, "residual_ratio", "notional", "truncated_count"))
    return {
        **{f"{part}_bps": money.bps(part) for part in (*PARTS, "net", "slippage")},
        "unattributed_ratio": money.unattributed_ratio,
        "residual_ratio": money.residual,
        "notional": float(money.notional),
        "truncated_count": float(money.truncated),
    }
