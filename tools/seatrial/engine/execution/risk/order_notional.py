"""Value of one order, in settlement money."""

from ..order import Order
from .rule import Block, Rule, atoms, money, per_symbol


class OrderNotional(Rule):
    """
    Block an order worth more than `max_order_notional`, at its price or the mid, whichever is more.

    An order that cannot be valued, because there never was a mid, is blocked too.
    """

    name = "max_order_notional"

    def load(self) -> bool:
        """Turn the limits into atoms."""
        self.limits = per_symbol(self.settings, self.name, self.situation.instruments)
        self.caps = [None if limit is None else atoms(limit) for limit in self.limits]
        return any(limit is not None for limit in self.limits)

    def before(self, order: Order, now_ns: int) -> Block | None:
        """Value the order."""
        cap = self.caps[order.instrument]
        if cap is None:
            return None
        worth = self.situation.worst(order, order.qty)
        if worth is not None and worth <= cap:
            return None
        return Block(self.name, self.limits[order.instrument], None if worth is None else money(worth))


RULE = OrderNotional
