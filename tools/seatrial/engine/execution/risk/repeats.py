"""
Repeated execution: the same order again and again.

A loop that has lost its memory sends one order for ever. EU RTS 6 (Delegated Regulation 2017/589,
article 15(3)) asks for a throttle that disables the system until a named person enables it again.
"""

from typing import Any

from ..order import Order
from .rule import Block, Hold, Rule


class Repeats(Rule):
    """Hold trading after `max_repeats` equal orders in a row; only a person lifts it."""

    name = "max_repeats"
    does = "block and hold"
    ends = "when a person releases it"
    watches = True

    def load(self) -> bool:
        """Take the limit; nothing was repeated yet."""
        self.limit = self.settings.max_repeats
        self.last: tuple[Any, ...] = ()
        self.count = 0
        self.held = False
        return self.limit is not None

    def before(self, order: Order, now_ns: int) -> Block | None:
        """Block the order that would be one repeat too many, and hold from then on."""
        limit = self.limit
        assert limit is not None, "an inactive rule is not asked"
        if self.held or (self.count >= limit and (limit == 0 or self.last == _content(order))):
            self.held = True
            return Block(self.name, limit, self.count + 1)
        return None

    def sent(self, order: Order, now_ns: int) -> None:
        """Count equal orders in a row, an amendment as the order that it asks for."""
        content = _content(order)
        self.count = self.count + 1 if content == self.last else 1
        self.last = content

    def after(self, now_ns: int) -> Hold | None:
        """Hold as long as nobody has looked."""
        return Hold("frozen", f"{self.count} equal orders in a row") if self.held else None

    def release(self) -> None:
        """Let a person enable trading again."""
        self.held, self.count, self.last = False, 0, ()

    def state(self) -> Any:
        """Return the count."""
        return [list(self.last), self.count, self.held]

    def restore(self, state: Any) -> None:
        """Take it over."""
        last, self.count, self.held = state
        self.last = tuple(last)


def _content(order: Order) -> tuple[Any, ...]:
    return (order.instrument, order.side, order.px, order.qty, order.kind)


RULE = Repeats
