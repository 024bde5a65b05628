"""Value of all positions that settle in one currency, with everything that works."""

import math

from ..order import Order
from .rule import SURELY, Block, Rule, atoms, money


class TotalNotional(Rule):
    """
    Block an order that could take the value of all positions of a currency beyond `max_total_notional`.

    Each instrument counts with the largest position that it could reach, long and short apart: a
    short does not make up for a long.
    """

    name = "max_total_notional"
    wants_market = True

    def load(self) -> bool:
        """Turn the limit into atoms; which instruments settle together is known from the start."""
        self.limit = self.settings.max_total_notional
        self.cap = 0 if self.limit is None else atoms(self.limit)
        self.sure = 0.0 if self.limit is None else float(self.limit) * SURELY
        instruments = self.situation.instruments
        self.together = [
            [at for at, other in enumerate(instruments) if other.settle == one.settle and other is not one]
            for one in instruments
        ]
        return self.limit is not None

    def before(self, order: Order, now_ns: int) -> Block | None:
        """Add up what each position could become, this order's instrument with the order."""
        situation, limit, at = self.situation, self.limit, order.instrument
        assert limit is not None, "an inactive rule is not asked"
        if situation.rough * max(situation.reached, situation.largest(at)) + self._roughly(at) < self.sure:
            return None
        total = self._exactly(order)
        if total is not None and total <= self.cap:
            return None
        return Block(self.name, limit, None if total is None else money(total))

    def _roughly(self, at: int) -> float:
        """Return the others' worth as a float; infinite when one of them cannot be valued."""
        situation, total = self.situation, 0.0
        for index in self.together[at]:
            most = situation.largest(index)
            if most:
                mid2 = situation.mid2(index)
                if not mid2:
                    return math.inf
                factor = situation.rough_factors[index]
                total += factor * most / mid2 if situation.inverse[index] else factor * most * mid2
        return total

    def _exactly(self, order: Order) -> int | None:
        """Return the sum in atoms, None when one of the positions cannot be valued."""
        situation, at = self.situation, order.instrument
        total = situation.exactly(order, max(situation.reached, situation.largest(at)))
        for index in self.together[at]:
            most = situation.largest(index)
            mid2 = situation.mid2(index) if most else 0
            if total is None or (most and not mid2):
                return None
            total += situation.worth(index, mid2, most) if most else 0
        return total


RULE = TotalNotional
