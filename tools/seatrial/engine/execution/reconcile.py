"""
Reconciliation: our books against the venue's, evidence first.

Only complete snapshots prove anything, and only together: open orders, executions since the last
one we know, positions. What the venue states is taken as evidence through the one door of
`evidence`; what is then left over is listed, and trading does not begin while anything is.

- An order that the venue does not show is asked for alone. "Not found" for one that was never
  acknowledged means that it never arrived, once it is older than a grace period; for any other one
  it means missing, and after several complete snapshots in a row, LOST.
- A position that differs is never made to agree by inventing a fill. The one synthetic entry there
  is opens the books: with an empty log, what the venue holds is taken over at the venue's entry
  price, with an id that depends on nothing but what was found. It never flattens anything.
- A second reconciliation right after the first finds nothing to do.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from hashlib import sha256
from typing import Final, TypeVar

from ...model.errors import InputError
from ..venue.port import (
    Handle,
    Snapshot,
    Venue,
    VenueFill,
    VenueFunding,
    VenueOrder,
    VenuePosition,
    VenueUnreachable,
)
from .core import Execution
from .evidence import Evidence, Seen
from .fills import Fill, Key
from .order import Order
from .states import IN_FLIGHT

Item = TypeVar("Item")
NS_PER_MS: Final = 1_000_000
OVERLAP_NS: Final = 60_000 * NS_PER_MS


@dataclass(frozen=True)
class Patience:
    """How long to wait before absence means something."""

    grace_ms: float = 5_000
    missing_after: int = 3
    queries_max: int = 10
    history_ms: float = 7 * 86_400_000
    """How far back executions are asked for when there is no record of an earlier one."""
    position_after: int = 1
    """So many looks in a row must show the same difference of position: while trading goes on, a fill
    may come between two questions."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that the evidence does not explain: what, of which symbol, ours and the venue's."""

    kind: str
    symbol: str
    detail: str
    ours: str | None = None
    theirs: str | None = None


@dataclass
class Reconciled:
    """
    What a reconciliation found: `complete` when every question was answered whole.

    It is safe to trade only when it is complete and nothing is unexplained.
    """

    complete: bool = True
    records: int = 0
    actions: list[str] = field(default_factory=list)
    unexplained: list[Difference] = field(default_factory=list)
    unanswered: list[str] = field(default_factory=list)

    @property
    def settled(self) -> bool:
        """Tell whether the books agree, as far as a complete look can tell."""
        return self.complete and not self.unexplained


_NO_FUNDING: Final[Snapshot[VenueFunding]] = Snapshot((), complete=True, ts_ns=0)


@dataclass(frozen=True)
class Statement:
    """What a venue stated at one moment, and the questions that it did not answer whole."""

    open_orders: Snapshot[VenueOrder]
    fills: Snapshot[VenueFill]
    positions: Snapshot[VenuePosition]
    unanswered: tuple[str, ...] = ()
    funding: Snapshot[VenueFunding] | None = None


def ask(venue: Venue, since_ns: int) -> Statement:
    """
    Ask a venue for everything, in this order: a fill between two questions shows in the later one.

    Touches nothing of ours, so that another thread may wait for the answers.
    """
    missing: list[str] = []
    orders = _asked("open orders", venue.open_orders, missing)
    fills = _asked("executions", lambda: venue.fills(since_ns), missing)
    positions = _asked("positions", venue.positions, missing)
    funding = _asked("funding payments", lambda: venue.funding(since_ns) or _NO_FUNDING, missing)
    return Statement(orders, fills, positions, tuple(missing), funding)


def _asked(name: str, question: Callable[[], Snapshot[Item]], missing: list[str]) -> Snapshot[Item]:
    try:
        snapshot = question()
    except VenueUnreachable as error:
        missing.append(f"{name}: {error.message}")
        return Snapshot((), complete=False, ts_ns=0)
    if not snapshot.complete:
        missing.append(f"the venue's {name} came incomplete")
    return snapshot


class Reconciler:
    """Brings the books of one core and one venue together; keeps count of what stays missing."""

    def __init__(
        self,
        core: Execution,
        venue: Venue,
        evidence: Evidence | None = None,
        *,
        patience: Patience | None = None,
        adopt_strangers: bool = False,
    ) -> None:
        self.core, self.venue = core, venue
        self.evidence = evidence or Evidence(core)
        self.patience, self.adopt_strangers = patience or Patience(), adopt_strangers
        self._absent: dict[int, int] = {}
        self._differs: dict[int, tuple[Decimal, int]] = {}
        self._first = core.blotter.count == 0

    def run(self, now_ns: int) -> Reconciled:
        """Ask the venue, take the evidence, and say what is left over."""
        self.core.now_ns = now_ns
        return self.settle(ask(self.venue, self.since()), now_ns)

    def settle(self, statement: Statement, now_ns: int) -> Reconciled:
        """Take what the venue stated, and say what is left over."""
        found, seen = Reconciled(), Seen()
        self.core.now_ns = now_ns
        found.unanswered += statement.unanswered
        found.complete = not found.unanswered
        self._take(statement, seen)
        if found.complete:
            self._absentees(statement.open_orders, now_ns, seen, found)
            self._held_apart(statement.fills, found)
            self._positions(statement.positions, found)
        self._conclude(seen, found)
        self.core.flush()
        return found

    def since(self) -> int:
        """Return the moment from which executions have to be asked for."""
        known = self.core.blotter.fills.known
        if known:
            newest = next(reversed(known.values())).ts_ns
        else:
            newest = self.core.now_ns - round(self.patience.history_ms * NS_PER_MS)
        return max(0, min(self._oldest_doubt(), newest) - OVERLAP_NS)

    def _oldest_doubt(self) -> int:
        """Return the moment of the oldest order that may still have fills that we have not seen."""
        blotter = self.core.blotter
        doubts = [order.sent_ns for order in blotter.orders.values()]
        held = (
            *blotter.fills.suspects.values(),
            *(f for fs in blotter.fills.contradicting.values() for f in fs),
        )
        doubts += [fill.ts_ns for fill in held]
        return min(doubts, default=self.core.now_ns)

    # -- evidence ---------------------------------------------------------------------------------

    def _take(self, statement: Statement, seen: Seen) -> None:
        if self._first and self.core.blotter.count == 0:
            if statement.unanswered:
                # Books that have not begun take nothing: half an answer cannot say what was before them.
                return
            self._open(statement)
        for fill in statement.fills.items:
            self.evidence.fill(fill, seen)
        for payment in (statement.funding or _NO_FUNDING).items:
            self.evidence.funding(payment, seen)
        for stated in statement.open_orders.items:
            self._absent.pop(self._number(stated), None)
            self.evidence.order(stated, seen)

    def _open(self, statement: Statement) -> None:
        """
        Begin the books: what was traded and paid before is in what the venue holds now.

        Counting it again would be a position, and money, that do not exist.
        """
        moments = [fill.ts_ns for fill in statement.fills.items]
        moments += [payment.ts_ns for payment in (statement.funding or _NO_FUNDING).items]
        self.core.record("opened", 0, max(moments, default=0))

    def _number(self, stated: VenueOrder) -> int:
        order = self.core.blotter.by_client_id(stated.handle.client_id)
        return 0 if order is None else order.order_id

    def _absentees(
        self, open_orders: Snapshot[VenueOrder], now_ns: int, seen: Seen, found: Reconciled
    ) -> None:
        """Ask for each working order that no snapshot showed; a few at a time."""
        shown = {stated.handle.client_id for stated in open_orders.items}
        absent = [order for order in self.core.orders.values() if order.client_id not in shown]
        # Who was asked for least comes first: a lost one must not keep the others from being asked for.
        absent.sort(key=lambda order: self._absent.get(order.order_id, 0))
        for order in absent[: self.patience.queries_max]:
            self._ask_for(order, now_ns, seen, found)
        if len(absent) > self.patience.queries_max:
            found.complete = False
            found.unanswered.append(
                f"{len(absent) - self.patience.queries_max} orders are to be asked for yet"
            )

    def _ask_for(self, order: Order, now_ns: int, seen: Seen, found: Reconciled) -> None:
        symbol = self.evidence.instruments[order.instrument].symbol
        try:
            stated = self.venue.order(Handle(order.client_id, symbol, order.venue_id))
        except VenueUnreachable as error:
            found.complete = False
            found.unanswered.append(f"order {order.client_id}: {error.message}")
            return
        if stated is not None:
            self._absent.pop(order.order_id, None)
            before = order.status
            self.evidence.order(stated, seen)
            if order.status != before:
                found.actions.append(f"order {order.client_id} was {before} and is {order.status}")
            return
        self._not_found(order, symbol, now_ns, found)

    def _not_found(self, order: Order, symbol: str, now_ns: int, found: Reconciled) -> None:
        young = now_ns - order.sent_ns < self.patience.grace_ms * NS_PER_MS
        # A request that is still on its way from this process is young at any age.
        if young or order.status == "pending_new":
            found.complete = False
            found.unanswered.append(f"order {order.client_id} is too young to be missing")
            return
        if not order.acked and not order.gross:
            found.records += self.core.record("reject", order.order_id) == "done"
            found.actions.append(f"order {order.client_id} never reached the venue")
            return
        count = self._absent[order.order_id] = self._absent.get(order.order_id, 0) + 1
        if count >= self.patience.missing_after and order.status != "lost":
            found.records += self.core.record("missing", order.order_id) == "done"
            found.actions.append(f"order {order.client_id} is lost: {count} complete snapshots without it")
        detail = f"order {order.client_id} is {order.status} here and unknown to the venue"
        found.unexplained.append(Difference("order_missing", symbol, detail, order.status, None))

    # -- fills held apart ---------------------------------------------------------------------------

    def _held_apart(self, fills: Snapshot[VenueFill], found: Reconciled) -> None:
        """Let the venue's own list decide about contradictions and suspected doubles."""
        book = self.core.blotter.fills
        if not (book.suspects or book.contradicting):
            return
        listed: dict[Key, Fill] = {}
        for stated in fills.items:
            instrument = self.evidence.index(stated.handle.symbol)
            known = self.core.blotter.by_client_id(stated.handle.client_id)
            if instrument is not None:
                try:
                    fill = self.evidence.as_fill(instrument, known, stated)
                except InputError:
                    # Named already where it was taken as evidence.
                    continue
                listed[fill.key] = fill
        for key in (*book.suspects, *book.contradicting):
            truth = listed.get(key)
            kept = "counts" if truth is not None else "does not count"
            fields = truth.fields() if truth is not None else None
            found.records += self.core.record("resolve", 0, list(key), fields) == "done"
            found.actions.append(f"fill {key[1]} was held apart and {kept}: the venue's list decides")

    # -- positions ----------------------------------------------------------------------------------

    def _positions(self, positions: Snapshot[VenuePosition], found: Reconciled) -> None:
        stated = {position.symbol: position for position in positions.items}
        for at, instrument in enumerate(self.evidence.instruments):
            theirs = stated.get(instrument.symbol)
            qty = theirs.qty if theirs is not None else Decimal(0)
            ours = instrument.qty(self.core.blotter.position(at))
            if qty == ours:
                self._differs.pop(at, None)
            elif self._first and theirs is not None and theirs.entry:
                self._open_books(at, theirs, found)
            else:
                self._differing(at, ours, qty, found)
        if found.settled:
            self._first = False

    def _differing(self, at: int, ours: Decimal, theirs: Decimal, found: Reconciled) -> None:
        gap = theirs - ours
        last, count = self._differs.get(at, (gap, 0))
        count = count + 1 if last == gap else 1
        self._differs[at] = (gap, count)
        if count < self.patience.position_after:
            return
        symbol = self.evidence.instruments[at].symbol
        detail = f"position in {symbol} is {ours} here and {theirs} at the venue"
        found.unexplained.append(Difference("position", symbol, detail, str(ours), str(theirs)))

    def _open_books(self, at: int, theirs: VenuePosition, found: Reconciled) -> None:
        """Take a position over that was there before the books: by evidence of nothing but itself."""
        instrument = self.evidence.instruments[at]
        try:
            lots = instrument.lots(theirs.qty) - self.core.blotter.position(at)
        except InputError as error:
            found.unexplained.append(Difference("position", instrument.symbol, error.message))
            return
        entry = theirs.entry or Decimal(0)
        trade_id = synthetic_id(self.venue.name, instrument.symbol, theirs.qty, entry)
        ticks = int((entry / instrument.tick_size).to_integral_value())
        fill = Fill(0, at, 0 if lots > 0 else 1, ticks, abs(lots), trade_id, theirs.ts_ns)
        self.core.filled(fill)
        found.records += 1
        found.actions.append(
            f"{instrument.symbol}: took over {theirs.qty} at {entry}, held before the first record"
        )

    # -- the end --------------------------------------------------------------------------------------

    def _conclude(self, seen: Seen, found: Reconciled) -> None:
        found.records += seen.records
        for order, claimed in seen.claimed:
            # Only now: what was held apart has been decided.
            if claimed > max(order.gross, order.filled):
                self._claim(order, found)
        for stated in seen.strangers:
            if not self.adopt_strangers:
                detail = f"order {stated.handle.venue_id or stated.handle.client_id} is open and not ours"
                found.unexplained.append(Difference("foreign_order", stated.handle.symbol, detail))
        for detail in seen.off_grid:
            found.unexplained.append(Difference("off_grid", "", detail))
        in_flight = [order for order in self.core.orders.values() if order.state in IN_FLIGHT]
        if in_flight:
            found.complete = False
            found.unanswered.append(f"{len(in_flight)} orders still wait for an answer")

    def _claim(self, order: Order, found: Reconciled) -> None:
        symbol = self.evidence.instruments[order.instrument].symbol
        detail = f"order {order.client_id}: the venue claims fills that its list does not show"
        found.unexplained.append(Difference("fills_missing", symbol, detail))


def synthetic_id(venue: str, symbol: str, qty: Decimal, entry: Decimal) -> str:
    """Return the id of a synthetic entry: the same finding has the same id, on any machine."""
    content = f"{venue}|{symbol}|{qty.normalize():f}|{entry.normalize():f}"
    return f"opening-{sha256(content.encode()).hexdigest()[:16]}"


def differences(found: Reconciled) -> Sequence[str]:
    """Return everything that keeps the books from being settled, a line each."""
    return [*(each.detail for each in found.unexplained), *found.unanswered]
