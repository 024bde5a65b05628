"""Self-cross: an order that would trade with one of our own."""

from ..order import Order
from .rule import Block, Rule


class SelfCross(Rule):
    """Block an order priced at or through a working order of ours on the other side."""

    name = "no_self_cross"
    unit = "ticks"

    def load(self) -> bool:
        """Be active when it is asked for."""
        return self.settings.no_self_cross

    def before(self, order: Order, now_ns: int) -> Block | None:
        """Compare with the best of our own orders on the other side; a market order meets them all."""
        blotter, instrument = self.situation.blotter, order.instrument
        if not blotter.working[instrument][1 - order.side]:
            return None
        others = [
            each.px
            for each in blotter.orders.values()
            if each.instrument == instrument and each.side != order.side and each.order_id != order.order_id
        ]
        if not others:
            return None
        best = min(others) if order.side == 0 else max(others)
        crosses = order.kind == "market" or (order.px >= best if order.side == 0 else order.px <= best)
        return Block(self.name, best, order.px) if crosses else None


RULE = SelfCross
