"""Loss of the day: what may be lost between two midnights UTC."""

from decimal import Decimal
from typing import Any

from .rule import NS_PER_S, Hold, Rule

DAY_NS = 86_400 * NS_PER_S


class DayLoss(Rule):
    """Hold trading when more than `max_day_loss` was lost since midnight UTC, until the next midnight."""

    name = "max_day_loss"
    unit = "notional"
    watches = True

    def load(self) -> bool:
        """Take the limit; the day begins with the first look."""
        self.limit = self.settings.max_day_loss
        self.day = -1
        self.opening: dict[str, Decimal] = {}
        self.breach: str | None = None
        return self.limit is not None

    def after(self, now_ns: int) -> Hold | None:
        """Compare each settlement currency's equity with that at the day's first look."""
        limit = self.limit
        assert limit is not None, "an inactive rule is not asked"
        currencies = dict.fromkeys(i.settle for i in self.situation.instruments)
        equities = {currency: self.situation.equity(currency) for currency in currencies}
        if now_ns // DAY_NS != self.day:
            self.day, self.opening, self.breach = now_ns // DAY_NS, equities, None
        for currency, equity in equities.items():
            loss = self.opening[currency] - equity
            if self.breach is None and loss > limit:
                self.breach = f"{loss:f} {currency} lost since midnight UTC, the limit is {limit:f}"
        return Hold("frozen", self.breach) if self.breach else None

    def state(self) -> Any:
        """Return the day and its opening."""
        opening = {currency: str(amount) for currency, amount in self.opening.items()}
        return [self.day, opening, self.breach]

    def restore(self, state: Any) -> None:
        """Take them over."""
        self.day, opening, self.breach = state
        self.opening = {currency: Decimal(text) for currency, text in opening.items()}


RULE = DayLoss
