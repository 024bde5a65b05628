"""A core with everything around it that a venue's core has, for the tests of the execution room."""

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.engine.venue.paper import PERP, Paper

from seatrial.engine.execution.blotter import Blotter
from seatrial.engine.execution.core import Execution
from seatrial.engine.execution.fills import Fill
from seatrial.engine.execution.ledger import Fee
from seatrial.engine.execution.order import Order
from seatrial.engine.execution.reconcile import Patience, Reconciler
from seatrial.engine.execution.recovery import DurableLog, recover
from seatrial.engine.venue_gateway import VenueGateway
from seatrial.engine.venue_view import VenueView
from seatrial.model.instrument import Instrument
from seatrial.model.profile import FeeSettings
from seatrial.model.risk import RiskSettings
from seatrial.store.order_log import OrderLog

T0 = 1_700_000_000_000_000_000
FREE = FeeSettings(maker_bps=Decimal(0), taker_bps=Decimal(0))
OPENING = {"USDT": Decimal(10_000)}


class Desk:
    """One core, its venue and its log; what the core told is in `told`."""

    def __init__(
        self, venue: Paper, log: OrderLog | None = None, *, risk: RiskSettings | None = None, **patience: Any
    ) -> None:
        instruments: Sequence[Instrument] = venue.instruments_
        self.venue, self.told = venue, list[tuple[str, Any]]()
        blotter = (
            recover(log, instruments, fees=FREE, opening=OPENING) if log else Blotter(instruments, fees=FREE)
        )
        self.gateway = VenueGateway(venue, instruments, log.client_id if log else "c{}".format, workers=0)
        self.view = VenueView(instruments, stale_ms=1e9)
        for instrument in instruments:
            self.view.take(venue.book(instrument.symbol), venue.now_ns)
        self.core = Execution(
            blotter, self.gateway, self.view, risk or RiskSettings(), self._tell,
            log=DurableLog(log, blotter) if log else None,
        )  # fmt: skip
        self.reconciler = Reconciler(self.core, venue, patience=Patience(**{"grace_ms": 0, **patience}))
        self.tick()

    def _tell(self, what: str, order: Order | None, **more: Any) -> None:
        self.told.append((what, more))

    def tick(self) -> None:
        """Let the core know the venue's time."""
        self.core.now_ns = self.view.now_ns = self.venue.now_ns

    def send(self, side: int = 0, px: int = 1000, qty: int = 10, **more: Any) -> Order | None:
        """Send an order and let it leave."""
        self.tick()
        order = self.core.submit(Order(0, "", 0, side, px, qty, **more))
        self.core.flush()
        return order

    def answers(self) -> None:
        """Take the answers that have come, as a live loop does."""
        self.tick()
        for reply in self.gateway.replies():
            kind, number, answer = reply.request.kind, reply.request.number, reply.answer
            if answer.outcome == "unknown":
                self.core.record("timeout", number)
            elif answer.outcome == "rejected":
                refused = {"new": "reject", "cancel": "cancel_rejected", "amend": "replace_rejected"}
                self.core.record(refused[kind], number)
            elif kind == "new":
                self.core.record("accept", number, answer.venue_id)
        self.core.flush()

    def reconcile(self) -> Any:
        """Reconcile now."""
        return self.reconciler.run(self.venue.now_ns)


def open_log(path: Path, session_ns: int = T0) -> OrderLog:
    """Open a log as a process that starts."""
    log = OrderLog.open(path)
    log.begin(session_ns, 1, "test")
    return log


def fill(
    number: int, trade: str, side: int = 0, px: int = 1000, qty: int = 5, ts: int = 0, **more: Any
) -> Fill:
    """Return a fill of the first instrument without a fee."""
    fee = more.pop("fee", None)
    made = Fill(number, 0, side, px, qty, trade, T0 + ts, **more)
    made.fee = Fee(Decimal(fee), "USDT", Decimal(fee)) if fee is not None else None
    return made


__all__ = ["FREE", "PERP", "T0", "Desk", "Paper", "fill", "open_log"]
