"""How many instruments may have a position at once."""

from ..order import Order
from .rule import Block, Rule


class Positions(Rule):
    """Block an order that could open one position more than `max_positions`."""

    name = "max_positions"
    unit = "count"

    def load(self) -> bool:
        """Take the limit."""
        self.limit = self.settings.max_positions
        return self.limit is not None

    def before(self, order: Order, now_ns: int) -> Block | None:
        """Count instruments with a position or an order that could open one."""
        limit = self.limit
        assert limit is not None, "an inactive rule is not asked"
        ledgers, working = self.situation.ledgers, self.situation.blotter.working
        taken = sum(
            1
            for index, ledger in enumerate(ledgers)
            if index == order.instrument or ledger.lots or working[index][0] or working[index][1]
        )
        return None if taken <= limit else Block(self.name, limit, taken)


RULE = Positions
