"""How many orders may work at once."""

from ..order import Order
from .rule import Block, Rule


class OpenOrders(Rule):
    """Block an order beyond `max_open_orders` working ones, whatever their state of uncertainty."""

    name = "max_open_orders"

    def load(self) -> bool:
        """Take the limit."""
        self.limit = self.settings.max_open_orders
        return self.limit is not None

    def before(self, order: Order, now_ns: int) -> Block | None:
        """Count this order too, unless it is one that works already and is being amended."""
        limit, orders = self.limit, self.situation.blotter.orders
        assert limit is not None, "an inactive rule is not asked"
        count = len(orders) + (order.order_id not in orders)
        return None if count <= limit else Block(self.name, limit, count)


RULE = OpenOrders
