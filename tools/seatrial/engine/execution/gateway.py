"""
The gateway: what carries orders from the core to an exchange.

Two exist: the simulated exchange in process, and a venue behind its port. The second one holds
requests back until `release`, so that what they are about is on the disk before it leaves.
"""

from typing import Protocol

from .order import Order


class Gateway(Protocol):
    """Carries requests; answers come back to the core as records, whenever they come."""

    def client_id(self, number: int) -> str:
        """Return the idempotent id of our order number: unique across restarts and processes."""

    def new(self, order: Order) -> bool:
        """Send an order; False when it cannot leave now (too many on their way)."""

    def cancel(self, order: Order) -> bool:
        """Ask for a cancel; False when the request cannot leave now."""

    def amend(self, order: Order, px: int, qty: int) -> bool:
        """Ask for another price and total quantity; False when the request cannot leave now."""

    def release(self) -> None:
        """Let go of the requests that were held back."""
