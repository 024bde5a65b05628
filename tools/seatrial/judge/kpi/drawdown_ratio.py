"""Drawdown: the deepest fall of the equity from its highest point so far."""

from typing import TYPE_CHECKING

from ..columns import part as cells
from ..slices import Slice
from .kpi import KPIS, Kpi, Measure, measured, no_samples, setting

if TYPE_CHECKING:
    import numpy as np


def drawdown_ratio(part: Slice) -> Measure:
    """
    Return the largest (peak - equity) / peak over the sampled equity, marked at mid.

    Symbols that settle in one currency are one account; the worst currency counts.
    """
    import numpy as np

    decisions, rows = part.history.decisions, part.rows("decisions")
    equity, code = (np.asarray(cells(column, rows)) for column in (decisions.equity, decisions.symbol))
    known = np.nonzero(~np.isnan(equity))[0]
    if not len(known):
        return Measure(None, 0, None, "no sample of the equity")
    equity, code = equity[known], code[known]
    newest = decisions.ts[rows[int(known[-1])]]
    accounts: dict[str, list[int]] = {}
    for one in np.unique(code).tolist():
        accounts.setdefault(_currency(part, one), []).append(one)
    fallen = [_deepest(equity, code, codes) for codes in accounts.values()]
    if None in fallen:
        return Measure(None, len(known), newest, "the equity was never above zero")
    return measured(max(one or 0.0 for one in fallen), len(known), newest)


def _deepest(equity: "np.ndarray", code: "np.ndarray", codes: "list[int]") -> float | None:
    """Return one account's deepest fall: its opening balance once, and every symbol's change."""
    import numpy as np

    mine = np.isin(code, codes)
    equity, code = equity[mine], code[mine]
    change = np.zeros(len(equity))
    for one in codes:
        own = np.nonzero(code == one)[0]
        change[own[1:]] = np.diff(equity[own])
    total = equity[0] + np.cumsum(change)
    peak = np.maximum.accumulate(total)
    above = peak > 0
    if not above.any():
        return None
    return float(((peak[above] - total[above]) / peak[above]).max())


def _currency(part: Slice, code: int) -> str:
    facts = part.history.instruments.get(code, {})
    return str(facts.get("base" if facts.get("contract") == "inverse" else "quote", ""))


KPIS.add(
    "drawdown_ratio",
    Kpi(
        name="drawdown_ratio",
        better="lower",
        doc="largest (peak - equity) / peak over the sampled equity, worst settlement currency",
        measure=drawdown_ratio,
        provoke=setting("drawdown_ratio"),
        samples=no_samples,
        domain=(0, 1),
    ),
)
