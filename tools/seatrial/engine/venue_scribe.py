"""
The scribe of a venue: the same journal events as a simulated run's, from what the core has recorded.

A record of a live run is judged by the same gates, so it must say the same things in the same
words. What only a simulation knows (the queue, the market event behind a fill) is null; mids and
mark-outs are those that our own view of the market showed.
"""

from collections import deque
from decimal import Decimal
from typing import Any, Final

from ..model.profile import ExchangeSettings
from .desk import SIDES
from .exchange.layout import HORIZONS_NS
from .execution.core import Execution
from .execution.fills import Fill
from .execution.order import Order
from .execution.states import FILLED
from .grid import money, said
from .scribe import HORIZON_NAMES, Emit, Scribe
from .venue_view import VenueView

EVENTS: Final = {
    "accept": "accepted",
    "reject": "rejected",
    "cancel": "canceled",
    "cancel_rejected": "cancel_rejected",
    "replaced": "amended",
    "replace_rejected": "amend_rejected",
    "expire": "expired",
    "timeout": "unknown",
    "missing": "unknown",
    "seen": "accepted",
}


class VenueScribe(Scribe):
    """Writes the journal events of one live core; `view` gives the mids."""

    def __init__(self, core: Execution, view: VenueView, settings: ExchangeSettings, emit: Emit) -> None:
        super().__init__(core.blotter.instruments, settings, emit)
        self.core, self.view = core, view
        self.ledgers = core.blotter.account.ledgers
        self._marks: deque[tuple[int, int, int, list[int]]] = deque()
        self._reasons: dict[int, str] = {}

    # -- what our side did ------------------------------------------------------------------------

    def record(self, what: str, order: Order | None, **more: Any) -> None:
        """Take what the core tells of our own side."""
        now = self.core.now_ns
        if order is None:
            if what in {"freeze", "unfreeze"}:
                self.emit(now, what, more)
        elif what == "risk_block":
            symbol, side = self.instruments[order.instrument].symbol, SIDES[order.side]
            limits = {name: said(more[name]) for name in ("limit", "value")}
            self.emit(now, "risk_block", {"symbol": symbol, "side": side, "rule": more["rule"], **limits})
        elif what == "submitted":
            self.submitted(now, order)
        elif what in {"cancel_requested", "amend_requested"}:
            self.order(now, order, what)

    def why(self, number: int, reason: str | None) -> None:
        """Keep a venue's words about an order for the event that they lead to."""
        if reason:
            self._reasons[number] = reason

    def reason(self, number: int) -> str | None:
        """Return the venue's words that are kept for an order."""
        return self._reasons.get(number)

    # -- what the venue did -------------------------------------------------------------------------

    def heard(self, kind: str, order: Order | None, fill: Fill | None) -> None:
        """Take a record of the core: an answer, an end, a fill."""
        now = self.core.now_ns
        if fill is not None:
            self.executed(now, order, fill)
        if order is None:
            return
        if kind == "fill":
            self.order(now, order, "filled" if order.state == FILLED else "partially_filled")
        elif kind in EVENTS:
            answered = now if kind in {"accept", "reject", "seen"} else None
            self.order(now, order, EVENTS[kind], self._reasons.pop(order.order_id, None), answered)

    def executed(self, now: int, order: Order | None, fill: Fill) -> None:
        """Tell a fill as the venue stated it, and wait for its mark-outs."""
        at, grid = fill.instrument, self.grids[fill.instrument]
        ledger = self.ledgers[at]
        touch = self.view.book(at)
        twice = touch.bid + touch.ask if touch is not None else 0
        self.last_mids[at] = twice or self.last_mids[at]
        self.fills += 1
        fee = fill.fee
        self.emit(
            now,
            "fill",
            {
                "fill_id": self.fills,
                "order_id": fill.order_id,
                "symbol": self.instruments[at].symbol,
                "side": SIDES[fill.side],
                "price": grid.price(fill.px),
                "qty": grid.qty(fill.qty),
                "leaves": grid.qty(order.leaves) if order is not None else None,
                "notional": money(abs(ledger.value(fill.px, fill.qty))),
                "liquidity": "maker" if fill.maker else "taker",
                "fee": money(fee.amount) if fee else "0",
                "fee_currency": fee.currency if fee else self.instruments[at].settle,
                "fee_settle": money(fee.settled) if fee and fee.settled is not None else "0",
                "cause": "venue",
                "queue_ahead_before": None,
                "queue_ahead_after": None,
                "evidence": {"trade_id": fill.trade_id, "ts_ns": fill.ts_ns},
                "mid": grid.mid(twice),
                "decision_mid": None,
                "order_age_ms": (now - order.sent_ns) / 1e6 if order is not None else 0.0,
                "position": grid.qty(ledger.lots),
                "iteration": self.iteration,
            },
        )
        self._marks.append((now, at, self.fills, []))

    # -- as time goes by ----------------------------------------------------------------------------

    def look(self, now: int, *, final: bool = False) -> None:
        """Take the mids that are due, and tell the mark-outs that are whole (or all, at the end)."""
        for fill_ns, at, _, mids in self._marks:
            while len(mids) < len(HORIZONS_NS) and now - fill_ns >= HORIZONS_NS[len(mids)]:
                touch = self.view.book(at)
                mids.append(touch.bid + touch.ask if touch is not None else 0)
        while self._marks and (final or len(self._marks[0][3]) == len(HORIZON_NAMES)):
            _, at, fill_id, mids = self._marks.popleft()
            self.marked_out(now, at, fill_id, mids + [0] * (len(HORIZON_NAMES) - len(mids)))

    def wallets(self) -> dict[str, dict[str, Decimal]]:
        """Return the account's wallets: their opening is what the venue stated at the start."""
        return self.core.blotter.account.wallets()

    def fund(self, now: int, instrument: int, amount: Decimal, rate: Decimal, mark: Decimal) -> None:
        """Tell a funding payment that the venue made."""
        listed, grid = self.instruments[instrument], self.grids[instrument]
        self.emit(
            now,
            "funding",
            {
                "symbol": listed.symbol,
                "rate": money(rate),
                "mark": money(mark),
                "position": grid.qty(self.ledgers[instrument].lots),
                "amount": money(amount),
                "currency": listed.settle,
            },
        )
