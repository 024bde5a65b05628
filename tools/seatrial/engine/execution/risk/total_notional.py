"""Value of all positions that settle in one currency, with everything that works."""

from decimal import Decimal

from ..order import Order
from .rule import Block, Rule, Situation


class TotalNotional(Rule):
    """Block an order that could take the value of all positions beyond `max_total_notional`."""

    name = "max_total_notional"
    unit = "notional"

    def load(self) -> bool:
        """Take the limit."""
        self.limit = self.settings.max_total_notional
        return self.limit is not None

    def before(self, order: Order, now_ns: int) -> Block | None:
        """Add up what each position could become, this order's instrument with the order."""
        situation, limit = self.situation, self.limit
        assert limit is not None, "an inactive rule is not asked"
        currency = situation.instruments[order.instrument].settle
        total = Decimal(0)
        for index, instrument in enumerate(situation.instruments):
            if instrument.settle != currency:
                continue
            ours = index == order.instrument
            lots = abs(situation.result(order)) if ours else largest(situation, index)
            price = (situation.mid2(index) + 1) // 2
            price = max(price, order.px) if ours else price
            if lots and price <= 0:
                return Block(self.name, limit, None)
            total += situation.worth(index, price, lots)
        return None if total <= limit else Block(self.name, limit, total)


def largest(situation: Situation, index: int) -> int:
    """Return the largest position in lots that an instrument could reach with what works now."""
    position, (buys, sells) = situation.ledgers[index].lots, situation.blotter.working[index]
    return max(abs(position + buys), abs(position - sells), abs(position))


RULE = TotalNotional
