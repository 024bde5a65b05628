"""
What the exchange's events mean for orders, executions and the account.

The scribe tells each event to the record first; executions and the log of the account are made of
the very words that the record was given, so that a client and the record cannot differ.
"""

from collections.abc import Callable
from copy import copy
from decimal import Decimal, localcontext
from typing import TYPE_CHECKING, Any

from ..exchange import layout as L  # noqa: N812  (the layout's names are its vocabulary)
from ..execution.ledger import EXACT
from ..grid import money
from .interface import Heard
from .orders import Execution, Order
from .refusals import ANSWERED, REJECT_REASONS

if TYPE_CHECKING:
    from .venue import Venue

SIDES = ("Buy", "Sell")


class Outcomes:
    """Takes events out of the exchange's outbox; `awaited` is who waits for which answer."""

    def __init__(self, venue: "Venue") -> None:
        self._venue = venue
        self.awaited: dict[tuple[int, int], tuple[Heard, Order]] = {}

    def take(self) -> None:
        """Tell every event of the outbox to the record, and draw its consequences."""
        venue, regs = self._venue, self._venue.memory.regs
        count = regs[L.N_EVENTS]
        for e in range(L.AT_EVENTS, L.AT_EVENTS + count * L.EVENT_WIDTH, L.EVENT_WIDTH):
            kind = regs[e + L.E_KIND]
            if kind == L.FILL:
                self._filled(regs, e)
                continue
            venue.scribe.tell(regs, e)
            if kind in STEPS:
                self._stepped(kind, regs, e)
            elif kind == L.FUNDED:
                venue.account.funded(regs[e + L.E_TS], regs[e + L.E_INSTRUMENT], venue.told)
                venue.shown.funded(regs[e + L.E_INSTRUMENT], regs[e + L.E_TS], venue.told)
        regs[L.N_EVENTS] = 0

    def _stepped(self, kind: int, regs: Any, e: int) -> None:
        """Take an answer of the exchange: the order's new state, and the client's answer on its way."""
        venue = self._venue
        order_id, reason, at = regs[e + L.E_ORDER_ID], regs[e + L.E_REASON], regs[e + L.E_DELIVER]
        asked, change = STEPS[kind]
        waiting = self.awaited.pop((asked, order_id), None)
        order = venue.orders.open.get(order_id)
        if order is not None and change is not None:
            order.updated_ns = regs[e + L.E_TS]
            order.leaves, order.px = regs[e + L.E_LEAVES], regs[e + L.E_PX]
            order.qty = regs[e + L.E_QTY_ORDER]
            change(self, order, reason)
        refused = reason if kind in REFUSALS else 0
        if waiting is not None:
            # What the venue takes and then ends without a trade, it has taken.
            taken = asked == L.NEW and refused not in ANSWERED
            venue.post(at, *waiting, 0 if taken else refused)
        if order is not None and change is not None and venue.listener.wants_orders() and is_news(order):
            venue.post(at, venue.tell_order, copy(order))

    def accepted(self, order: Order, _reason: int) -> None:
        """Note that the order is at the exchange."""
        order.status = "New"

    def amended(self, order: Order, _reason: int) -> None:
        """Note that the order stands with another price or quantity."""
        order.status = "PartiallyFilled" if order.leaves < order.qty else "New"

    def refused(self, order: Order, reason: int) -> None:
        """Note that the order was never taken, or was taken and ended without a trade."""
        if reason in ANSWERED:
            order.status = "Rejected"
            self._venue.orders.drop(order)
            return
        self.over(order, reason)

    def over(self, order: Order, reason: int) -> None:
        """Note that the order has ended without being filled whole."""
        spot = self._venue.symbols.names[order.instrument][0] == "spot"
        order.status = "PartiallyFilledCanceled" if spot and order.leaves < order.qty else "Cancelled"
        order.reject_reason = REJECT_REASONS.get(reason, "EC_PerCancelRequest")
        order.cancel_type = {L.SELF_TRADE: "CancelBySmp", L.NOT_REDUCING: "CancelByReduceOnly"}.get(
            reason, order.doomed_by or "UNKNOWN"
        )
        self._venue.orders.end(order)

    def _filled(self, regs: Any, e: int) -> None:
        """Take a fill: tell it, book it, and send the news."""
        venue, instrument, ts = self._venue, regs[e + L.E_INSTRUMENT], regs[e + L.E_TS]
        ledger = venue.scribe.ledgers[instrument]
        lots, realized = ledger.lots, ledger.realized()
        venue.scribe.tell(regs, e)
        order = venue.orders.open[regs[e + L.E_ORDER_ID]]
        signed = regs[e + L.E_QTY] * (1 - 2 * order.side)
        closed = min(abs(lots), abs(signed)) if lots * signed < 0 else 0
        with localcontext(EXACT):
            gained = ledger.realized() - realized
            order.value += Decimal(venue.told["notional"])
            order.fee -= Decimal(venue.told["fee"])
        order.leaves, order.updated_ns = regs[e + L.E_LEAVES], ts
        order.status = "PartiallyFilled" if order.leaves else "Filled"
        execution = self._execution(order, ts, closed, gained)
        coins = self._booked(execution, gained)
        if not order.leaves:
            venue.orders.end(order)
        at = regs[e + L.E_DELIVER]
        venue.post(at, venue.tell_execution, execution)
        if venue.listener.wants_orders():
            venue.post(at, venue.tell_order, copy(order))
        venue.post(at, venue.tell_wallet, coins, instrument)

    def _execution(self, order: Order, ts_ns: int, closed: int, gained: Decimal) -> Execution:
        venue, told = self._venue, self._venue.told
        grid = venue.scribe.grids[order.instrument]
        maker = told["liquidity"] == "maker"
        found = Execution(
            order=order,
            exec_id=told["fill_id"],
            ts_ns=ts_ns,
            price=told["price"],
            qty=told["qty"],
            leaves=told["leaves"],
            order_price="0" if order.market else grid.price(order.px),
            order_qty=grid.qty(order.qty),
            value=told["notional"],
            fee=money(-Decimal(told["fee"])),
            fee_currency=venue.account.fee_coin(order.instrument, told),
            fee_rate=venue.fee_rate(maker=maker),
            maker=maker,
            closed=grid.qty(closed),
            pnl=money(gained),
            mark=told["mid"] or told["price"],
            seq=venue.counts.events,
        )
        order.fee_currency = found.fee_currency
        venue.orders.executions.append(found)
        return found

    def _booked(self, found: Execution, gained: Decimal) -> tuple[str, ...]:
        """Put a fill into the account's log; return the coins it moved."""
        venue, order = self._venue, found.order
        rows = venue.account.filled(found.ts_ns, order.instrument, venue.told, gained)
        for row in rows:
            row.side, row.qty, row.price = SIDES[order.side], found.qty, found.price
            row.fee_rate, row.trade_id = found.fee_rate, str(found.exec_id)
            row.order_id, row.link_id = str(order.order_id), order.link_id
        return tuple(row.coin for row in rows)


def is_news(order: Order) -> bool:
    """Tell whether a client hears of this state: a market order is never seen resting."""
    return order.status != "Rejected" and not (order.market and order.status == "New")


Change = Callable[[Outcomes, Order, int], None]
# Event -> which request it answers, and what becomes of the order.
STEPS: dict[int, tuple[int, Change | None]] = {
    L.ACCEPTED: (L.NEW, Outcomes.accepted),
    L.REJECTED: (L.NEW, Outcomes.refused),
    L.CANCELED: (L.CANCEL, Outcomes.over),
    L.EXPIRED: (0, Outcomes.over),
    L.AMENDED: (L.AMEND, Outcomes.amended),
    L.CANCEL_REJECTED: (L.CANCEL, None),
    L.AMEND_REJECTED: (L.AMEND, None),
}
REFUSALS = {L.REJECTED, L.CANCEL_REJECTED, L.AMEND_REJECTED}
