"""
The execution core: the one path of every order, in a dry run, a soak, a shadow run and live.

An intent is checked by the risk monitor, recorded, and handed to the gateway; what the exchange
says is recorded and applied. With a durable log a record is on the disk before the request that it
is about leaves (`flush`), so a process killed at any moment knows every order that it may have sent.
"""

from collections.abc import Callable
from typing import Any, Final, Protocol

from ...model.errors import BugError
from ...model.risk import RiskSettings
from .blotter import REFUSED, Blotter, Fields
from .fills import BOOKED, REPLAY, Fill
from .gateway import Gateway
from .order import Order
from .risk.monitor import ALL, RiskMonitor
from .risk.rule import Block, Level, MarketView, Situation
from .states import ASK_CANCEL, ASK_REPLACE, DENY, MASKS, WIDTH

Tell = Callable[..., None]
NO_ROOM: Final = "orders_in_flight_max"


class Log(Protocol):
    """The durable side of the core."""

    def append(self, ts_ns: int, kind: str, number: int, fields: Fields) -> None:
        """Take a record; it is on the disk after the next `commit`."""

    def commit(self) -> None:
        """Wait until every record taken is on the disk."""


class NoLog:
    """Keeps nothing: for a simulated exchange, whose run can be made again."""

    def append(self, ts_ns: int, kind: str, number: int, fields: Fields) -> None:
        """Forget it."""

    def commit(self) -> None:
        """Have nothing to wait for."""


class Execution:
    """
    Orders, positions and risk of one run.

    `tell(what, order, **more)` takes what happened at our side, for the journal. Times are passed in.
    """

    def __init__(
        self,
        blotter: Blotter,
        gateway: Gateway,
        view: MarketView,
        risk: RiskSettings,
        tell: Tell,
        *,
        log: Log | None = None,
    ) -> None:
        self.blotter, self.gateway, self._tell = blotter, gateway, tell
        self.log, self._logged = log or NoLog(), log is not None
        self.listener: Callable[[str, Order | None, Fill | None], object] | None = None
        """Hears of each record that changed something: its kind, the order, the fill."""
        self.now_ns = 0
        self._unasked: set[int] = set()
        """Orders that a hold withdraws and whose cancel could not leave yet."""
        situation = Situation(blotter, view)
        self.monitor = RiskMonitor(risk, situation, self._held, on_hold=self._withdraw)

    @property
    def orders(self) -> dict[int, Order]:
        """Return the working orders by our number."""
        return self.blotter.orders

    # -- intents ----------------------------------------------------------------------------------

    def submit(self, draft: Order) -> Order | None:
        """
        Send an order; return it, or None when a rule blocked it or there was no room.

        The draft needs instrument, side, price, quantity and its flags; number, client id and
        moment are given here. A blocked draft is denied and takes no number.
        """
        blotter, now = self.blotter, self.now_ns
        number = draft.order_id = blotter.last_number + 1
        block = self.monitor.check(draft, now)
        if block is not None:
            draft.happen(DENY)
            self.blocked(draft, block)
            return None
        draft.client_id = self.gateway.client_id(number)
        draft.sent_ns = now
        if not self.gateway.new(draft):
            self.blocked(draft, Block(NO_ROOM, len(blotter.orders), len(blotter.orders) + 1))
            return None
        if self._logged:
            self.log.append(now, "new", number, (draft,))
        if blotter.add(draft) is REFUSED:
            raise BugError(f"order {number} ({draft.client_id}) exists already")
        self.monitor.sent(draft, now)
        self._tell("submitted", draft)
        return draft

    def cancel(self, number: int) -> bool:
        """Ask for a cancel; False when the order is not known to work, or is being canceled already."""
        order = self.blotter.orders.get(number)
        if order is None or order.status == "pending_cancel" or not MASKS[order.state * WIDTH + ASK_CANCEL]:
            return False
        if not self.gateway.cancel(order):
            return False
        self.record("ask_cancel", number)
        self._tell("cancel_requested", order)
        return True

    def amend(self, number: int, px: int, qty: int) -> bool:
        """Ask for another price and total quantity; False when that cannot be asked, or a rule blocked it."""
        order = self.blotter.orders.get(number)
        if (
            order is None
            or order.status not in {"open", "partial"}
            or not MASKS[order.state * WIDTH + ASK_REPLACE]
        ):
            return False
        result = self._resulting(order, px, qty)
        block = self._check_amendment(order, result)
        if block is not None:
            self.blocked(order, block)
            return False
        if not self.gateway.amend(order, px, qty):
            return False
        self.record("ask_replace", number, px, qty)
        self.monitor.sent(result, self.now_ns)
        self._tell("amend_requested", order, px=px, qty=qty)
        return True

    def cancel_all(self, instrument: int | None = None) -> int:
        """Ask for a cancel of every working order; return how many requests were sent."""
        live = [n for n, order in self.orders.items() if instrument is None or order.instrument == instrument]
        return sum(self.cancel(number) for number in live)

    def flush(self) -> None:
        """Make every record durable, then let the requests leave."""
        self.log.commit()
        self.gateway.release()

    def _resulting(self, order: Order, px: int, qty: int) -> Order:
        """Return the order that an amendment would leave: what is left to fill, and what was filled."""
        head = (order.order_id, order.client_id, order.instrument, order.side, px, max(0, qty - order.gross))
        result = Order(*head, order.tif, order.kind, order.reduce_only, order.sent_ns, order.intended_ns)
        result.gross = order.gross
        return result

    def _check_amendment(self, order: Order, result: Order) -> Block | None:
        """Judge the order that would result; its own working lots count once."""
        if not self.monitor.limits_orders:
            return None
        working = self.blotter.working[order.instrument]
        working[order.side] -= order.counted
        try:
            return self.monitor.check(result, self.now_ns)
        finally:
            working[order.side] += order.counted

    # -- what the exchange says ---------------------------------------------------------------------

    def record(self, kind: str, number: int, *fields: Any) -> str:
        """Record a fact and apply it; return what `Blotter.apply` says of it."""
        if self._logged:
            self.log.append(self.now_ns, kind, number, fields)
        answer = self.blotter.apply(self.now_ns, kind, number, fields)
        if answer is REFUSED:
            self._tell("refused", self.blotter.order(number), record=kind)
        elif self.listener is not None:
            self.listener(kind, self.blotter.order(number), None)
        return answer

    def filled(self, fill: Fill) -> str:
        """Record a fill; return `booked`, `replay`, `contradicts` or `suspect`."""
        if self._logged:
            self.log.append(self.now_ns, "fill", fill.order_id, (fill,))
        answer = self.blotter.take(fill)
        if answer is BOOKED:
            self.monitor.filled(fill, self.now_ns)
            if self.listener is not None:
                self.listener("fill", self.blotter.order(fill.order_id), fill)
        elif answer is not REPLAY:
            self._tell("held_apart", self.blotter.order(fill.order_id), fill=fill, why=answer)
        return answer

    def look(self, now_ns: int) -> None:
        """Let time go by: holds begin and end, and cancels that could not leave yet do."""
        self.now_ns = now_ns
        self.monitor.look(now_ns)
        if self._unasked:
            self._unasked = {n for n in self._unasked if n in self.orders and not self.cancel(n)}

    # -- holds --------------------------------------------------------------------------------------

    def hold(self, owner: str, level: Level, reason: str, *, instrument: int = ALL) -> None:
        """Hold trading for an owner, and withdraw what rests."""
        self.monitor.hold(owner, level, reason, instrument=instrument)

    def lift(self, owner: str, reason: str | None = None, *, instrument: int = ALL) -> None:
        """End an owner's hold."""
        self.monitor.lift(owner, reason, instrument=instrument)

    def blocked(self, order: Order, block: Block) -> None:
        """Tell an intent that a rule stopped."""
        self._tell("risk_block", order, rule=block.rule, limit=block.limit, value=block.value)

    def _held(self, kind: str, fields: dict[str, Any]) -> None:
        self._tell(kind, None, **fields)

    def _withdraw(self, instrument: int) -> None:
        """Ask for a cancel of what rests; what cannot be asked now is asked again with each look."""
        for number, order in list(self.orders.items()):
            asked = order.status == "pending_cancel" or (instrument not in {ALL, order.instrument})
            if not asked and not self.cancel(number):
                self._unasked.add(number)

    # -- saving -------------------------------------------------------------------------------------

    def state(self) -> dict[str, Any]:
        """Return everything as JSON-able values."""
        return {
            "blotter": self.blotter.state(),
            "monitor": self.monitor.state(),
            "now_ns": self.now_ns,
            "unasked": sorted(self._unasked),
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Take over a state that `state` returned."""
        self.blotter.restore(state["blotter"])
        self.monitor.restore(state["monitor"])
        self.now_ns, self._unasked = state["now_ns"], set(state["unasked"])
