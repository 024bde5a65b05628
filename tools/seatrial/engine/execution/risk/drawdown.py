"""Drawdown: loss from the highest equity of the run."""

from decimal import Decimal
from typing import Any

from .rule import Hold, Rule


class Drawdown(Rule):
    """
    Hold trading when equity has fallen by more than `max_drawdown_ratio` from its peak.

    The peak is the highest equity since the run began and is never reset by the rule itself. Where
    there never was any equity, any loss is beyond every ratio of it.
    """

    name = "max_drawdown_ratio"
    does = "hold"
    ends = "when a person releases it; the peak then begins anew"
    watches = True

    def load(self) -> bool:
        """Take the limit, as the decimal that was written; there is no peak yet."""
        limit = self.settings.max_drawdown_ratio
        self.limit = None if limit is None else Decimal(str(limit))
        self.peaks: dict[str, Decimal] = {}
        self.seen: dict[str, Decimal] | None = None
        self.breach: str | None = None
        return self.limit is not None

    def after(self, now_ns: int) -> Hold | None:
        """Follow the peak of each settlement currency."""
        limit, equities = self.limit, self.situation.equities()
        assert limit is not None, "an inactive rule is not asked"
        if equities is not self.seen:
            self._judge(equities, limit)
            self.seen = equities
        return Hold("frozen", self.breach) if self.breach else None

    def _judge(self, equities: dict[str, Decimal], limit: Decimal) -> None:
        for currency, equity in equities.items():
            peak = max(self.peaks.get(currency, equity), equity)
            self.peaks[currency] = peak
            if self.breach is None and peak - equity > limit * max(peak, Decimal(0)):
                told = f"{(peak - equity) / peak:.4f}" if peak > 0 else "all of it and more"
                self.breach = f"equity in {currency} is {told} below its peak, the limit is {limit:f}"

    def release(self) -> None:
        """Let a person start again from the equity of now."""
        self.peaks, self.seen, self.breach = {}, None, None

    def state(self) -> Any:
        """Return the peaks."""
        return [{currency: str(peak) for currency, peak in self.peaks.items()}, self.breach]

    def restore(self, state: Any) -> None:
        """Take them over."""
        peaks, self.breach = state
        self.peaks = {currency: Decimal(text) for currency, text in peaks.items()}


RULE = Drawdown
