"""How many instruments may have a position at once."""

from ..order import Order
from .rule import Block, Rule


class Positions(Rule):
    """Block an order that could open one position more than `max_positions`."""

    name = "max_positions"

    def load(self) -> bool:
        """Take the limit."""
        self.limit = self.settings.max_positions
        return self.limit is not None

    def before(self, order: Order, now_ns: int) -> Block | None:
        """Count instruments with a position, or with an order that could open one."""
        limit = self.limit
        assert limit is not None, "an inactive rule is not asked"
        ledgers, working = self.situation.ledgers, self.situation.blotter.working
        # No more than all of them can be taken.
        if len(ledgers) <= limit:
            return None
        taken = 0
        for index, ledger in enumerate(ledgers):
            pair = working[index]
            if ledger.lots or pair[0] or pair[1] or index == order.instrument:
                taken += 1
        return None if taken <= limit else Block(self.name, limit, taken)


RULE = Positions
