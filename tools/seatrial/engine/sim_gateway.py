"""
The gateway to the simulated exchange in process: requests go into its memory at once.

Seeded venue faults strike here, on the way out: a request may be refused, answered twice, or be
carried out without an answer.
"""

from .exchange import layout as L  # noqa: N812  (the layout's names are its vocabulary)
from .exchange.faults import Faults
from .exchange.memory import Memory
from .execution.order import Order

TIFS = {"gtc": L.GTC, "ioc": L.IOC, "fok": L.FOK, "post_only": L.POST_ONLY}
TIF_NAMES = {code: name for name, code in TIFS.items()}
UNANSWERED = frozenset({"timeout", "server_error"})
_CONSEQUENCES = {
    "reject": (L.VENUE_REJECT, 0),
    "rate_limited": (L.RATE_LIMITED, 0),
    "duplicate_ack": (0, L.DUPLICATE_ACK),
}


class SimGateway:
    """Carries requests to the matching core; `now_ns` is the moment at which they leave."""

    def __init__(self, memory: Memory, faults: Faults) -> None:
        self._memory, self._faults = memory, faults
        self.now_ns = 0
        self.struck: str | None = None
        """The fault that struck the last request, None when none did."""

    def client_id(self, number: int) -> str:
        """Return the id of an order: a run has its exchange to itself."""
        return f"o{number}"

    def new(self, order: Order) -> bool:
        """Send an order; the exchange's number of it must be ours."""
        self.struck = self._faults.strike(self.now_ns)
        forced, flags = self._consequence(self.struck)
        flags |= L.REDUCE_ONLY if order.reduce_only else 0
        kind = L.MARKET if order.kind == "market" else L.LIMIT
        number = self._memory.submit(
            order.instrument, order.side, order.px, order.qty, TIFS[order.tif], kind, flags, forced
        )
        if number < 0:
            return False
        assert number == order.order_id, f"the exchange counts {number} where we count {order.order_id}"
        order.slot = self._memory.regs[L.LAST_SLOT]
        return True

    def cancel(self, order: Order) -> bool:
        """Ask for a cancel."""
        return self._request(L.CANCEL, order, 0, 0)

    def amend(self, order: Order, px: int, qty: int) -> bool:
        """Ask for another price and total quantity."""
        return self._request(L.AMEND, order, px, qty)

    def release(self) -> None:
        """Hold nothing back: a simulated exchange needs no durable order store."""

    def _request(self, kind: int, order: Order, px: int, qty: int) -> bool:
        self.struck = self._faults.strike(self.now_ns)
        forced, _ = self._consequence(self.struck)
        at = self._memory.request(kind, order.instrument, order.slot, order.order_id, px, qty, forced)
        return at >= 0

    def _consequence(self, fault: str | None) -> tuple[int, int]:
        """Return (forced refusal, order flags) of a fault."""
        if self._faults.holds("disconnect", self.now_ns):
            return L.DISCONNECTED, 0
        if fault is None:
            return 0, 0
        if fault in UNANSWERED:
            accepted = self._faults.draws.below(2)
            return (0 if accepted else L.VENUE_ERROR), L.MUTE
        return _CONSEQUENCES[fault]
