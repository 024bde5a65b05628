"""
A live session: one bot on one account, through the same core, desk and journal as a simulated one.

Nothing here waits for the venue: answers, books and statements are taken when they have come, the
bot is called when its timer is due, and what it asked for leaves only after its record is on the
disk. Times are passed in, so that a test plays a day in a moment.
"""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ..engine.bot.blame import blame
from ..engine.bot.strategy import OwnFill, Strategy
from ..engine.desk import Desk
from ..engine.execution.core import Execution
from ..engine.execution.evidence import Evidence, Seen
from ..engine.execution.fills import Fill
from ..engine.execution.order import Order
from ..engine.execution.reconcile import Statement
from ..engine.venue.port import VenueBook, VenueFunding, VenueOrder
from ..engine.venue_gateway import Reply, VenueGateway
from ..engine.venue_scribe import EVENTS, VenueScribe
from ..engine.venue_view import VenueView
from ..model.errors import SeatrialError

NS_PER_MS = 1_000_000
KILL_SWITCH = "kill_switch"
_OFF_GRID_KEPT = 256
_REFUSALS = {"new": "reject", "cancel": "cancel_rejected", "amend": "replace_rejected"}


@dataclass(frozen=True)
class Crew:
    """Everything that a session is made of."""

    core: Execution
    gateway: VenueGateway
    view: VenueView
    scribe: VenueScribe
    evidence: Evidence
    bot: Strategy


class LiveSession:
    """Drives the bot; `timer_ms` is how often it is woken, `sample_ms` how often a decision is told."""

    def __init__(self, crew: Crew, *, timer_ms: float, sample_ms: float) -> None:
        self.core, self.gateway, self.view = crew.core, crew.gateway, crew.view
        self.scribe, self.evidence, self.bot = crew.scribe, crew.evidence, crew.bot
        self.desk = Desk(self.scribe.instruments, self.view, self.core)
        self.decisions = 0
        self._off_grid: set[str] = set()
        self._timer_ns, self._sample_ns = round(timer_ms * NS_PER_MS), round(sample_ms * NS_PER_MS)
        self._due_ns = self._sampled_ns = 0
        self._told: deque[Callable[[], None]] = deque()
        self._changed: set[int] = set()
        self.stopped = False
        self.core.listener = self._heard
        self.evidence.on_funding = self._funded
        self._show_positions()

    # -- the run --------------------------------------------------------------------------------------

    def start(self, now_ns: int) -> None:
        """Begin: the bot's first word, and its first timer."""
        self.at(now_ns)
        self._due_ns = now_ns + self._timer_ns
        self._ask_bot(self.bot.on_start, self.desk)
        self._send()

    def at(self, now_ns: int) -> None:
        """Let everybody know what time it is."""
        self.core.now_ns = self.view.now_ns = now_ns

    def tick(self, now_ns: int) -> float:
        """
        Take what has come, let the bot act if it is due, and send what it asked for.

        Returns how late the timer was, in milliseconds, 0 when it was not due.
        """
        self.at(now_ns)
        self.desk.actions, self.desk.reason = 0, None
        for reply in self.gateway.replies():
            self._answer(reply)
        self._watch_gaps(now_ns)
        self._tell_bot()
        late_ns = self._timer(now_ns)
        self.core.look(now_ns)
        self.scribe.look(now_ns)
        if self.desk.actions or now_ns - self._sampled_ns >= self._sample_ns:
            self._decided(now_ns)
        self._send()
        return late_ns / NS_PER_MS

    def next_ns(self) -> int:
        """Return when the bot's timer is due."""
        return self._due_ns

    def mark(self, iteration: int, now_ns: int, *, final: bool = False) -> None:
        """Tell position and money of every instrument; `iteration` -1 is what the run began with."""
        self.scribe.iteration = iteration
        for instrument in range(len(self.scribe.instruments)):
            self.scribe.position(now_ns, instrument, self._mid2(instrument), final=final)
        self.scribe.iteration = iteration + 1

    def freeze(self, reason: str) -> None:
        """Hold all trading for the kill switch; called by the loop, never by the switch's threads."""
        self.stopped = True
        self.core.hold(KILL_SWITCH, "frozen", reason)
        self._send()

    def withdraw(self, now_ns: int) -> None:
        """End: the bot's last word, and a cancel of everything that works."""
        self.at(now_ns)
        if not self.stopped:
            self._ask_bot(self.bot.on_stop, self.desk)
        self.stopped = True
        self.core.cancel_all()
        self._send()

    def finish(self, now_ns: int, iteration: int) -> None:
        """Tell the last mark-outs and positions."""
        self.at(now_ns)
        self.scribe.look(now_ns, final=True)
        for instrument in range(len(self.scribe.instruments)):
            self.scribe.gap(now_ns, instrument, opens=False)
        self.mark(iteration, now_ns, final=True)

    # -- what has come --------------------------------------------------------------------------------

    def take_book(self, book: VenueBook, seen_ns: int) -> None:
        """Take a new book."""
        before = self.view.now_ns
        self.view.now_ns = max(before, seen_ns)
        at = self.evidence.index(book.symbol)
        was = None if at is None else self.view.book(at)
        self.view.take(book, seen_ns)
        if at is not None and self.view.book(at) != was:
            self._changed.add(at)

    def take_statement(self, statement: Statement, looked_up: Mapping[str, VenueOrder | None]) -> None:
        """Take what the venue stated about orders and executions, and about single orders."""
        seen = Seen()
        for fill in statement.fills.items:
            self.evidence.fill(fill, seen)
        for payment in statement.funding.items if statement.funding else ():
            self.evidence.funding(payment, seen)
        for stated in statement.open_orders.items:
            self.evidence.order(stated, seen)
        for found in looked_up.values():
            if found is not None:
                self.evidence.order(found, seen)
        for said in seen.off_grid:
            self._warn(said)

    def _funded(self, at: int, payment: VenueFunding) -> None:
        """Journal a funding payment that was booked."""
        rate = payment.rate or Decimal(0)
        mark = Decimal(self.scribe.last_mids[at]) / 2 * self.scribe.instruments[at].tick_size
        self.scribe.fund(self.core.now_ns, at, payment.amount, rate, mark)

    def _warn(self, said: str) -> None:
        """Journal a statement that does not fit the grid, once: every poll brings it again."""
        if said not in self._off_grid and len(self._off_grid) < _OFF_GRID_KEPT:
            self._off_grid.add(said)
            fields = {"alert": "off_grid", "severity": "warning", "detail": said}
            self.scribe.emit(self.core.now_ns, "alert", fields)

    def _answer(self, reply: Reply) -> None:
        request, answer, core = reply.request, reply.answer, self.core
        number = request.number
        self.scribe.why(number, answer.reason)
        if answer.outcome == "unknown":
            core.record("timeout", number)
        elif answer.outcome == "rejected":
            core.record(_REFUSALS[request.kind], number)
        elif request.kind == "new":
            core.record("accept", number, answer.venue_id)
        elif request.kind == "amend":
            core.record("replaced", number, request.px, request.qty, answer.ts_ns or core.now_ns)
        # A cancel that was taken is not a cancel that was done: the venue's own lists say when it is.

    def _heard(self, kind: str, order: Order | None, fill: Fill | None) -> None:
        """Journal a record of the core, and keep it for the bot, who must not act in the middle of one."""
        reason = self.scribe.reason(order.order_id) if order is not None else None
        self.scribe.heard(kind, order, fill)
        if fill is not None:
            self._show_positions()
            told = OwnFill(
                fill.order_id, fill.instrument, fill.side, fill.px, fill.qty, bool(fill.maker), fill.ts_ns
            )
            self._told.append(lambda: self._ask_bot(self.bot.on_fill, self.desk, told))
        elif order is not None and kind in EVENTS:
            self._told.append(
                lambda: self._ask_bot(self.bot.on_order, self.desk, order, EVENTS[kind], reason)
            )

    # -- the bot --------------------------------------------------------------------------------------

    def _tell_bot(self) -> None:
        while self._told:
            tell = self._told.popleft()
            if not self.stopped:
                tell()
        changed, self._changed = sorted(self._changed), set()
        if self.stopped or type(self.bot).on_book is Strategy.on_book:
            return
        for instrument in changed:
            self._ask_bot(self.bot.on_book, self.desk, instrument)

    def _timer(self, now_ns: int) -> int:
        """Call the bot's timer if it is due; times that were missed are not made up for."""
        if now_ns < self._due_ns:
            return 0
        late_ns = now_ns - self._due_ns
        self.desk.intended_ns = self._due_ns
        if not self.stopped:
            self._ask_bot(self.bot.on_timer, self.desk)
        self._due_ns += self._timer_ns * (1 + late_ns // self._timer_ns)
        return late_ns

    def _ask_bot(self, callback: Callable[..., object], *args: object) -> None:
        try:
            callback(*args)
        except SeatrialError:
            raise
        except (Exception, SystemExit) as error:
            raise blame(error, f"the bot's {getattr(callback, '__name__', 'callback')}") from error

    # -- telling --------------------------------------------------------------------------------------

    def _send(self) -> None:
        self.core.flush()

    def _show_positions(self) -> None:
        for at in range(len(self.desk.positions)):
            self.desk.positions[at] = int(self.core.blotter.position(at))

    def _mid2(self, instrument: int) -> int:
        touch = self.view.book(instrument)
        if touch is None:
            return 0
        self.scribe.last_mids[instrument] = touch.bid + touch.ask
        return touch.bid + touch.ask

    def _decided(self, now_ns: int) -> None:
        self._sampled_ns = now_ns
        for index in range(len(self.scribe.instruments)):
            self.scribe.decided(self.desk, index, self._mid2(index))
            self.decisions += 1

    def _watch_gaps(self, now_ns: int) -> None:
        """Tell a stretch without a usable book, once it is over."""
        for instrument in range(len(self.scribe.instruments)):
            is_gone = self.view.book(instrument) is None
            if is_gone and not self.scribe.gap_from[instrument]:
                self.scribe.gap(now_ns, instrument, opens=True)
            elif not is_gone:
                self.scribe.gap(now_ns, instrument, opens=False)


def state_of(session: LiveSession) -> dict[str, Any]:
    """Return how a session stands, for its heartbeat and for people."""
    orders = session.core.orders
    return {
        "open_orders": len(orders),
        "in_flight": session.gateway.in_flight,
        "positions": list(session.desk.positions),
        "level": session.core.monitor.level(),
    }
