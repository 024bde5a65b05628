"""Loss of the day: what may be lost between two midnights UTC."""

from decimal import Decimal
from typing import Any

from .rule import NS_PER_S, Hold, Rule

DAY_NS = 86_400 * NS_PER_S


class DayLoss(Rule):
    """
    Hold trading when more than `max_day_loss` was lost since midnight UTC, until the next midnight.

    A day opens with the last equity that was seen before it, so that what a gap over midnight has
    cost is not forgiven; the first day opens with its first look.
    """

    name = "max_day_loss"
    does = "hold"
    ends = "at the next midnight UTC"
    watches = True

    def load(self) -> bool:
        """Take the limit; the day begins with the first look."""
        self.limit = self.settings.max_day_loss
        self.day = -1
        self.opening: dict[str, Decimal] = {}
        self.latest: dict[str, Decimal] = {}
        self.breach: str | None = None
        return self.limit is not None

    def after(self, now_ns: int) -> Hold | None:
        """Compare each settlement currency's equity with that of the day's opening."""
        limit, equities = self.limit, self.situation.equities()
        assert limit is not None, "an inactive rule is not asked"
        # A clock that is set back does not begin a new day.
        new_day = now_ns // DAY_NS > self.day
        if new_day:
            self.day, self.opening, self.breach = now_ns // DAY_NS, {**equities, **self.latest}, None
        if new_day or equities is not self.latest:
            self.latest = equities
            self._judge(limit)
        return Hold("frozen", self.breach) if self.breach else None

    def _judge(self, limit: Decimal) -> None:
        for currency, equity in self.latest.items():
            loss = self.opening[currency] - equity
            if self.breach is None and loss > limit:
                self.breach = f"{loss:f} {currency} lost since midnight UTC, the limit is {limit:f}"

    def state(self) -> Any:
        """Return the day, its opening and the last equity."""
        texts = [{currency: str(amount) for currency, amount in held.items()} for held in self._amounts]
        return [self.day, *texts, self.breach]

    def restore(self, state: Any) -> None:
        """Take them over."""
        self.day, *texts, self.breach = state
        amounts = [{currency: Decimal(text) for currency, text in held.items()} for held in texts]
        self.opening, self.latest = amounts

    @property
    def _amounts(self) -> tuple[dict[str, Decimal], dict[str, Decimal]]:
        return self.opening, self.latest


RULE = DayLoss
