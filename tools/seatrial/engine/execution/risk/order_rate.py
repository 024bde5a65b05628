"""How fast orders may be sent: a runaway loop is stopped here before the venue stops the account."""

from collections import deque
from typing import Any

from ..order import Order
from .rule import NS_PER_S, Block, Rule


class OrderRate(Rule):
    """
    Block an order beyond `max_orders_per_s` or `max_orders_per_min`.

    Orders and amendments count from the moment at which they are sent, answered or not; the last
    so many moments are kept, so the windows slide.
    """

    name = "max_orders_per_s"
    unit = "per_s"
    listens = True

    def load(self) -> bool:
        """Take the limits; each keeps as many moments as it allows orders."""
        per_s, per_min = self.settings.max_orders_per_s, self.settings.max_orders_per_min
        self.windows = [
            (name, limit, span, deque[int](maxlen=max(1, limit)))
            for name, limit, span in (
                ("max_orders_per_s", per_s, NS_PER_S),
                ("max_orders_per_min", per_min, 60 * NS_PER_S),
            )
            if limit is not None
        ]
        return bool(self.windows)

    def before(self, order: Order, now_ns: int) -> Block | None:
        """Look whether the window is full of orders that are not old enough."""
        for name, limit, span, moments in self.windows:
            if limit == 0 or (len(moments) == limit and now_ns - moments[0] < span):
                return Block(name, limit, limit + 1)
        return None

    def sent(self, order: Order, now_ns: int) -> None:
        """Count it."""
        for _, _, _, moments in self.windows:
            moments.append(now_ns)

    def state(self) -> Any:
        """Return the moments of each window."""
        return {name: list(moments) for name, _, _, moments in self.windows}

    def restore(self, state: Any) -> None:
        """Take the moments over."""
        for name, _, _, moments in self.windows:
            moments.clear()
            moments.extend(state.get(name, ()))


RULE = OrderRate
