"""
A small venue that keeps its word, and can be told to break it: for the core's tests.

It takes the port's requests and answers as a venue would: client ids are idempotent, cancels of
ended orders are rejected, every execution has an id. Told to, it loses answers, hides pages or
does not answer at all. It is a venue of its own, with no code of the core in it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from random import Random
from typing import TypeVar

from seatrial.engine.venue.port import (
    Answer,
    Handle,
    NewOrder,
    Snapshot,
    VenueBook,
    VenueFill,
    VenueFunding,
    VenueOrder,
    VenuePosition,
    VenueUnreachable,
)
from seatrial.model.instrument import Instrument

PERP = Instrument(
    symbol="BTCUSDT",
    venue="paper",
    base="BTC",
    quote="USDT",
    tick_size=Decimal("0.1"),
    lot_size=Decimal("0.001"),
)
Item = TypeVar("Item")
ENDED = {"canceled", "expired", "rejected", "filled"}


@dataclass
class Paper:
    """One account at one venue; `now_ns` is its clock, advanced by every request."""

    instruments_: Sequence[Instrument] = (PERP,)
    seed: int = 1
    name: str = "paper"
    testnet: bool = True
    fill_ratio: float = 0.0
    lost_answers: float = 0.0
    lost_requests: float = 0.0
    rejects: float = 0.0
    down: bool = False
    incomplete: frozenset[str] = frozenset()
    now_ns: int = 1_700_000_000_000_000_000
    orders: dict[str, VenueOrder] = field(default_factory=dict)
    executions: list[VenueFill] = field(default_factory=list)
    opening: dict[str, tuple[Decimal, Decimal]] = field(default_factory=dict)
    payments: list[VenueFunding] = field(default_factory=list)
    armed_ms: int = 0
    asked: list[str] = field(default_factory=list)
    duplicates: int = 0

    def __post_init__(self) -> None:
        self.draws = Random(self.seed)

    # -- requests -------------------------------------------------------------------------------

    def place(self, order: NewOrder) -> Answer:
        """Take an order once; the same client id again is refused, as venues do."""
        if self._lost_request("place"):
            return Answer("unknown", reason="time-out")
        if order.client_id in self.orders:
            self.duplicates += 1
            return Answer("rejected", reason="duplicate client id")
        if self.draws.random() < self.rejects:
            return Answer("rejected", reason="insufficient balance")
        handle = Handle(order.client_id, order.symbol, f"v{len(self.orders) + 1}")
        self.orders[order.client_id] = VenueOrder(
            handle,
            order.side,
            order.price,
            order.qty,
            Decimal(0),
            "open",
            self.now_ns,
            None,
            order.reduce_only,
        )
        if self.draws.random() < self.fill_ratio:
            self.trade(order.client_id, Decimal(1) if self.draws.random() < 0.5 else Decimal("0.5"))
        return self._answer(Answer("accepted", venue_id=handle.venue_id, ts_ns=self.now_ns))

    def cancel(self, handle: Handle) -> Answer:
        """End an open order."""
        if self._lost_request("cancel"):
            return Answer("unknown", reason="time-out")
        stated = self.orders.get(handle.client_id)
        if stated is None or stated.status in ENDED:
            return Answer("rejected", reason="too late or unknown")
        self.orders[handle.client_id] = replace(stated, status="canceled", ts_ns=self.now_ns)
        return self._answer(Answer("accepted", venue_id=stated.handle.venue_id))

    def amend(self, handle: Handle, *, price: Decimal | None, qty: Decimal | None) -> Answer:
        """Change an open order."""
        if self._lost_request("amend"):
            return Answer("unknown", reason="time-out")
        stated = self.orders.get(handle.client_id)
        if stated is None or stated.status in ENDED:
            return Answer("rejected", reason="too late or unknown")
        changed = replace(stated, price=price or stated.price, qty=qty or stated.qty, ts_ns=self.now_ns)
        self.orders[handle.client_id] = changed
        return self._answer(Answer("accepted", venue_id=stated.handle.venue_id))

    def cancel_all(self, symbol: str | None = None) -> Answer:
        """End every open order."""
        if self._lost_request("cancel_all"):
            return Answer("unknown", reason="time-out")
        for client_id, stated in self.orders.items():
            if stated.status == "open" and symbol in {None, stated.handle.symbol}:
                self.orders[client_id] = replace(stated, status="canceled", ts_ns=self.now_ns)
        return self._answer(Answer("accepted"))

    # -- questions --------------------------------------------------------------------------------

    def instruments(self, symbols: Sequence[str]) -> tuple[Instrument, ...]:
        """Return the filters."""
        self._must_answer("instruments")
        return tuple(each for each in self.instruments_ if each.symbol in symbols)

    def open_orders(self, symbol: str | None = None) -> Snapshot[VenueOrder]:
        """Return what rests."""
        self._must_answer("open_orders")
        resting = [each for each in self.orders.values() if each.status == "open"]
        return self._page("open_orders", resting)

    def order(self, handle: Handle) -> VenueOrder | None:
        """Return one order."""
        self._must_answer("order")
        return self.orders.get(handle.client_id)

    def fills(self, since_ns: int) -> Snapshot[VenueFill]:
        """Return the executions."""
        self._must_answer("fills")
        return self._page("fills", [each for each in self.executions if each.ts_ns >= since_ns])

    def positions(self) -> Snapshot[VenuePosition]:
        """Return the positions that are not flat."""
        self._must_answer("positions")
        stated = []
        for instrument in self.instruments_:
            qty = self.position(instrument.symbol)
            if qty:
                entry = self.opening.get(instrument.symbol, (Decimal(0), Decimal(100)))[1]
                stated.append(VenuePosition(instrument.symbol, qty, entry, self.now_ns))
        return self._page("positions", stated)

    def funding(self, since_ns: int) -> Snapshot[VenueFunding] | None:
        """Return the funding payments."""
        self._must_answer("funding")
        return self._page("funding", [each for each in self.payments if each.ts_ns >= since_ns])

    def balances(self) -> dict[str, Decimal]:
        """Return the wallets."""
        self._must_answer("balances")
        return {"USDT": Decimal(10_000)}

    def book(self, symbol: str, levels: int = 5) -> VenueBook:
        """Return a book that stands still."""
        self._must_answer("book")
        bids = tuple((Decimal(100) - Decimal(n) / 10, Decimal(1)) for n in range(1, levels + 1))
        asks = tuple((Decimal(100) + Decimal(n) / 10, Decimal(1)) for n in range(1, levels + 1))
        return VenueBook(symbol, bids, asks, self.now_ns)

    def arm(self, timeout_ms: int) -> bool:
        """Arm the dead-man's switch."""
        self.armed_ms = timeout_ms
        return True

    def server_ns(self) -> int:
        """Return the clock."""
        return self.now_ns

    def twin(self) -> "Paper":
        """Return itself: in process there is one connection."""
        return self

    def close(self) -> None:
        """Have nothing to let go of."""

    # -- what the market does -----------------------------------------------------------------------

    def trade(
        self, client_id: str, share: Decimal = Decimal(1), *, price: Decimal | None = None
    ) -> VenueFill:
        """Execute a share of what is left of an order."""
        self.now_ns += 1_000_000
        stated = self.orders[client_id]
        left = stated.qty - stated.filled
        lot = next(i.lot_size for i in self.instruments_ if i.symbol == stated.handle.symbol)
        qty = max(lot, (left * share / lot).to_integral_value() * lot)
        px = price or stated.price or Decimal(100)
        fill = VenueFill(
            stated.handle, f"t{len(self.executions) + 1}", stated.side, px, qty,
            -px * qty * Decimal("0.0002"), "USDT", True, self.now_ns,
        )  # fmt: skip
        self.executions.append(fill)
        filled = stated.filled + qty
        full = filled >= stated.qty
        self.orders[client_id] = replace(
            stated, filled=filled, status="filled" if full else stated.status, ts_ns=self.now_ns
        )
        return fill

    def fund(self, amount: str) -> None:
        """Pay or take funding."""
        self.now_ns += 1_000_000
        number = f"f{len(self.payments) + 1}"
        self.payments.append(VenueFunding("BTCUSDT", number, Decimal(amount), self.now_ns))

    def position(self, symbol: str) -> Decimal:
        """Return what the executions and the opening add up to."""
        moved = sum(
            (each.qty if each.side == "buy" else -each.qty)
            for each in self.executions
            if each.handle.symbol == symbol
        )
        return self.opening.get(symbol, (Decimal(0), Decimal(0)))[0] + moved

    # -- breaking its word ----------------------------------------------------------------------------

    def _lost_request(self, what: str) -> bool:
        self.now_ns += 1_000_000
        self.asked.append(what)
        return self.down or self.draws.random() < self.lost_requests

    def _answer(self, answer: Answer) -> Answer:
        return Answer("unknown", reason="time-out") if self.draws.random() < self.lost_answers else answer

    def _must_answer(self, what: str) -> None:
        self.now_ns += 1_000_000
        self.asked.append(what)
        if self.down:
            raise VenueUnreachable(f"{self.name} does not answer")

    def _page(self, what: str, items: list[Item]) -> Snapshot[Item]:
        whole = what not in self.incomplete
        return Snapshot(
            tuple(items if whole else items[: len(items) // 2]), complete=whole, ts_ns=self.now_ns
        )
