"""A bot with a costly habit: it pays the spread for nothing."""

from typing import TYPE_CHECKING

from .reference import ReferenceMaker
from .strategy import BUY, SELL

if TYPE_CHECKING:
    from ..desk import Desk


class Crosser(ReferenceMaker):
    """A bad bot: it quotes well, and every few seconds it pays the spread for nothing."""

    def __init__(self, *, cross_every_s: float = 20.0, **params: object) -> None:
        super().__init__(**params)  # type: ignore[arg-type]
        self.cross_every_s = cross_every_s
        self.crossed_ns = 0
        self.cross_side = BUY

    def on_timer(self, desk: "Desk") -> None:
        """Quote, and now and then take."""
        super().on_timer(desk)
        if (desk.now_ns - self.crossed_ns) / 1e9 < self.cross_every_s:
            return
        touch = desk.book()
        if touch is None:
            return
        self.crossed_ns = desk.now_ns
        px = touch.ask if self.cross_side == BUY else touch.bid
        desk.submit(self.cross_side, px, max(1, desk.lots(self.order_qty)), tif="ioc")
        self.cross_side = SELL if self.cross_side == BUY else BUY
