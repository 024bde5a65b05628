"""A live session on the venue in memory, with requests sent in line and a clock in the test's hand."""

from dataclasses import dataclass, field
from typing import Any

from tests.live.stage import BTC, NOW_NS, Exchange, MemoryVenue

from seatrial.engine.bot.strategy import OwnFill, Strategy
from seatrial.engine.execution.blotter import Blotter
from seatrial.engine.execution.core import Execution
from seatrial.engine.execution.evidence import Evidence
from seatrial.engine.execution.reconcile import ask
from seatrial.engine.venue_gateway import VenueGateway
from seatrial.engine.venue_scribe import VenueScribe
from seatrial.engine.venue_view import VenueView
from seatrial.live.gate import Gate
from seatrial.live.session import Crew, LiveSession
from seatrial.model.profile import Profile

MS = 10**6


class Noting(Strategy):
    """Notes what it hears, and does on its timer what the test says."""

    def __init__(self) -> None:
        self.heard: list[Any] = []
        self.on: Any = None

    def on_timer(self, desk: Any) -> None:
        """Do it."""
        self.heard.append("timer")
        if self.on is not None:
            self.on(desk)

    def on_order(self, desk: Any, order: Any, event: str, reason: str | None) -> None:
        """Note it."""
        self.heard.append((event, order.status, reason))

    def on_fill(self, desk: Any, fill: OwnFill) -> None:
        """Note it, with the position that the desk shows."""
        self.heard.append(("fill", fill.qty, desk.position()))


@dataclass
class Helm:
    """A session, its far side, and what was journalled."""

    exchange: Exchange
    bot: Noting
    events: list[tuple[int, str, dict[str, Any]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.venue = MemoryVenue(self.exchange)
        self.gate = Gate(self.venue)
        gateway = VenueGateway(self.gate, (BTC,), lambda number: f"c{number}", workers=0)
        view = VenueView((BTC,), stale_ms=5_000)
        tellers: list[VenueScribe] = []
        profile = Profile()
        blotter = Blotter((BTC,), fees=profile.exchange.fees)

        def tell(what: str, order: Any, **more: Any) -> None:
            for teller in tellers:
                teller.record(what, order, **more)

        core = Execution(blotter, gateway, view, profile.risk, tell)
        scribe = VenueScribe(core, view, profile.exchange, self._emit)
        tellers.append(scribe)
        crew = Crew(core, gateway, view, scribe, Evidence(core), self.bot)
        self.session = LiveSession(crew, timer_ms=100, sample_ms=1_000)
        self.now_ns = NOW_NS
        self.session.take_book(self.venue.book("BTCUSDT"), NOW_NS)
        self.session.start(NOW_NS)

    def _emit(self, ts_ns: int, kind: str, fields: dict[str, Any]) -> None:
        self.events.append((ts_ns, kind, fields))

    def later(self, ms: float) -> float:
        """Let time go by, with a fresh book, and tick once."""
        self.now_ns += round(ms * MS)
        self.session.take_book(self.venue.book("BTCUSDT"), self.now_ns)
        return self.session.tick(self.now_ns)

    def state(self) -> None:
        """Bring what the venue states, and what it says of orders that it does not list."""
        statement = ask(self.venue, 0)
        shown = {order.handle.client_id for order in statement.open_orders.items}
        working = [order for order in self.session.core.orders.values() if order.client_id not in shown]
        self.session.take_statement(
            statement, {one.client_id: self.exchange.gone.get(one.client_id) for one in working}
        )

    def told(self, kind: str) -> list[dict[str, Any]]:
        """What was journalled of a kind."""
        return [fields for _, told, fields in self.events if told == kind]
