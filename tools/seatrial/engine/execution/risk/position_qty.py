"""Position of one instrument, counted with everything that works on the same side."""

from fractions import Fraction

from ..order import Order
from .rule import Block, Rule, per_symbol


class PositionQty(Rule):
    """Block an order that could take a position beyond `max_position_qty`, in the instrument's unit."""

    name = "max_position_qty"
    wants_market = True

    def load(self) -> bool:
        """Turn the limits into lots."""
        instruments = self.situation.instruments
        self.limits = per_symbol(self.settings, self.name, instruments)
        self.lots = [
            None if limit is None else Fraction(limit) // Fraction(instrument.lot_size)
            for limit, instrument in zip(self.limits, instruments, strict=True)
        ]
        return any(limit is not None for limit in self.limits)

    def before(self, order: Order, now_ns: int) -> Block | None:
        """Compare the position that could result."""
        lots = self.lots[order.instrument]
        if lots is None:
            return None
        reached = self.situation.reached
        if reached <= lots:
            return None
        lot_size = self.situation.instruments[order.instrument].lot_size
        return Block(self.name, self.limits[order.instrument], reached * lot_size)


RULE = PositionQty
