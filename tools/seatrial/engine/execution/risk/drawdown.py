"""Drawdown: loss from the highest equity of the run."""

from decimal import Decimal
from typing import Any

from .rule import Hold, Rule


class Drawdown(Rule):
    """
    Hold trading when equity has fallen by more than `max_drawdown_ratio` from its peak.

    The peak is the highest equity since the run began and is never reset by the rule itself; the
    hold ends when a person starts a new run or releases it.
    """

    name = "max_drawdown_ratio"
    unit = "ratio"
    watches = True

    def load(self) -> bool:
        """Take the limit; there is no peak yet."""
        self.limit = self.settings.max_drawdown_ratio
        self.peaks: dict[str, Decimal] = {}
        self.breach: str | None = None
        return self.limit is not None

    def after(self, now_ns: int) -> Hold | None:
        """Follow the peak of each settlement currency."""
        limit = self.limit
        assert limit is not None, "an inactive rule is not asked"
        for currency in dict.fromkeys(i.settle for i in self.situation.instruments):
            equity = self.situation.equity(currency)
            peak = max(self.peaks.get(currency, equity), equity)
            self.peaks[currency] = peak
            if self.breach is None and peak > 0 and float((peak - equity) / peak) > limit:
                ratio = float((peak - equity) / peak)
                self.breach = f"equity in {currency} is {ratio:.4f} below its peak, the limit is {limit:g}"
        return Hold("frozen", self.breach) if self.breach else None

    def release(self) -> None:
        """Let a person start again from the equity of now."""
        self.peaks, self.breach = {}, None

    def state(self) -> Any:
        """Return the peaks."""
        return [{currency: str(peak) for currency, peak in self.peaks.items()}, self.breach]

    def restore(self, state: Any) -> None:
        """Take them over."""
        peaks, self.breach = state
        self.peaks = {currency: Decimal(text) for currency, text in peaks.items()}


RULE = Drawdown
