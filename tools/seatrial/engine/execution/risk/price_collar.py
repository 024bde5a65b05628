"""Price collar: how far from the market an order may be priced."""

from fractions import Fraction

from ..order import Order
from .rule import Block, Rule, per_symbol


class PriceCollar(Rule):
    """
    Block a limit price further than `max_collar_bps` from the mid, on either side.

    Without a usable book there is no reference, and any order is blocked, a market order too; with
    one, a market order has no price to compare.
    """

    name = "max_collar_bps"
    wants_market = True

    def load(self) -> bool:
        """Turn the limits into fractions of whole numbers, so that they hold to the tick."""
        self.limits = per_symbol(self.settings, self.name, self.situation.instruments)
        self.fractions = [
            None if limit is None else (Fraction(str(limit)) / 10_000).as_integer_ratio()
            for limit in self.limits
        ]
        return any(limit is not None for limit in self.limits)

    def before(self, order: Order, now_ns: int) -> Block | None:
        """Compare the price with the mid of this moment."""
        fraction = self.fractions[order.instrument]
        if fraction is None:
            return None
        touch = self.situation.touch
        if touch is None:
            return Block(self.name, self.limits[order.instrument], None)
        above, below = fraction
        twice = touch[0] + touch[1]
        distance = abs(2 * order.px - twice)
        if order.kind == "market" or distance * below <= above * twice:
            return None
        return Block(self.name, self.limits[order.instrument], distance / twice * 10_000)


RULE = PriceCollar
