"""
A scribe that only counts: for benchmarks and searches that need speed and no record.

The money is then what the exchange's own integer account says; nothing is told, nothing is proved.
"""

from typing import Any

from .exchange import layout as L  # noqa: N812  (the layout's names are its vocabulary)
from .execution.order import Order
from .scribe import Scribe


class Tally(Scribe):
    """Counts orders and fills and writes nothing."""

    def order(self, *_: Any, **__: Any) -> None:
        """Tell nothing of an order."""

    def submitted(self, now: int, order: Order) -> None:
        """Count an order."""
        self.orders += 1

    def tell(self, regs: Any, e: int) -> None:
        """Tell nothing of an event; `count` has counted it."""

    def marked_out(self, *_: Any) -> None:
        """Tell nothing of mark-outs."""

    def gap(self, now: int, instrument: int, *, opens: bool) -> None:
        """Tell nothing of gaps."""

    def tell_wallets(self, now: int) -> None:
        """Tell nothing of wallets."""

    def position(self, *_: Any, **__: Any) -> None:
        """Tell nothing of positions."""

    def count(self, kinds: Any) -> None:
        """Count the orders and fills of a whole outbox; `kinds` is the array of its events' kinds."""
        self.orders += int((kinds == L.SUBMITTED).sum())
        self.fills += int((kinds == L.FILL).sum())
