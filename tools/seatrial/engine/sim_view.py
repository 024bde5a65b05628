"""What a bot sees of the simulated market: the exchange's book, through whatever data fault is on."""

from typing import Any

from .exchange import layout as L  # noqa: N812  (the layout's names are its vocabulary)
from .exchange.faults import Faults
from .exchange.memory import Memory
from .execution.order import Order
from .execution.risk.rule import Touch
from .execution.states import ACCEPT, SUBMIT
from .sim_gateway import TIF_NAMES


class SimView:
    """The book as it is shown; prices in ticks, sizes in lots."""

    def __init__(self, memory: Memory, faults: Faults) -> None:
        self._memory, self._faults = memory, faults
        self._stale: dict[int, Touch | None] = {}
        self.now_ns = 0

    def book(self, instrument: int) -> Touch | None:
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

    def data_age_ns(self, instrument: int) -> int | None:
        """Return how old the newest market event is, None when there was none."""
        regs = self._memory.regs
        if regs is None:
            return None
        newest = regs[self._memory.at(instrument) + L.I_LAST_TS]
        return self.now_ns - newest if newest else None

    def depth(self, side: int, levels: int, instrument: int) -> list[tuple[int, int]]:
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

    def resting(self) -> list[Order]:
        """Return the orders that rest at the exchange, for a strategy that is compiled with it."""
        regs, orders = self._memory.regs, []
        for slot in range(regs[L.ORDERS_USED]):
            s = L.AT_ORDERS + slot * L.ORDER_WIDTH
            if regs[s + L.O_STATE] == L.FREE:
                continue
            number, qty = regs[s + L.O_ID], regs[s + L.O_QTY]
            order = Order(
                number, f"o{number}", regs[s + L.O_INSTRUMENT], regs[s + L.O_SIDE], regs[s + L.O_PX], qty,
                TIF_NAMES[regs[s + L.O_TIF]], "limit", False, regs[s + L.O_RESTED_AT], regs[s + L.O_INTENDED],
            )  # fmt: skip
            order.slot = slot
            order.happen(SUBMIT)
            order.happen(ACCEPT)
            if qty > regs[s + L.O_LEAVES]:
                order.fill(qty - regs[s + L.O_LEAVES])
            orders.append(order)
        return orders

    def state(self) -> dict[str, Any]:
        """Return everything as JSON-able values."""
        stale = [[index, touch and list(touch)] for index, touch in self._stale.items()]
        return {"now_ns": self.now_ns, "stale": stale}

    def restore(self, state: dict[str, Any]) -> None:
        """Take over a state that `state` returned."""
        self.now_ns = state["now_ns"]
        self._stale = {index: touch and Touch(*touch) for index, touch in state["stale"]}
