"""Drawdown: the deepest fall of the equity from its highest point so far."""

from math import isnan

from ..slices import Slice
from .kpi import KPIS, Kpi, Measure, measured, no_samples, setting


def drawdown_ratio(part: Slice) -> Measure:
    """
    Return the largest (peak - equity) / peak over the sampled equity, marked at mid.

    Symbols that settle in one currency are one account; the worst currency counts.
    """
    decisions, rows = part.history.decisions, part.rows("decisions")
    accounts: dict[str, _Account] = {}
    count, newest = 0, None
    for row in rows:
        equity, code = decisions.equity[row], decisions.symbol[row]
        if not isnan(equity):
            accounts.setdefault(_currency(part, code), _Account()).see(code, equity)
            count, newest = count + 1, decisions.ts[row]
    if not accounts:
        return Measure(None, 0, None, "no sample of the equity")
    if any(account.peak <= 0 for account in accounts.values()):
        return Measure(None, count, newest, "the equity was never above zero")
    return measured(max(account.deepest for account in accounts.values()), count, newest)


class _Account:
    """One currency's equity: the opening balance once, and every symbol's change."""

    def __init__(self) -> None:
        self.first: dict[int, float] = {}
        self.opening: float | None = None
        self.last: dict[int, float] = {}
        self.change = self.peak = self.deepest = 0.0

    def see(self, code: int, equity: float) -> None:
        if self.opening is None:
            self.opening = self.peak = equity
        previous = self.last.setdefault(code, equity)
        self.change += equity - previous
        self.last[code] = equity
        total = self.opening + self.change
        self.peak = max(self.peak, total)
        if self.peak > 0:
            self.deepest = max(self.deepest, (self.peak - total) / self.peak)


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
