"""
The reference market maker: two post-only quotes around a micro-price.

It skews both quotes against its inventory, widens them with recent volatility, refreshes them when
they are old or off, and stops quoting the side that would take it beyond its risk cap. It is here
to be measured, not to be rich.
"""

import math
from typing import TYPE_CHECKING, NamedTuple

from .strategy import BUY, SELL, Strategy

if TYPE_CHECKING:
    from ..desk import Desk, Order, Touch

VOLATILITY_MEMORY = 0.94


class Quote(NamedTuple):
    """Where one quote belongs: price, size, the position cap, and how far off it may be (ticks)."""

    side: int
    px: int
    qty: int
    cap: int
    slack: int


class ReferenceMaker(Strategy):
    """
    Quote both sides of every instrument of the feed.

    `order_qty` and `max_position` are quantities in the instrument's unit; distances are basis
    points of the micro-price; `vol_mult` adds that many standard deviations of the mid's move
    between two timers to the half spread; `refresh_ratio` is how far, as a share of the half
    spread, a quote may be off before it is moved.
    """

    size_params = ("order_qty", "max_position")

    def __init__(  # noqa: PLR0913  (a bot's parameters are its profile)
        self,
        *,
        order_qty: str = "0.01",
        half_spread_bps: float = 0.5,
        min_half_spread_bps: float = 0.1,
        vol_mult: float = 0.5,
        skew_bps: float = 0.5,
        max_position: str = "0.1",
        refresh_ms: float = 1_000,
        refresh_ratio: float = 0.25,
        max_order_age_ms: float = 30_000,
    ) -> None:
        self.order_qty, self.max_position = str(order_qty), str(max_position)
        self.half_spread_bps, self.min_half_spread_bps = half_spread_bps, min_half_spread_bps
        self.vol_mult, self.skew_bps = vol_mult, skew_bps
        self.refresh_ms, self.refresh_ratio, self.max_order_age_ms = (
            refresh_ms,
            refresh_ratio,
            max_order_age_ms,
        )
        self.last_mids: list[float] = []
        self.variances: list[float] = []
        self.refreshed_ns = 0
        self.capped: list[list[bool]] = []

    def on_start(self, desk: "Desk") -> None:
        """Begin without a memory of the market."""
        self.last_mids = [0.0] * len(desk.instruments)
        self.variances = [0.0] * len(desk.instruments)
        self.capped = [[False, False] for _ in desk.instruments]

    def on_timer(self, desk: "Desk") -> None:
        """Refresh the quotes of every instrument."""
        if (desk.now_ns - self.refreshed_ns) / 1e6 < self.refresh_ms - 0.5:
            return
        self.refreshed_ns = desk.now_ns
        for instrument in range(len(desk.instruments)):
            touch = desk.book(instrument)
            if touch is None or touch.ask <= touch.bid:
                if desk.cancel_all(instrument):
                    desk.note("no usable book")
                continue
            self.quote(desk, instrument, touch)

    def quote(self, desk: "Desk", instrument: int, touch: "Touch") -> None:
        """Bring both quotes of one instrument to where they belong."""
        size = touch.bid_qty + touch.ask_qty
        micro = (touch.bid * touch.ask_qty + touch.ask * touch.bid_qty) / size
        half = self.half_spread(instrument, (touch.bid + touch.ask) / 2)
        cap = max(1, desk.lots(self.max_position, instrument))
        lean = self.skew_bps * desk.position(instrument) / cap
        bid = min(math.floor(micro * (1 - (half + lean) / 1e4)), touch.ask - 1)
        ask = max(math.ceil(micro * (1 + (half - lean) / 1e4)), touch.bid + 1)
        slack = max(1, round(micro * half * self.refresh_ratio / 1e4))
        qty = max(1, desk.lots(self.order_qty, instrument))
        for side, px in ((BUY, bid), (SELL, ask)):
            self.place(desk, instrument, Quote(side, px, qty, cap, slack))

    def half_spread(self, instrument: int, mid: float) -> float:
        """Return the half spread in basis points, after learning from the new mid."""
        last = self.last_mids[instrument]
        if last > 0:
            move = (mid / last - 1) * 1e4
            kept = VOLATILITY_MEMORY * self.variances[instrument]
            self.variances[instrument] = kept + (1 - VOLATILITY_MEMORY) * move * move
        self.last_mids[instrument] = mid
        volatile = self.vol_mult * math.sqrt(self.variances[instrument])
        return max(self.min_half_spread_bps, self.half_spread_bps + volatile)

    def place(self, desk: "Desk", instrument: int, quote: Quote) -> None:
        """Bring one quote to its price, or take it away when the risk cap forbids it."""
        side, qty, cap = quote.side, quote.qty, quote.cap
        live = desk.quotes(side, instrument)
        signed = desk.position(instrument) * (1 if side == BUY else -1)
        capped, self.capped[instrument][side] = self.capped[instrument][side], signed + qty > cap
        if signed + qty > cap:
            if not capped:
                desk.blocked("max_position", cap, signed + qty, side=side, instrument=instrument)
            for order in live:
                desk.cancel(order.order_id)
            return
        if not live:
            desk.submit(side, quote.px, qty, instrument=instrument)
            return
        self.refresh(desk, live, quote.px, quote.slack)

    def refresh(self, desk: "Desk", live: "list[Order]", px: int, slack: int) -> None:
        """Move an old or misplaced quote; take away a double one."""
        keep = live[0]
        for order in live[1:]:
            desk.cancel(order.order_id)
        old = (desk.now_ns - keep.sent_ns) / 1e6 > self.max_order_age_ms
        if abs(keep.px - px) > slack or (old and keep.px != px):
            desk.amend(keep.order_id, px=px)
