"""
The blotter: every order, fill and position, changed by records and by nothing else.

A record is one fact: `(ts_ns, kind, order number, fields)`. Live, a record is written to the
durable store and applied here; after a crash the stored records are applied again and end in the
same state, because there is no second way to change anything.
"""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from itertools import islice
from typing import Any, Final

from ...model.errors import BugError
from ...model.instrument import Instrument
from ...model.profile import FeeSettings
from .account import Account
from .fills import BOOKED, REPLAY, Fill, FillBook, Key
from .order import Order
from .states import (
    ACCEPT,
    ASK_CANCEL,
    ASK_REPLACE,
    CANCEL,
    CANCEL_REJECTED,
    EXPIRE,
    FILLED,
    MISSING,
    REJECT,
    REPLACE_REJECTED,
    SEEN,
    SUBMIT,
    TIMEOUT,
)

REFUSED: Final = "refused"
DONE: Final = "done"
ENDED_KEPT: Final = 8_192
FUNDED_KEPT: Final = 4_096
_PLAIN: Final = {
    "accept": ACCEPT,
    "reject": REJECT,
    "cancel": CANCEL,
    "expire": EXPIRE,
    "cancel_rejected": CANCEL_REJECTED,
    "replace_rejected": REPLACE_REJECTED,
    "ask_cancel": ASK_CANCEL,
    "timeout": TIMEOUT,
    "seen": SEEN,
    "missing": MISSING,
}

Fields = Sequence[Any]


class Blotter:
    """
    Orders, fills and the account; `apply` is the only door.

    `orders` are the working ones by our number; ended ones are kept for late messages, the newest
    `ENDED_KEPT` of them at most.
    """

    def __init__(
        self,
        instruments: Sequence[Instrument],
        *,
        fees: FeeSettings | None = None,
        opening: Mapping[str, Decimal] | None = None,
        trusting: bool = False,
    ) -> None:
        self.instruments = tuple(instruments)
        self.orders: dict[int, Order] = {}
        self.ended: dict[int, Order] = {}
        self.numbers: dict[str, int] = {}
        self.account = Account(instruments, fees or FeeSettings(), opening or {})
        self._trails = self.account.trails
        self.fills = FillBook(trusting=trusting)
        self.working = [[0, 0] for _ in instruments]
        """Lots that may still be bought and sold, per instrument."""
        self.last_number = 0
        self.count = 0
        self.opened_ns = -1
        """What was traded and paid up to this moment was there before the books."""
        self.funded: dict[str, None] = {}
        """Ids of the newest funding payments that were booked."""
        self._doors: dict[str, Callable[[int, Order | None, Fields], str]] = {
            "ask_replace": self._ask_replace,
            "replaced": self._replaced,
            "correct": self._correct,
            "resolve": self._resolve,
            "funding": self._funding,
            "opened": self._opened,
        }

    # -- looking --------------------------------------------------------------------------------

    def order(self, number: int) -> Order | None:
        """Return an order by our number, working or ended, None when it is unknown or long gone."""
        return self.orders.get(number) or self.ended.get(number)

    def by_client_id(self, client_id: str) -> Order | None:
        """Return an order by its client id."""
        number = self.numbers.get(client_id)
        return None if number is None else self.order(number)

    def position(self, instrument: int) -> int:
        """Return the signed position in lots."""
        return self.account.ledgers[instrument].lots

    # -- changing -------------------------------------------------------------------------------

    def apply(self, ts_ns: int, kind: str, number: int, fields: Fields = ()) -> str:
        """
        Apply a record; return `done`, what a fill turned out to be, or `refused`.

        A refused record changed nothing: the move is not in the table, or the order is unknown.
        """
        happening = _PLAIN.get(kind)
        if happening is not None:
            return self.happen(happening, number, *fields[:1])
        if kind == "new":
            return self.add(drafted(number, ts_ns, fields))
        if kind == "fill":
            return self.take(fields[0] if isinstance(fields[0], Fill) else Fill.of(list(fields[0])))
        self.count += 1
        return self._doors[kind](ts_ns, self.order(number) if number else None, (number, *fields))

    def happen(self, happening: int, number: int, venue_id: str | None = None) -> str:
        """Apply a record that says no more than what happened."""
        self.count += 1
        order = self.orders.get(number) or self.ended.get(number)
        if order is None:
            return REFUSED
        before = order.state
        if not order.happen(happening):
            return REFUSED
        if venue_id is not None:
            order.venue_id = venue_id
        # What may still trade changes only when an order ends, or is found not to have ended.
        if (before >= FILLED) != (order.state >= FILLED):
            self._settle(order)
        return DONE

    def _settle(self, order: Order) -> None:
        """Bring the sums of working lots, and the places of working and ended orders, up to date."""
        number = order.order_id
        if order.state < FILLED:
            leaves = order.qty - order.gross
            if number not in self.orders:
                # An end that was taken back by better evidence: it works again.
                self.ended.pop(number, None)
                self.orders[number] = order
        else:
            leaves = 0
            if self.orders.pop(number, None) is not None:
                self.ended[number] = order
                if len(self.ended) > ENDED_KEPT:
                    self._evict()
        if leaves != order.counted:
            self.working[order.instrument][order.side] += leaves - order.counted
            order.counted = leaves

    def _evict(self) -> None:
        """Let the older half of the ended orders go at once: one by one is slow in a dictionary."""
        for number in list(islice(self.ended, len(self.ended) // 2)):
            self.numbers.pop(self.ended.pop(number).client_id, None)

    def add(self, order: Order) -> str:
        """Apply a `new` record: an order that is about to leave, never known before."""
        self.count += 1
        number, client_id = order.order_id, order.client_id
        if number in self.orders or client_id in self.numbers or number in self.ended:
            return REFUSED
        if not order.happen(SUBMIT):
            return REFUSED
        self.orders[number] = order
        self.numbers[client_id] = number
        self.last_number = max(self.last_number, number)
        order.counted = order.qty
        self.working[order.instrument][order.side] += order.qty
        return DONE

    def take(self, fill: Fill) -> str:
        """Apply a `fill` record; return what the fill turned out to be."""
        self.count += 1
        taken = self.fills.take(fill)
        if taken is BOOKED:
            number = fill.order_id
            order = self.orders.get(number) or self.ended.get(number)
            if self.fills.corrected:
                self._book(order, fill)
            else:
                if order is not None and order.fill(fill.qty):
                    self._settle(order)
                self._trails[fill.instrument].add(fill)
        return taken

    def _ask_replace(self, _ts_ns: int, order: Order | None, fields: Fields) -> str:
        if order is None or not order.happen(ASK_REPLACE):
            return REFUSED
        order.asked_px, order.asked_qty = fields[1], fields[2]
        return DONE

    def _replaced(self, ts_ns: int, order: Order | None, fields: Fields) -> str:
        _, px, qty, version = fields
        if order is None or not order.replaced(px, qty, version):
            return REFUSED
        order.sent_ns = max(order.sent_ns, ts_ns)
        self._settle(order)
        return DONE

    def _book(self, order: Order | None, fill: Fill) -> None:
        counts = self.fills.effective(fill) if self.fills.corrected else fill
        if order is not None and order.fill(fill.qty):
            if counts is not fill:
                order.correct(fill.qty - counts.qty)
            self._settle(order)
        self._trails[fill.instrument].add(counts)

    def _correct(self, _ts_ns: int, _order: Order | None, fields: Fields) -> str:
        _, key, version, px, qty = fields
        key = (key[0], key[1], key[2], key[3])
        fill = self.fills.known.get(key)
        was = None if fill is None else self.fills.effective(fill)
        if not self.fills.correction(key, version, px, qty):
            return REPLAY
        if fill is not None and was is not None:
            now = self.fills.effective(fill)
            order = self.order(fill.order_id)
            if order is not None:
                order.correct(was.qty - now.qty)
                self._settle(order)
            self.account.change(was, now)
        return DONE

    def _resolve(self, _ts_ns: int, _order: Order | None, fields: Fields) -> str:
        """Decide about a fill that was held apart, by what the venue's own list says of it."""
        _, key, wanted = fields
        key = (key[0], key[1], key[2], key[3])
        suspect = self.fills.suspects.pop(key, None)
        if suspect is not None:
            if wanted is not None:
                self.fills.keep(suspect)
                self._book(self.order(suspect.order_id), suspect)
            return DONE
        known, others = self.fills.known.get(key), self.fills.contradicting.pop(key, None)
        if known is None or not others:
            return REFUSED
        truth = Fill.of(list(wanted)) if wanted is not None else None
        if truth is None or not truth.same(known):
            qty = truth.qty if truth else 0
            px = truth.px if truth else known.px
            self._correct(0, None, (0, key, self._next_version(key), px, qty))
        return DONE

    def _next_version(self, key: Key) -> int:
        last = self.fills.corrected.get(key)
        return 1 if last is None else last[0] + 1

    def _funding(self, _ts_ns: int, _order: Order | None, fields: Fields) -> str:
        _, instrument, amount, *named = fields
        if named:
            if named[0] in self.funded:
                return REPLAY
            self.funded[named[0]] = None
            if len(self.funded) > FUNDED_KEPT:
                del self.funded[next(iter(self.funded))]
        self.account.fund(instrument, Decimal(amount))
        return DONE

    def _opened(self, _ts_ns: int, _order: Order | None, fields: Fields) -> str:
        self.opened_ns = fields[1]
        return DONE

    # -- saving ---------------------------------------------------------------------------------

    def state(self) -> dict[str, Any]:
        """Return everything as JSON-able values."""
        return {
            "orders": [order.fields() for order in self.orders.values()],
            "ended": [order.fields() for order in self.ended.values()],
            "account": self.account.state(),
            "fills": self.fills.state(),
            "working": [list(pair) for pair in self.working],
            "last_number": self.last_number,
            "opened_ns": self.opened_ns,
            "funded": list(self.funded),
            "count": self.count,
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Take over a state that `state` returned."""
        self.orders = {order.order_id: order for order in map(Order.of, state["orders"])}
        self.ended = {order.order_id: order for order in map(Order.of, state["ended"])}
        everyone = (*self.orders.values(), *self.ended.values())
        self.numbers = {order.client_id: order.order_id for order in everyone}
        self.account.restore(state["account"])
        self.fills.restore(state["fills"])
        self.working = [list(pair) for pair in state["working"]]
        self.last_number, self.count = state["last_number"], state["count"]
        self.opened_ns, self.funded = state["opened_ns"], dict.fromkeys(state["funded"])
        self.check()

    def check(self) -> None:
        """Hold the sums against the orders: what is kept twice must agree."""
        sums = [[0, 0] for _ in self.instruments]
        for order in self.orders.values():
            sums[order.instrument][order.side] += order.counted
        if sums != self.working:
            raise BugError(f"working lots {self.working} are not those of the orders, {sums}")


def drafted(number: int, ts_ns: int, fields: Fields) -> Order:
    """Return a new order from the fields of its record."""
    client_id, instrument, side, px, qty, tif, kind, reduce_only, intended_ns = fields
    return Order(number, client_id, instrument, side, px, qty, tif, kind, reduce_only, ts_ns, intended_ns)


def recorded(fields: Fields) -> list[Any]:
    """Return a record's fields as JSON-able values."""
    if fields and isinstance(fields[0], Order):
        order = fields[0]
        return [
            order.client_id, order.instrument, order.side, order.px, order.qty,
            order.tif, order.kind, order.reduce_only, order.intended_ns,
        ]  # fmt: skip
    return [field.fields() if isinstance(field, Fill) else field for field in fields]
