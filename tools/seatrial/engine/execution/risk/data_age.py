"""Age of the market data that an order relies on."""

from ..order import Order
from .rule import Block, Rule, per_symbol


class DataAge(Rule):
    """
    Block an order whose book is older than `max_data_age_ms`, or was never seen.

    A book from the future by more than that is no fresher: one of two clocks is wrong.
    """

    name = "max_data_age_ms"

    def load(self) -> bool:
        """Turn the limits into nanoseconds."""
        self.limits = per_symbol(self.settings, self.name, self.situation.instruments)
        self.limits_ns = [None if limit is None else round(limit * 1_000_000) for limit in self.limits]
        return any(limit is not None for limit in self.limits)

    def before(self, order: Order, now_ns: int) -> Block | None:
        """Compare the age of the newest event of the order's instrument."""
        limit_ns = self.limits_ns[order.instrument]
        if limit_ns is None:
            return None
        age_ns = self.situation.view.data_age_ns(order.instrument)
        if age_ns is not None and -limit_ns <= age_ns <= limit_ns:
            return None
        return Block(self.name, self.limits[order.instrument], None if age_ns is None else age_ns / 1e6)


RULE = DataAge
