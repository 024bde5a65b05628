"""
The bot's desk: what it sees of the market and of its own orders, and how it acts.

What is shown here is what the bot can know: its orders and position change when the exchange's
answer arrives, not when the exchange acts. Every intent goes through the execution core.
"""

from decimal import Decimal
from operator import index as whole
from typing import Any, Final, Protocol

from ..model.instrument import Instrument
from .execution.core import Execution
from .execution.order import Order
from .execution.risk.rule import Block, MarketView, Touch

SIDES: Final = ("buy", "sell")

__all__ = ["SIDES", "Desk", "Order", "Touch", "View"]


class View(MarketView, Protocol):
    """The market as a bot sees it; `now_ns` is the moment of looking."""

    now_ns: int

    def depth(self, side: int, levels: int, instrument: int) -> list[tuple[int, int]]:
        """Return up to `levels` (price, size) levels of a side (0 bids), best first."""


class Desk:
    """The bot's window on the exchange; prices in ticks, quantities in lots, side 0 buys."""

    def __init__(self, instruments: tuple[Instrument, ...], view: View, core: Execution) -> None:
        self.instruments, self.view, self.core = instruments, view, core
        self.orders: dict[int, Order] = core.orders
        self.positions = [0] * len(instruments)
        self.intended_ns = 0
        self.reason: str | None = None
        self.actions = 0

    @property
    def now_ns(self) -> int:
        """Return the time, in nanoseconds UTC."""
        return self.view.now_ns

    # -- seeing ---------------------------------------------------------------------------------

    def book(self, instrument: int = 0) -> Touch | None:
        """Return the touch, or None when there is no usable one (gap, stale, one side empty, crossed)."""
        return self.view.book(instrument)

    def depth(self, side: int, levels: int, instrument: int = 0) -> list[tuple[int, int]]:
        """Return up to `levels` (price, size) levels of a side (0 bids), best first."""
        return self.view.depth(side, levels, instrument)

    def position(self, instrument: int = 0) -> int:
        """Return the signed position in lots, as reported to the bot."""
        return self.positions[instrument]

    def quotes(self, side: int, instrument: int = 0) -> list[Order]:
        """Return the bot's live orders on a side."""
        return [o for o in self.orders.values() if o.side == side and o.instrument == instrument]

    def lots(self, qty: str | Decimal, instrument: int = 0) -> int:
        """Return a quantity in lots, rounded down to the grid."""
        return int(Decimal(qty) / self.instruments[instrument].lot_size)

    # -- acting ---------------------------------------------------------------------------------

    def submit(  # noqa: PLR0913  (an order ticket has these fields)
        self,
        side: int,
        px: int,
        qty: int,
        *,
        instrument: int = 0,
        tif: str = "post_only",
        kind: str = "limit",
        reduce_only: bool = False,
    ) -> int | None:
        """Send an order; return its id, or None when it was blocked or could not be sent."""
        px, qty = whole(px), whole(qty)
        if qty <= 0 or (px <= 0 and kind != "market"):
            return None
        reduce_only = reduce_only or self.core.monitor.level(instrument) != "normal"
        draft = Order(0, "", instrument, side, px, qty, tif, kind, reduce_only, 0, self.intended_ns)
        order = self.core.submit(draft)
        if order is None:
            return None
        self.actions += 1
        return order.order_id

    def cancel(self, order_id: int) -> bool:
        """Ask for a cancel; False when the order is not known to be live."""
        sent = self.core.cancel(order_id)
        self.actions += sent
        return sent

    def amend(self, order_id: int, *, px: int | None = None, qty: int | None = None) -> bool:
        """Ask for another price or total quantity; False when the order is not open, or a rule forbids it."""
        order = self.orders.get(order_id)
        if order is None:
            return False
        new_px = order.px if px is None else whole(px)
        new_qty = order.qty if qty is None else whole(qty)
        sent = new_px > 0 and self.core.amend(order_id, new_px, new_qty)
        self.actions += sent
        return sent

    def cancel_all(self, instrument: int | None = None) -> int:
        """Ask for a cancel of every live order; return how many requests were sent."""
        sent = self.core.cancel_all(instrument)
        self.actions += sent
        return sent

    def note(self, reason: str) -> None:
        """Say why this decision is as it is; it goes into the record."""
        self.reason = reason

    def blocked(self, rule: str, limit: float, value: float, *, side: int, instrument: int = 0) -> None:
        """Record an intent that a rule of the bot's own stopped."""
        draft = Order(0, "", instrument, side, 0, 0)
        self.core.blocked(draft, Block(rule, limit, value))

    # -- saving ---------------------------------------------------------------------------------

    def state(self) -> dict[str, Any]:
        """Return everything as JSON-able values."""
        return {"positions": self.positions}

    def restore(self, state: dict[str, Any]) -> None:
        """Take over a state that `state` returned; the core's is restored already."""
        self.positions = state["positions"]
        self.orders = self.core.orders
