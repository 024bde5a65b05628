"""Price collar: how far from the market an order may be priced."""

from ..order import Order
from .rule import Block, Rule, per_symbol


class PriceCollar(Rule):
    """
    Block a limit price further than `max_collar_bps` from the mid, on either side.

    Without a usable book there is no reference, and the order is blocked. A market order has no
    price to compare.
    """

    name = "max_collar_bps"
    unit = "bps"

    def load(self) -> bool:
        """Take the limits."""
        self.limits = per_symbol(self.settings, "max_collar_bps", self.situation.instruments)
        return any(limit is not None for limit in self.limits)

    def before(self, order: Order, now_ns: int) -> Block | None:
        """Compare the price with the mid of this moment."""
        limit = self.limits[order.instrument]
        if limit is None or order.kind == "market":
            return None
        touch = self.situation.view.book(order.instrument)
        if touch is None:
            return Block(self.name, limit, None)
        twice = touch.bid + touch.ask
        distance = abs(2 * order.px - twice) * 10_000
        return None if distance <= limit * twice else Block(self.name, limit, distance / twice)


RULE = PriceCollar
