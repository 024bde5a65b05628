"""
The bot's desk: what it sees of the market and of its own orders, and how it acts.

What is shown here is what the bot can know: its orders and position change when the exchange's
answer arrives, not when the exchange acts.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from operator import index as whole
from typing import Any, Literal, NamedTuple

from ..model.instrument import Instrument
from .exchange import layout as L  # noqa: N812  (the layout's names are its vocabulary)
from .exchange.faults import Faults
from .exchange.memory import Memory

Emit = Callable[[int, str, dict[str, Any]], object]
Mode = Literal["normal", "reduce_only", "frozen"]
TIFS = {"gtc": L.GTC, "ioc": L.IOC, "fok": L.FOK, "post_only": L.POST_ONLY}
TIF_NAMES = {code: name for name, code in TIFS.items()}
SIDES = ("buy", "sell")


class Touch(NamedTuple):
    """Best bid and ask in ticks, their sizes in lots."""

    bid: int
    ask: int
    bid_qty: int
    ask_qty: int


@dataclass(slots=True)
class LiveOrder:
    """One of the bot's orders as far as it knows."""

    order_id: int
    slot: int
    instrument: int
    side: int
    px: int
    qty: int
    leaves: int
    tif: str
    kind: str
    reduce_only: bool
    state: str
    sent_ns: int
    intended_ns: int


class Desk:
    """The bot's window on the exchange; prices in ticks, quantities in lots, side 0 buys."""

    def __init__(
        self,
        instruments: tuple[Instrument, ...],
        memory: Memory,
        faults: Faults,
        record: "Callable[..., None]",
    ) -> None:
        self.instruments = instruments
        self.orders: dict[int, LiveOrder] = {}
        self.positions = [0] * len(instruments)
        self.now_ns = 0
        self.intended_ns = 0
        self.mode: Mode = "normal"
        self.reason: str | None = None
        self.actions = 0
        self._memory, self._faults, self._record = memory, faults, record
        self._stale: dict[int, Touch | None] = {}
        self.unknown: list[int] = []

    # -- seeing ---------------------------------------------------------------------------------

    def book(self, instrument: int = 0) -> Touch | None:
        """Return the touch, or None when there is no usable one (gap, stale, one side empty, crossed)."""
        faults = self._faults
        if faults.windows:
            if faults.holds("gap", self.now_ns):
                return None
            if faults.holds("stale", self.now_ns):
                return self._stale.get(instrument)
        touch = self.true_touch(instrument)
        if faults.windows:
            self._stale[instrument] = touch
            if touch and faults.holds("crossed", self.now_ns):
                return Touch(touch.ask, touch.bid, touch.ask_qty, touch.bid_qty)
        return touch

    def true_touch(self, instrument: int) -> Touch | None:
        """Return the touch as it is, whatever a data fault shows the bot."""
        regs = self._memory.regs
        if regs is None:
            return None
        o = L.AT_INSTRUMENTS + instrument * regs[L.STRIDE]
        bid, ask = regs[o + L.I_BID], regs[o + L.I_ASK]
        if (
            bid <= 0
            or ask <= bid
            or regs[o + L.I_IN_GAP]
            or self.now_ns - regs[o + L.I_LAST_TS] > regs[L.STALE_NS]
        ):
            return None
        at = o + L.AT_LADDERS - regs[o + L.I_BASE]
        return Touch(bid, ask, regs[at + bid], regs[at + regs[L.SIZE] + ask])

    def look_into_kernel(self) -> None:
        """Show positions, orders and actions of a compiled strategy as they stand at the exchange."""
        regs = self._memory.regs
        self.actions, regs[L.ACTIONS] = regs[L.ACTIONS], 0
        self.positions = [regs[self._memory.at(i) + L.I_POSITION] for i in range(len(self.instruments))]
        self.orders = {}
        for slot in range(regs[L.ORDERS_USED]):
            s = L.AT_ORDERS + slot * L.ORDER_WIDTH
            if regs[s + L.O_STATE] != L.FREE:
                self.orders[regs[s + L.O_ID]] = LiveOrder(
                    order_id=regs[s + L.O_ID],
                    slot=slot,
                    instrument=regs[s + L.O_INSTRUMENT],
                    side=regs[s + L.O_SIDE],
                    px=regs[s + L.O_PX],
                    qty=regs[s + L.O_QTY],
                    leaves=regs[s + L.O_LEAVES],
                    tif=TIF_NAMES[regs[s + L.O_TIF]],
                    kind="limit",
                    reduce_only=False,
                    state="open",
                    sent_ns=regs[s + L.O_RESTED_AT],
                    intended_ns=regs[s + L.O_INTENDED],
                )

    def depth(self, side: int, levels: int, instrument: int = 0) -> list[tuple[int, int]]:
        """Return up to `levels` (price, size) levels of a side (0 bids), best first."""
        regs = self._memory.regs
        touch = self.book(instrument)
        if regs is None or touch is None:
            return []
        o = L.AT_INSTRUMENTS + instrument * regs[L.STRIDE]
        at = o + L.AT_LADDERS + side * regs[L.SIZE] - regs[o + L.I_BASE]
        px, step = (touch.bid, -1) if side == 0 else (touch.ask, 1)
        end = regs[o + L.I_LO_BID] - 1 if side == 0 else regs[o + L.I_HI_ASK] + 1
        found: list[tuple[int, int]] = []
        while (px - end) * step < 0 and len(found) < levels:
            if regs[at + px] > 0:
                found.append((px, regs[at + px]))
            px += step
        return found

    def position(self, instrument: int = 0) -> int:
        """Return the signed position in lots, as reported to the bot."""
        return self.positions[instrument]

    def quotes(self, side: int, instrument: int = 0) -> list[LiveOrder]:
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
        if not self._allowed(side, qty, instrument):
            return None
        reduce_only = reduce_only or self.mode == "reduce_only"
        px, qty = whole(px), whole(qty)
        if self._memory.regs is None or qty <= 0 or (px <= 0 and kind != "market"):
            return None
        fault = self._faults.strike(self.now_ns)
        forced, flags = self._consequence(fault)
        flags |= L.REDUCE_ONLY if reduce_only else 0
        kind_code = L.MARKET if kind == "market" else L.LIMIT
        order_id = self._memory.submit(instrument, side, px, qty, TIFS[tif], kind_code, flags, forced)
        if order_id < 0:
            self.blocked(
                "orders_in_flight_max", L.MAX_ORDERS, L.MAX_ORDERS + 1, side=side, instrument=instrument
            )
            return None
        slot = self._memory.regs[L.LAST_SLOT]
        order = LiveOrder(
            order_id,
            slot,
            instrument,
            side,
            px,
            qty,
            qty,
            tif,
            kind,
            reduce_only,
            "pending",
            self.now_ns,
            self.intended_ns,
        )
        self.orders[order_id] = order
        self.actions += 1
        self._record("submitted", order)
        self._note_fault(fault, order)
        return order_id

    def cancel(self, order_id: int) -> bool:
        """Ask for a cancel; False when the order is not known to be live."""
        order = self.orders.get(order_id)
        if order is None or order.state == "canceling":
            return False
        forced, _ = self._consequence(self._faults.strike(self.now_ns)) if self.mode == "normal" else (0, 0)
        if self._request(L.CANCEL, order, 0, 0, forced) < 0:
            return False
        order.state = "canceling"
        self.actions += 1
        self._record("cancel_requested", order)
        return True

    def amend(self, order_id: int, *, px: int | None = None, qty: int | None = None) -> bool:
        """Ask for another price or total quantity; False when the order is not open."""
        order = self.orders.get(order_id)
        if order is None or order.state != "open" or self.mode == "frozen":
            return False
        new_px = order.px if px is None else whole(px)
        new_qty = order.qty if qty is None else whole(qty)
        if new_px <= 0:
            return False
        forced, _ = self._consequence(self._faults.strike(self.now_ns))
        if self._request(L.AMEND, order, new_px, new_qty, forced) < 0:
            return False
        order.state = "amending"
        self.actions += 1
        self._record("amend_requested", order, px=new_px, qty=new_qty)
        return True

    def cancel_all(self, instrument: int | None = None) -> int:
        """Ask for a cancel of every live order; return how many requests were sent."""
        live = [o.order_id for o in self.orders.values() if instrument is None or o.instrument == instrument]
        return sum(self.cancel(order_id) for order_id in live)

    def note(self, reason: str) -> None:
        """Say why this decision is as it is; it goes into the record."""
        self.reason = reason

    def blocked(self, rule: str, limit: float, value: float, *, side: int, instrument: int = 0) -> None:
        """Record an intent that a risk rule stopped."""
        self._record(
            "risk_block", None, rule=rule, limit=limit, value=value, side=side, instrument=instrument
        )

    # -- saving ---------------------------------------------------------------------------------

    def state(self) -> dict[str, Any]:
        """Return everything as JSON-able values."""
        return {
            "orders": [
                [getattr(order, name) for name in LiveOrder.__slots__] for order in self.orders.values()
            ],
            "positions": self.positions,
            "now_ns": self.now_ns,
            "mode": self.mode,
            "stale": [[index, touch and list(touch)] for index, touch in self._stale.items()],
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Take over a state that `state` returned."""
        orders = [LiveOrder(*fields) for fields in state["orders"]]
        self.orders = {order.order_id: order for order in orders}
        self.positions, self.now_ns, self.mode = state["positions"], state["now_ns"], state["mode"]
        self._stale = {index: touch and Touch(*touch) for index, touch in state["stale"]}

    # -- inside ---------------------------------------------------------------------------------

    def _request(self, kind: int, order: LiveOrder, px: int, qty: int, forced: int) -> int:
        return self._memory.request(kind, order.instrument, order.slot, order.order_id, px, qty, forced)

    def _allowed(self, side: int, qty: int, instrument: int) -> bool:
        if self.mode == "normal":
            return True
        position = self.positions[instrument]
        reducing = position < 0 if side == 0 else position > 0
        if self.mode == "reduce_only" and reducing and qty <= abs(position):
            return True
        self.blocked(self.mode, abs(position), qty, side=side, instrument=instrument)
        return False

    def _consequence(self, fault: str | None) -> tuple[int, int]:
        """Return (forced refusal, order flags) of a fault."""
        if self._faults.holds("disconnect", self.now_ns):
            return L.DISCONNECTED, 0
        if fault is None:
            return 0, 0
        if fault in {"timeout", "server_error"}:
            accepted = self._faults.draws.below(2)
            return (0 if accepted else L.VENUE_ERROR), L.MUTE
        return {
            "reject": (L.VENUE_REJECT, 0),
            "rate_limited": (L.RATE_LIMITED, 0),
            "duplicate_ack": (0, L.DUPLICATE_ACK),
        }[fault]

    def _note_fault(self, fault: str | None, order: LiveOrder) -> None:
        if fault is None:
            return
        self._record("fault", order, fault=fault)
        if fault in {"timeout", "server_error"}:
            self.unknown.append(order.order_id)
