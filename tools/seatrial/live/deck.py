"""
The deck of a live run: its session, its pollers, its kill switch, and the loop that they share.

The loop alone touches books, journal and bot. Everything that can wait, hang or fail waits, hangs
or fails elsewhere; the loop takes what has come and looks at the time.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..dryrun.interrupt import Interrupt
from ..engine.execution.reconcile import Reconciler, Statement, differences
from ..engine.venue.port import Handle
from ..model.atomic import write_json
from ..model.live_settings import LiveSettings
from ..store.heartbeat import Pulse
from ..store.record import Record
from .kill import KillSwitch
from .poller import Poller, Wanted
from .session import LiveSession

if TYPE_CHECKING:
    from ..dryrun.scribe import Scribe
    from ..dryrun.seams import Seams
    from ..store.journal import Journal

RECONCILE = "reconcile"
LOOP_S = 0.02


@dataclass(frozen=True)
class Plan:
    """The windows of a live run; `iterations` 0 has no planned end."""

    start_ns: int
    window_ns: int
    iterations: int


@dataclass
class Deck:
    """What the phases of a live run share."""

    settings: LiveSettings
    record: Record
    session: LiveSession
    reconciler: Reconciler
    poller: Poller
    kill: KillSwitch
    scribe: "Scribe"
    journal: "Journal"
    seams: "Seams"
    pulse: Pulse
    plan: Plan
    covered_ns: int = 0
    index: int = 0
    from_ns: int = 0
    now_ns: int = 0
    lag_ms: float = 0.0
    beat_ns: int = 0
    reconciled_ns: int = 0
    before: tuple[int, int] = (0, 0)

    def clock(self) -> int:
        """Return the time, which never goes back: the journal's order depends on it."""
        self.now_ns = max(self.now_ns, self.seams.utc_now_ns())
        return self.now_ns


def sail(deck: Deck, interrupt: Interrupt, wait: Callable[[float], object] | None = None) -> str:
    """Go on until the plan is done, somebody asks for the end, or trading is stopped; return which."""
    wait = wait or threading.Event().wait
    deck.from_ns = deck.plan.start_ns
    while True:
        now_ns = deck.clock()
        reason = _ending(deck, interrupt)
        if reason is not None:
            return reason
        _take(deck, now_ns)
        late_ms = deck.session.tick(now_ns)
        deck.lag_ms = max(deck.lag_ms, late_ms)
        note_facts(deck, now_ns)
        beat(deck)
        if now_ns >= deck.from_ns + deck.plan.window_ns:
            if deck.index + 1 == deck.plan.iterations:
                return "plan"  # the last window ends when nothing rests any more
            sum_up(deck, now_ns)
        due_s = (deck.session.next_ns() - deck.seams.utc_now_ns()) / 1e9
        wait(min(LOOP_S, max(0.0, due_s)))


def _ending(deck: Deck, interrupt: Interrupt) -> str | None:
    if deck.kill.tripped.is_set():
        return "guard"
    blind = deck.kill.blind() or deck.poller.dead()
    if blind is not None:
        deck.kill.reason = deck.kill.reason or f"the run cannot be stopped from outside any more: {blind}"
        return "guard"
    if interrupt.asked:
        return "interrupt" if deck.plan.iterations else "plan"
    return None


def _take(deck: Deck, now_ns: int) -> None:
    """Take what the pollers brought, and say what is wanted next."""
    session = deck.session
    session.at(now_ns)
    for news in deck.poller.books.take():
        session.take_book(news.book, news.seen_ns)
    states = deck.poller.states.take()
    for state in states:
        session.take_statement(state.statement, state.looked_up)
    if states and now_ns - deck.reconciled_ns >= deck.settings.reconcile_s * 1e9:
        deck.reconciled_ns = now_ns
        reconcile(deck, states[-1].statement, now_ns)
    want(deck)


def want(deck: Deck) -> None:
    """Tell the poller which orders work, and from when executions matter."""
    instruments = deck.session.scribe.instruments
    working = tuple(
        (Handle(order.client_id, instruments[order.instrument].symbol, order.venue_id), order.sent_ns)
        for order in deck.session.core.orders.values()
    )
    deck.poller.wanted = Wanted(deck.reconciler.since(), working)
    if any(order.status == "pending_cancel" for order in deck.session.core.orders.values()):
        deck.poller.nudge()


def reconcile(deck: Deck, statement: Statement, now_ns: int) -> None:
    """Compare everything with the venue; while something is unexplained, only reducing is allowed."""
    found, core = deck.reconciler.settle(statement, now_ns), deck.session.core
    if found.unexplained:
        told = "; ".join(differences(found)[:3])
        core.hold(RECONCILE, "reduce_only", f"the books and the venue do not agree: {told}")
    elif found.settled:
        core.lift(RECONCILE, "the books agree again")


def note_facts(deck: Deck, now_ns: int) -> None:
    """Journal what the kill switch did; its threads do not write."""
    while deck.kill.facts:
        fact = deck.kill.facts.popleft()
        fields = {"alert": f"kill_switch.{fact.what}", "severity": "info", "detail": fact.reason}
        deck.scribe.emit(now_ns, "alert", fields)


def beat(deck: Deck, *, now: bool = False) -> None:
    """Replace the heartbeat if it is due, with the worst lag since the last one."""
    monotonic_ns = deck.seams.monotonic_ns()
    if not now and monotonic_ns < deck.beat_ns:
        return
    deck.beat_ns = monotonic_ns + round(deck.settings.heartbeat_s * 1e9)
    deck.journal.sync()
    deck.pulse.beat(
        deck.seams.utc_now_ns(),
        seq=deck.journal.seq,
        decisions=deck.session.decisions,
        last_decision_ns=deck.scribe.last_decision_ns,
        lag_ms=round(deck.lag_ms, 3),
    )
    deck.lag_ms = 0.0


def sum_up(deck: Deck, now_ns: int) -> None:
    """End the window here: positions, journal, summary."""
    deck.session.mark(deck.index, now_ns)
    length_ns = now_ns - deck.from_ns
    missing_ns = deck.scribe.missing_ns(deck.from_ns, now_ns, len(deck.session.scribe.instruments))
    covered_ns = max(0, length_ns - missing_ns)
    deck.covered_ns += covered_ns
    fills, decisions = deck.session.scribe.fills, deck.session.decisions
    freeze = {"normal": "none", "reduce_only": "partial", "frozen": "full"}[deck.session.core.monitor.level()]
    fields: dict[str, Any] = {
        "index": deck.index,
        "phase": "steady",
        "from_ns": deck.from_ns,
        "until_ns": now_ns,
        "covered_ns": covered_ns,
        "fills": fills - deck.before[0],
        "decisions": decisions - deck.before[1],
        "events": decisions - deck.before[1],
        "freeze": freeze,
    }
    history = deck.scribe.end_iteration(now_ns, fields)
    summary = deck.seams.summarise(history, deck.index)
    write_json(deck.record.iteration(deck.index), summary)
    deck.index, deck.from_ns, deck.before = deck.index + 1, now_ns, (fills, decisions)
    deck.scribe.emit(now_ns, "heartbeat", {"iteration": deck.index})
