"""What the parts of the venue say to each other: tickets, counts, and who listens."""

from collections.abc import Callable
from dataclasses import dataclass

from .orders import Execution, Order

Heard = Callable[[Order, int], None]  # takes 0 for done, or why it was refused (a reason of the layout)


@dataclass(frozen=True)
class Ticket:
    """An order as it is sent; prices in ticks, quantities in lots."""

    instrument: int
    side: int
    px: int
    qty: int
    tif: int
    market: bool
    reduce_only: bool
    link_id: str


@dataclass(frozen=True)
class Counts:
    """How much has happened so far."""

    decisions: int
    orders: int
    fills: int
    events: int


class Listener:
    """Who is told what happens at the venue; each does nothing by itself."""

    def wants_orders(self) -> bool:
        """Tell whether anybody wants to hear of orders: news that nobody hears is not written."""
        return False

    def order_changed(self, order: Order) -> None:
        """Hear of an order as it now stands, when the news has reached the client."""

    def executed(self, execution: Execution) -> None:
        """Hear of a fill, when the news has reached the client."""

    def wallet_changed(self, coins: tuple[str, ...], instrument: int) -> None:
        """Hear that wallets or a position have changed."""
