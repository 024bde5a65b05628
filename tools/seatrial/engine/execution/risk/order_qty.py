"""Size of one order: the fat finger's first fence."""

from fractions import Fraction

from ..order import Order
from .rule import Block, Rule, per_symbol


class OrderQty(Rule):
    """Block an order that is larger than `max_order_qty`, in the instrument's unit."""

    name = "max_order_qty"

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
        """Compare the order's whole size."""
        lots = self.lots[order.instrument]
        # Of an amended order `qty` is what is left; its size is that and what was filled.
        size = order.qty + order.gross
        if lots is None or size <= lots:
            return None
        value = self.situation.instruments[order.instrument].qty(size)
        return Block(self.name, self.limits[order.instrument], value)


RULE = OrderQty
