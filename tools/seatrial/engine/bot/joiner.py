"""A bot that joins the touch: compiled with the kernel, and the same rule in plain Python."""

from typing import TYPE_CHECKING

from .strategy import BUY, SELL, Strategy

if TYPE_CHECKING:
    from ..desk import Desk


class Joiner(Strategy):
    """Join the best bid and ask with post-only orders and follow them at each timer; compiled."""

    size_params = ("order_qty", "max_position")

    kernel = f"{__package__}.joiner_kernel"

    def __init__(self, *, order_qty: str = "0.01", max_position: str = "0.1") -> None:
        self.order_qty, self.max_position = str(order_qty), str(max_position)

    def cells(self, desk: "Desk") -> list[int]:
        """Return the first user cells: order size and position cap in lots."""
        return [max(1, desk.lots(self.order_qty)), max(1, desk.lots(self.max_position))]


class PlainJoiner(Joiner):
    """The rule of `Joiner`, in plain Python."""

    kernel = None  # type: ignore[assignment]
    quiet_timer = True

    def on_start(self, desk: "Desk") -> None:
        """Know the sizes in lots."""
        self.sizes = self.cells(desk)

    def on_timer(self, desk: "Desk") -> None:
        """Bring both quotes of the first instrument to the touch."""
        touch = desk.book()
        if touch is None:
            return
        qty, cap = self.sizes
        for side, px in ((BUY, touch.bid), (SELL, touch.ask)):
            live = desk.quotes(side)
            if any(order.px == px or order.status == "pending_new" for order in live):
                continue
            for order in live:
                desk.cancel(order.order_id)
            if desk.position() * (1 if side == BUY else -1) + qty <= cap:
                desk.submit(side, px, qty)
