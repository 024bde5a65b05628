"""Value of one instrument's position, counted with everything that works on the same side."""

from ..order import Order
from .rule import Block, Rule, per_symbol


class PositionNotional(Rule):
    """Block an order that could take a position's value beyond `max_position_notional`."""

    name = "max_position_notional"
    unit = "notional"

    def load(self) -> bool:
        """Take the limits."""
        self.limits = per_symbol(self.settings, "max_position_notional", self.situation.instruments)
        return any(limit is not None for limit in self.limits)

    def before(self, order: Order, now_ns: int) -> Block | None:
        """Value the position that could result at the order's price or the mid, whichever is worth more."""
        limit, situation, instrument = self.limits[order.instrument], self.situation, order.instrument
        if limit is None:
            return None
        result, mid = situation.result(order), (situation.mid2(instrument) + 1) // 2
        worths = [situation.worth(instrument, px, result) for px in (order.px, mid) if px > 0]
        if worths and max(worths) <= limit:
            return None
        return Block(self.name, limit, max(worths, default=None))


RULE = PositionNotional
