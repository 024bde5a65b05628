"""Self-cross: an order that would trade with one of our own."""

from ..order import REPLACE, Order
from .rule import Block, Rule


class SelfCross(Rule):
    """
    Block an order priced at or through a working order of ours on the other side.

    An order that may be amended at this moment counts at both its prices; one that is being
    canceled, or of which we do not know, counts until its end is told.
    """

    name = "no_self_cross"

    def load(self) -> bool:
        """Be active when it is asked for."""
        return self.settings.no_self_cross

    def before(self, order: Order, now_ns: int) -> Block | None:
        """Compare with our own orders on the other side; the value is the order's price in ticks."""
        blotter, instrument, side = self.situation.blotter, order.instrument, order.side
        if not blotter.working[instrument][1 - side]:
            return None
        market, px = order.kind == "market", order.px
        for other in blotter.orders.values():
            if other.side == side or other.instrument != instrument:
                continue
            near = other.px if not other.waits & REPLACE else _nearer(other)
            if (px >= near if side == 0 else px <= near) or market or other.kind == "market":
                return Block(self.name, near, px)
        return None


def _nearer(order: Order) -> int:
    """Return which of an amendment's two prices could meet the other side first."""
    return max(order.px, order.asked_px) if order.side == 0 else min(order.px, order.asked_px)


RULE = SelfCross
