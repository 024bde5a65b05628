"""Value of one instrument's position, counted with everything that works on the same side."""

from ..order import Order
from .rule import SURELY, Block, Rule, atoms, money, per_symbol


class PositionNotional(Rule):
    """
    Block an order that could take a position's value beyond `max_position_notional`.

    The position that would result is valued at the order's price or the mid, whichever is more.
    """

    name = "max_position_notional"
    wants_market = True

    def load(self) -> bool:
        """Turn the limits into atoms."""
        self.limits = per_symbol(self.settings, self.name, self.situation.instruments)
        self.caps = [None if limit is None else atoms(limit) for limit in self.limits]
        self.sure = [None if limit is None else float(limit) * SURELY for limit in self.limits]
        return any(limit is not None for limit in self.limits)

    def before(self, order: Order, now_ns: int) -> Block | None:
        """Value the position that could result."""
        sure, situation = self.sure[order.instrument], self.situation
        if sure is None or situation.rough * situation.reached < sure:
            return None
        worth, cap = situation.exactly(order, situation.reached), self.caps[order.instrument]
        if worth is not None and cap is not None and worth <= cap:
            return None
        return Block(self.name, self.limits[order.instrument], None if worth is None else money(worth))


RULE = PositionNotional
