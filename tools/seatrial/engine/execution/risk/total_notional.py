"""Value of all positions that settle in one currency, with everything that works."""

from ..order import Order
from .rule import Block, Rule, Situation, atoms, money, outward


class TotalNotional(Rule):
    """
    Block an order that could take the value of all positions of a currency beyond `max_total_notional`.

    Each instrument counts with the largest position that it could reach, long and short apart: a
    short does not make up for a long.
    """

    name = "max_total_notional"

    def load(self) -> bool:
        """Turn the limit into atoms; which instruments settle together is known from the start."""
        self.limit = self.settings.max_total_notional
        self.cap = 0 if self.limit is None else atoms(self.limit)
        instruments = self.situation.instruments
        self.together = [
            [at for at, other in enumerate(instruments) if other.settle == one.settle and other is not one]
            for one in instruments
        ]
        return self.limit is not None

    def before(self, order: Order, now_ns: int) -> Block | None:
        """Add up what each position could become, this order's instrument with the order."""
        situation, limit = self.situation, self.limit
        assert limit is not None, "an inactive rule is not asked"
        total = situation.worst(
            order, max(abs(situation.result(order)), largest(situation, order.instrument))
        )
        if total is None:
            return Block(self.name, limit, None)
        for index in self.together[order.instrument]:
            lots = largest(situation, index)
            if not lots:
                continue
            mid2 = situation.mid2(index)
            if mid2 <= 0:
                return Block(self.name, limit, None)
            total += situation.worth(index, mid2, lots)
        return None if total <= self.cap else Block(self.name, limit, money(total))


def largest(situation: Situation, index: int) -> int:
    """Return the largest position in lots, long or short, that what works now could lead to."""
    position, (buys, sells) = situation.ledgers[index].lots, situation.blotter.working[index]
    if not (position or buys or sells):
        return 0
    return max(abs(outward(position + buys)), abs(outward(position - sells)))


RULE = TotalNotional
