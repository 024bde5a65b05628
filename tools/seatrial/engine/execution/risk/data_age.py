"""Age of the market data that an order relies on."""

from ..order import Order
from .rule import Block, Rule, per_symbol


class DataAge(Rule):
    """Block an order whose book is older than `max_data_age_ms`, or was never seen."""

    name = "max_data_age_ms"
    unit = "ms"

    def load(self) -> bool:
        """Take the limits."""
        self.limits = per_symbol(self.settings, "max_data_age_ms", self.situation.instruments)
        return any(limit is not None for limit in self.limits)

    def before(self, order: Order, now_ns: int) -> Block | None:
        """Compare the age of the newest event of the order's instrument."""
        limit = self.limits[order.instrument]
        if limit is None:
            return None
        age_ns = self.situation.view.data_age_ns(order.instrument)
        if age_ns is not None and age_ns <= limit * 1e6:
            return None
        return Block(self.name, limit, None if age_ns is None else age_ns / 1e6)


RULE = DataAge
