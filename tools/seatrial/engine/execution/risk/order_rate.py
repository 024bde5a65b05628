"""How fast orders may be sent: a runaway loop is stopped here before the venue stops the account."""

from collections import deque
from typing import Any

from ..order import Order
from .rule import NS_PER_S, Block, Rule

SPANS = {"max_orders_per_s": NS_PER_S, "max_orders_per_min": 60 * NS_PER_S}


class OrderRate(Rule):
    """
    Block an order beyond `max_orders_per_s` or `max_orders_per_min`.

    Orders and amendments count from the moment at which they are sent, answered or not; each window
    keeps as many moments as it allows orders, so that it slides.
    """

    name = "max_orders_per_s"
    limits_of = tuple(SPANS)
    ends = "as the window slides on"

    def load(self) -> bool:
        """Take the limits; there are no moments yet."""
        found = {name: getattr(self.settings, name) for name in SPANS}
        # The oldest moment kept is then the one to look at, and the cheapest to reach.
        self.windows = [
            (name, limit, SPANS[name], deque[int](maxlen=limit))
            for name, limit in found.items()
            if limit is not None
        ]
        return bool(self.windows)

    def before(self, order: Order, now_ns: int) -> Block | None:
        """Look whether so many orders ago is not long enough ago."""
        for name, limit, span, moments in self.windows:
            if len(moments) == limit and (limit == 0 or now_ns - moments[0] < span):
                return Block(name, limit, limit + 1)
        return None

    def sent(self, order: Order, now_ns: int) -> None:
        """Count it."""
        for _, _, _, moments in self.windows:
            moments.append(now_ns)

    def state(self) -> Any:
        """Return the moments of the window that knows most."""
        return max((list(moments) for _, _, _, moments in self.windows), key=len, default=[])

    def restore(self, state: Any) -> None:
        """Take the moments over, into each window as many as matter to it."""
        for _, _, _, moments in self.windows:
            moments.clear()
            moments.extend(state)


RULE = OrderRate
