"""
The scribe: turns what happens at the exchange and at the desk into journal events.

Money is booked here too, because a fill is told together with its fee and the position after it.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from ..model.instrument import Instrument
from ..model.profile import ExchangeSettings
from ..model.tape import BBO, KIND_MASK, RATE_SCALE, TRADE
from .desk import SIDES, Desk
from .exchange import layout as L  # noqa: N812  (the layout's names are its vocabulary)
from .execution.account import wallets
from .execution.ledger import ZERO, Ledger
from .execution.order import Order
from .grid import Grid, money
from .sim_gateway import TIF_NAMES

CAUSES = {
    L.TRADE_THROUGH: "trade_through",
    L.QUEUE_CLEARED: "queue_cleared",
    L.BOOK_CROSS: "book_cross",
    L.MARKETABLE: "marketable",
}
REASONS = {
    L.WOULD_CROSS: "post_only_would_cross",
    L.NO_MARGIN: "insufficient_margin",
    L.NOT_REDUCING: "reduce_only",
    L.SELF_TRADE: "self_trade_prevention",
    L.RATE_LIMITED: "rate_limited",
    L.BELOW_MIN_NOTIONAL: "below_min_notional",
    L.NOT_FILLABLE: "fill_or_kill",
    L.NO_MARKET: "no_market",
    L.TOO_LATE: "too_late",
    L.UNFILLED_REST: "unfilled_rest",
    L.VENUE_REJECT: "venue_reject",
    L.VENUE_ERROR: "venue_error",
    L.DISCONNECTED: "disconnected",
    L.BAD_AMEND: "not_amendable",
}
ORDER_EVENTS = {
    L.ACCEPTED: "accepted",
    L.ACCEPTED_AGAIN: "accepted",
    L.REJECTED: "rejected",
    L.CANCELED: "canceled",
    L.CANCEL_REJECTED: "cancel_rejected",
    L.AMENDED: "amended",
    L.AMEND_REJECTED: "amend_rejected",
    L.EXPIRED: "expired",
    L.SUBMITTED: "submitted",
    L.CANCEL_ASKED: "cancel_requested",
    L.AMEND_ASKED: "amend_requested",
}
ASKED = {L.SUBMITTED, L.CANCEL_ASKED, L.AMEND_ASKED}
QUERY_AFTER_NS = 10_000_000_000
HORIZON_NAMES = tuple(f"{ns / 1e9:g}" for ns in L.HORIZONS_NS)
KIND_NAMES = {TRADE: "trade", BBO: "book"}

Emit = Callable[[int, str, dict[str, Any]], object]


def heard_ns(regs: Any, e: int) -> int:
    """Return when the bot hears the answer whose event is at `e`: late when the answer was lost."""
    lost = regs[e + L.E_FLAGS] & L.MUTE and regs[e + L.E_KIND] in {L.ACCEPTED, L.REJECTED}
    return int(regs[e + L.E_DELIVER]) + (QUERY_AFTER_NS if lost else 0)


class Scribe:
    """Writes the journal events of one session and keeps its ledgers."""

    def __init__(self, instruments: tuple[Instrument, ...], settings: ExchangeSettings, emit: Emit) -> None:
        self.instruments, self.emit = instruments, emit
        self.grids = [Grid(instrument) for instrument in instruments]
        self.ledgers = [Ledger(i, settings.fees, settings.balance) for i in instruments]
        self.last_mids = [0] * len(instruments)
        self.gap_from = [0] * len(instruments)
        self.iteration = 0
        self.orders = self.fills = 0
        self.on_funding: Callable[[int, Decimal], object] = _nobody

    # -- what the bot did -------------------------------------------------------------------------

    def submitted(self, now: int, order: Order) -> None:
        """Tell that an order was sent."""
        self.orders += 1
        self.order(now, order, "submitted")

    def order(
        self, now: int, order: Order, event: str, reason: str | None = None, ack_ns: int | None = None
    ) -> None:
        """Tell something about an order as the bot knows it."""
        grid = self.grids[order.instrument]
        self.emit(
            now,
            "order",
            {
                "order_id": order.order_id,
                "client_id": order.client_id,
                "symbol": self.instruments[order.instrument].symbol,
                "side": SIDES[order.side],
                "type": order.kind,
                "tif": order.tif,
                "price": grid.price(order.px) if order.kind == "limit" else None,
                "qty": grid.qty(order.qty),
                "leaves": grid.qty(order.leaves),
                "event": event,
                "reason": reason,
                "intended_ns": order.intended_ns,
                "ack_ns": ack_ns,
                "reduce_only": order.reduce_only,
            },
        )

    def decided(self, desk: Desk, index: int, twice: int) -> None:
        """Tell what the bot saw of an instrument and has standing, at a doubled mid (0: none)."""
        instrument, grid, touch = self.instruments[index], self.grids[index], desk.book(index)
        bids = [o.px for o in desk.orders.values() if o.instrument == index and o.side == 0]
        asks = [o.px for o in desk.orders.values() if o.instrument == index and o.side == 1]
        self.emit(
            desk.now_ns,
            "decision",
            {
                "symbol": instrument.symbol,
                "bid": grid.price(touch.bid) if touch else None,
                "ask": grid.price(touch.ask) if touch else None,
                "mid": grid.mid(twice),
                "quote_bid": grid.price(max(bids)) if bids else None,
                "quote_ask": grid.price(min(asks)) if asks else None,
                "position": grid.qty(desk.positions[index]),
                "equity": self.equity(index, twice),
                "actions": desk.actions,
                "reason": desk.reason,
            },
        )

    # -- what the exchange did --------------------------------------------------------------------

    def tell(self, regs: Any, e: int) -> None:
        """Tell the event of the outbox that begins at `e`."""
        kind, instrument = regs[e + L.E_KIND], regs[e + L.E_INSTRUMENT]
        if kind == L.FILL:
            self.filled(regs, e)
        elif kind in ORDER_EVENTS:
            self.answered(regs, e)
        elif kind == L.MARKOUT:
            mids = [regs[e + L.E_MIDS + h] for h in range(len(HORIZON_NAMES))]
            self.marked_out(regs[e + L.E_TS], instrument, regs[e + L.E_FILL_ID], mids)
        elif kind == L.FUNDED:
            self.funded(regs, e)
        else:
            self.gap(regs[e + L.E_TS], instrument, opens=kind == L.GAP_OPENED)

    def answered(self, regs: Any, e: int) -> None:
        """Tell an answer of the exchange about an order."""
        kind, instrument = regs[e + L.E_KIND], regs[e + L.E_INSTRUMENT]
        grid = self.grids[instrument]
        known = regs[e + L.E_SLOT] >= 0
        self.orders += kind == L.SUBMITTED
        market = regs[e + L.E_TYPE] == L.MARKET
        self.emit(
            regs[e + L.E_TS],
            "order",
            {
                "order_id": regs[e + L.E_ORDER_ID],
                "client_id": f"o{regs[e + L.E_ORDER_ID]}",
                "symbol": self.instruments[instrument].symbol,
                "side": SIDES[regs[e + L.E_SIDE]] if known else None,
                "type": ("market" if market else "limit") if known else None,
                "tif": TIF_NAMES[regs[e + L.E_TIF]] if known else None,
                "price": grid.price(regs[e + L.E_PX]) if known and not market else None,
                "qty": grid.qty(regs[e + L.E_QTY_ORDER]) if known else None,
                "leaves": grid.qty(regs[e + L.E_LEAVES]) if known else None,
                "event": ORDER_EVENTS[kind],
                "reason": REASONS.get(regs[e + L.E_REASON]),
                "intended_ns": regs[e + L.E_INTENDED],
                "ack_ns": None if kind in ASKED else heard_ns(regs, e),
                "reduce_only": bool(regs[e + L.E_FLAGS] & L.REDUCE_ONLY),
            },
        )

    def filled(self, regs: Any, e: int) -> None:
        """Book a fill and tell it, with the market event that proves it."""
        instrument, side = regs[e + L.E_INSTRUMENT], regs[e + L.E_SIDE]
        px, qty, maker = regs[e + L.E_PX], regs[e + L.E_QTY], bool(regs[e + L.E_MAKER])
        grid = self.grids[instrument]
        notional, fee = self.ledgers[instrument].fill(side, px, qty, maker=maker)
        before, after = regs[e + L.E_AHEAD_BEFORE], regs[e + L.E_AHEAD_AFTER]
        self.last_mids[instrument] = regs[e + L.E_MID2] or self.last_mids[instrument]
        self.fills += 1
        self.emit(
            regs[e + L.E_TS],
            "fill",
            {
                "fill_id": regs[e + L.E_FILL_ID],
                "order_id": regs[e + L.E_ORDER_ID],
                "symbol": self.instruments[instrument].symbol,
                "side": SIDES[side],
                "price": grid.price(px),
                "qty": grid.qty(qty),
                "leaves": grid.qty(regs[e + L.E_LEAVES]),
                "notional": money(notional),
                "liquidity": "maker" if maker else "taker",
                "fee": money(fee.amount),
                "fee_currency": fee.currency,
                "fee_settle": money(fee.settled),
                "cause": CAUSES[regs[e + L.E_REASON]],
                "queue_ahead_before": grid.qty(before) if before >= 0 else None,
                "queue_ahead_after": grid.qty(after) if after >= 0 else None,
                "evidence": {
                    "row": regs[e + L.E_ROW],
                    "kind": KIND_NAMES.get(regs[e + L.E_ROW_CODE] & KIND_MASK, "book"),
                    "price": grid.price(regs[e + L.E_ROW_PX]),
                    "qty": grid.qty(regs[e + L.E_ROW_QTY]),
                },
                "mid": grid.mid(regs[e + L.E_MID2]),
                "decision_mid": grid.mid(regs[e + L.E_DECISION_MID2]),
                "order_age_ms": regs[e + L.E_AGE] / 1e6,
                "position": grid.qty(regs[e + L.E_POSITION]),
                "iteration": self.iteration,
            },
        )

    def marked_out(self, now: int, instrument: int, fill_id: int, mids: list[int]) -> None:
        """Tell a fill's mark-outs; a missing mid stays missing."""
        grid = self.grids[instrument]
        told = {name: grid.mid(mid) for name, mid in zip(HORIZON_NAMES, mids, strict=True)}
        symbol = self.instruments[instrument].symbol
        self.emit(now, "markout", {"fill_id": fill_id, "symbol": symbol, "mids": told})

    def funded(self, regs: Any, e: int) -> None:
        """Settle funding on the position held at this moment, and tell it."""
        instrument = regs[e + L.E_INSTRUMENT]
        ledger, grid = self.ledgers[instrument], self.grids[instrument]
        twice = regs[e + L.E_MID2] or self.last_mids[instrument]
        mark = Decimal(regs[e + L.E_PX]) if regs[e + L.E_PX] > 0 else Decimal(twice) / 2
        rate = Decimal(regs[e + L.E_QTY]) / RATE_SCALE
        amount = ledger.fund(rate, mark)
        self.on_funding(instrument, amount)
        self.emit(
            regs[e + L.E_TS],
            "funding",
            {
                "symbol": self.instruments[instrument].symbol,
                "rate": money(rate),
                "mark": money(mark * self.instruments[instrument].tick_size),
                "position": grid.qty(ledger.lots),
                "amount": money(amount),
                "currency": self.instruments[instrument].settle,
            },
        )

    def gap(self, now: int, instrument: int, *, opens: bool) -> None:
        """Tell a gap in the market data once it is over."""
        if opens:
            self.gap_from[instrument] = now
        elif self.gap_from[instrument]:
            symbol = self.instruments[instrument].symbol
            self.emit(now, "gap", {"symbol": symbol, "from_ns": self.gap_from[instrument], "to_ns": now})
            self.gap_from[instrument] = 0

    # -- where it stands --------------------------------------------------------------------------

    def position(self, now: int, instrument: int, twice: int, *, final: bool) -> None:
        """Tell position and money of one instrument, marked at the mid (or the last known one)."""
        ledger, grid = self.ledgers[instrument], self.grids[instrument]
        used = twice or self.last_mids[instrument]
        mark = Decimal(used) / 2 if used else None
        average = ledger.average()
        equity, unrealized = ledger.equity(mark), ledger.unrealized(mark)
        self.emit(
            now,
            "position",
            {
                "symbol": self.instruments[instrument].symbol,
                "qty": grid.qty(ledger.lots),
                "avg_price": money(average) if average is not None else None,
                "mark": grid.mid(used),
                "mark_stale": twice == 0,
                "realized": money(ledger.realized()),
                "unrealized": money(unrealized),
                "fees": money(ledger.fees),
                "funding": money(ledger.funding),
                "equity": money(equity),
                "turnover": money(ledger.turnover),
                "currency": self.instruments[instrument].settle,
                "iteration": self.iteration,
                "final": final,
            },
        )

    def tell_wallets(self, now: int) -> None:
        """Tell what moved each wallet; closing is the sum of the amounts as they are told."""
        for currency, wallet in sorted(self.wallets().items()):
            told = {kind: money(amount) for kind, amount in wallet.items() if kind != "closing"}
            closing = sum(map(Decimal, told.values()), ZERO)
            fields = {"currency": currency, "opening": told.pop("opening"), "moved": told}
            self.emit(now, "wallet", {**fields, "closing": money(closing)})

    def wallets(self) -> dict[str, dict[str, Decimal]]:
        """Return opening, every kind of movement and closing of each wallet."""
        opening: dict[str, Decimal] = {}
        for ledger in self.ledgers:
            settle = ledger.instrument.settle
            opening[settle] = opening.get(settle, ZERO) + ledger.opening
        return wallets(opening, self.ledgers)

    def equity(self, instrument: int, twice: int) -> str:
        """Return the equity of one instrument at a doubled mid, or at the last known one, to 8 places."""
        used = twice or self.last_mids[instrument]
        return money(round(self.ledgers[instrument].equity(Decimal(used) / 2 if used else None), 8))

    def state(self) -> dict[str, Any]:
        """Return everything as JSON-able values."""
        return {
            "ledgers": [ledger.state() for ledger in self.ledgers],
            "last_mids": self.last_mids,
            "gap_from": self.gap_from,
            "iteration": self.iteration,
            "orders": self.orders,
            "fills": self.fills,
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Take over a state that `state` returned."""
        for ledger, saved in zip(self.ledgers, state["ledgers"], strict=True):
            ledger.restore(saved)
        self.last_mids, self.gap_from = state["last_mids"], state["gap_from"]
        self.iteration, self.orders, self.fills = state["iteration"], state["orders"], state["fills"]


def _nobody(_instrument: int, _amount: Decimal) -> None:
    """Let nobody know of a funding payment."""
