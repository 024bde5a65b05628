"""Value of one order, in settlement money."""

from ..order import Order
from .rule import Block, Rule, per_symbol


class OrderNotional(Rule):
    """Block an order worth more than `max_order_notional`; one that cannot be valued is blocked too."""

    name = "max_order_notional"
    unit = "notional"

    def load(self) -> bool:
        """Take the limits."""
        self.limits = per_symbol(self.settings, "max_order_notional", self.situation.instruments)
        return any(limit is not None for limit in self.limits)

    def before(self, order: Order, now_ns: int) -> Block | None:
        """Value the order at its price, a market order at the mid."""
        limit = self.limits[order.instrument]
        if limit is None:
            return None
        price = self.situation.price(order)
        worth = self.situation.worth(order.instrument, price, order.qty)
        if price > 0 and worth <= limit:
            return None
        return Block(self.name, limit, worth if price > 0 else None)


RULE = OrderNotional
