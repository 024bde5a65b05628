"""Value of one order, in settlement money."""

from ..order import Order
from .rule import SURELY, Block, Rule, atoms, money, per_symbol


class OrderNotional(Rule):
    """
    Block an order worth more than `max_order_notional`, at its price or the mid, whichever is more.

    An order that cannot be valued, because there never was a mid, is blocked too.
    """

    name = "max_order_notional"
    wants_market = True

    def load(self) -> bool:
        """Turn the limits into atoms."""
        self.limits = per_symbol(self.settings, self.name, self.situation.instruments)
        self.caps = [None if limit is None else atoms(limit) for limit in self.limits]
        self.sure = [None if limit is None else float(limit) * SURELY for limit in self.limits]
        return any(limit is not None for limit in self.limits)

    def before(self, order: Order, now_ns: int) -> Block | None:
        """Value the order."""
        sure, situation = self.sure[order.instrument], self.situation
        if sure is None or situation.rough * order.qty < sure:
            return None
        worth, cap = situation.exactly(order, order.qty), self.caps[order.instrument]
        if worth is not None and cap is not None and worth <= cap:
            return None
        return Block(self.name, self.limits[order.instrument], None if worth is None else money(worth))


RULE = OrderNotional
