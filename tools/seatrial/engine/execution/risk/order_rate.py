"""How fast orders may be sent: a runaway loop is stopped here before the venue stops the account."""

from collections import deque
from typing import Any

from ..order import Order
from .rule import NS_PER_S, Block, Rule

SPANS = {"max_orders_per_s": NS_PER_S, "max_orders_per_min": 60 * NS_PER_S}


class OrderRate(Rule):
    """
    Block an order beyond `max_orders_per_s` or `max_orders_per_min`.

    Orders and amendments count from the moment at which they are sent, answered or not; the newest
    moments are kept, as many as the larger limit allows orders, so the windows slide.
    """

    name = "max_orders_per_s"
    limits_of = tuple(SPANS)
    ends = "as the window slides on"

    def load(self) -> bool:
        """Take the limits; there are no moments yet."""
        found = {name: getattr(self.settings, name) for name in SPANS}
        self.windows = [(name, limit, SPANS[name]) for name, limit in found.items() if limit is not None]
        self.moments = deque[int](maxlen=max((limit for _, limit, _ in self.windows), default=0))
        return bool(self.windows)

    def before(self, order: Order, now_ns: int) -> Block | None:
        """Look whether so many orders ago is not long enough ago."""
        moments = self.moments
        for name, limit, span in self.windows:
            if limit == 0 or (len(moments) >= limit and now_ns - moments[-limit] < span):
                return Block(name, limit, limit + 1)
        return None

    def sent(self, order: Order, now_ns: int) -> None:
        """Count it."""
        self.moments.append(now_ns)

    def state(self) -> Any:
        """Return the moments."""
        return list(self.moments)

    def restore(self, state: Any) -> None:
        """Take the moments over, as many as still matter."""
        self.moments.clear()
        self.moments.extend(state)


RULE = OrderRate
