"""
What a bot is: callbacks, and a desk through which it sees the market and acts.

A bot is woken only for what it asked for: its timer always, fills and answers always, books and
trades only when it overrides those callbacks. Prices are ticks and quantities are lots.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..desk import Desk, Order

BUY, SELL = 0, 1


@dataclass(frozen=True, slots=True)
class Trade:
    """A public trade: taker's side, price in ticks, size in lots."""

    instrument: int
    side: int
    px: int
    qty: int
    ts_ns: int


@dataclass(frozen=True, slots=True)
class OwnFill:
    """One of the bot's fills, as the exchange reported it."""

    order_id: int
    instrument: int
    side: int
    px: int
    qty: int
    maker: bool
    ts_ns: int


class Strategy:
    """
    The interface of an in-process bot; override what is needed.

    Keyword arguments of the constructor are the profile's `bot.params`. A bot whose attributes are
    JSON-able can be saved and resumed; another one overrides `state` and `restore`.
    """

    kernel: str | None = None
    """Kernel module with `on_wake(mem)`, for a strategy that is compiled with the exchange."""

    quiet_timer = False
    """Skip a timer when no best price has moved since the last wake-up."""

    size_params: tuple[str, ...] = ()
    """Arguments that are quantities in the instrument's unit: above zero, checked before the run."""

    def on_start(self, desk: "Desk") -> None:
        """Begin the run; no market has been seen yet."""

    def on_book(self, desk: "Desk", instrument: int) -> None:
        """React to a best price that moved. Overriding this costs a wake-up for each move."""

    def on_trade(self, desk: "Desk", trade: Trade) -> None:
        """React to a public trade. Overriding this costs a wake-up for each trade."""

    def on_order(self, desk: "Desk", order: "Order", event: str, reason: str | None) -> None:
        """React to the exchange's answer about an order."""

    def on_fill(self, desk: "Desk", fill: OwnFill) -> None:
        """React to a fill, whole or partial."""

    def on_timer(self, desk: "Desk") -> None:
        """Act on the timer of the profile's `bot.timer_ms`."""

    def on_stop(self, desk: "Desk") -> None:
        """End the run; orders are cancelled right after."""

    def cells(self, desk: "Desk") -> list[int]:
        """Return the first user cells of a compiled strategy."""
        return []

    def set_params(self, params: dict[str, Any]) -> None:
        """Take new arguments in mid-run (warm-up ends, a tuner's delta is applied)."""
        for name, value in params.items():
            if not hasattr(self, name):
                raise AttributeError(name)
            setattr(self, name, value)

    def state(self) -> dict[str, Any]:
        """Return what `restore` needs, JSON-able."""
        return dict(vars(self))

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a state that `state` returned."""
        vars(self).update(state)
