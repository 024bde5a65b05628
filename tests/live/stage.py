"""A venue in memory that follows the port, with switches for every way in which one misbehaves."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import count
from threading import Event, RLock
from typing import Literal

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
from seatrial.live.latch.state import Presence
from seatrial.model.instrument import Instrument

NOW_NS = 1_700_000_000 * 10**9
BTC = Instrument(
    symbol="BTCUSDT",
    venue="memory",
    base="BTC",
    quote="USDT",
    tick_size=Decimal("0.1"),
    lot_size=Decimal("0.001"),
)


@dataclass
class Exchange:
    """The account behind every connection."""

    orders: dict[str, VenueOrder] = field(default_factory=dict)
    fills: list[VenueFill] = field(default_factory=list)
    wallet: dict[str, Decimal] = field(default_factory=lambda: {"USDT": Decimal(1_000)})
    position: Decimal = Decimal(0)
    bid: Decimal = Decimal("100.0")
    ask: Decimal = Decimal("100.1")
    numbers: "count[int]" = field(default_factory=lambda: count(1))
    asked: list[str] = field(default_factory=list)
    armed: list[int] = field(default_factory=list)
    failing: int = 0
    """So many requests to come get a 5xx."""
    stubborn: set[str] = field(default_factory=set)
    """Symbols whose cancel-all does nothing."""
    whole: bool = True
    """Whether cancel-all for the account is known here."""
    complete: bool = True
    questions_incomplete: bool = False
    """Whether executions come incomplete, while orders come whole."""
    late: list[NewOrder] = field(default_factory=list)
    """Orders that arrive after the next snapshot."""
    gone: dict[str, VenueOrder] = field(default_factory=dict)
    """Ended orders by client id."""
    switch: bool = True
    lock: RLock = field(default_factory=RLock)


class MemoryVenue:
    """One connection to the account; `hang` keeps its requests waiting."""

    name, testnet = "memory", True

    def __init__(self, exchange: Exchange, hang: Event | None = None) -> None:
        self.exchange, self.hang = exchange, hang

    def _enter(self, what: str) -> None:
        if self.hang is not None:
            self.hang.wait(30)
        with self.exchange.lock:
            self.exchange.asked.append(what)

    def _fails(self) -> bool:
        with self.exchange.lock:
            self.exchange.failing -= self.exchange.failing > 0
            return self.exchange.failing > 0

    def instruments(self, symbols: Sequence[str]) -> tuple[Instrument, ...]:
        """The filters."""
        return (BTC,)

    def place(self, order: NewOrder) -> Answer:
        """Rest an order."""
        self._enter("place")
        if self._fails():
            return Answer("unknown", reason="503")
        venue_id = self.rest(order)
        return Answer("accepted", venue_id=venue_id, ts_ns=NOW_NS)

    def rest(self, order: NewOrder) -> str:
        """Put an order into the book, whoever sent it."""
        with self.exchange.lock:
            venue_id = f"v{next(self.exchange.numbers)}"
            handle = Handle(order.client_id, order.symbol, venue_id)
            self.exchange.orders[venue_id] = VenueOrder(
                handle, order.side, order.price, order.qty, Decimal(0), "open", NOW_NS
            )
            return venue_id

    def amend(self, handle: Handle, *, price: Decimal | None, qty: Decimal | None) -> Answer:
        """Refuse: nothing here needs it."""
        return Answer("rejected", reason="not here")

    def cancel(self, handle: Handle) -> Answer:
        """Cancel one."""
        self._enter("cancel")
        if self._fails():
            return Answer("unknown", reason="503")
        with self.exchange.lock:
            rests = self.exchange.orders.values()
            found = next((one for one in rests if one.handle.client_id == handle.client_id), None)
            if found is not None:
                self.end(found, "canceled")
        return Answer("accepted" if found else "rejected")

    def end(self, order: VenueOrder, status: Literal["canceled", "filled"]) -> None:
        """Take an order out of the book."""
        with self.exchange.lock:
            self.exchange.orders.pop(order.handle.venue_id or "", None)
            self.exchange.gone[order.handle.client_id] = replace(order, status=status)

    def fill(self, client_id: str, qty: str = "0.010", ts_ns: int = NOW_NS) -> None:
        """Fill an order, whole or in part."""
        with self.exchange.lock:
            rests = self.exchange.orders.values()
            order = next(one for one in rests if one.handle.client_id == client_id)
            filled = order.filled + Decimal(qty)
            order = replace(order, filled=filled)
            self.exchange.orders[order.handle.venue_id or ""] = order
            number = next(self.exchange.numbers)
            assert order.price is not None
            self.exchange.fills.append(
                VenueFill(
                    order.handle, f"t{number}", order.side, order.price, Decimal(qty),
                    Decimal("-0.001"), "USDT", True, ts_ns,
                )
            )  # fmt: skip
            self.exchange.position += Decimal(qty) * (1 if order.side == "buy" else -1)
            if filled == order.qty:
                self.end(order, "filled")

    def cancel_all(self, symbol: str | None = None) -> Answer:
        """Cancel a symbol's, or all."""
        self._enter("cancel_all")
        if self._fails():
            return Answer("unknown", reason="503", retry_after_ms=5)
        with self.exchange.lock:
            if symbol is None and not self.exchange.whole:
                return Answer("rejected", reason="needs a symbol")
            for order in tuple(self.exchange.orders.values()):
                if (
                    symbol in {None, order.handle.symbol}
                ) and order.handle.symbol not in self.exchange.stubborn:
                    self.end(order, "canceled")
        return Answer("accepted")

    def open_orders(self, symbol: str | None = None) -> Snapshot[VenueOrder]:
        """Return what rests."""
        self._enter("open_orders")
        if self._fails():
            raise VenueUnreachable("503")
        with self.exchange.lock:
            found = tuple(
                order for order in self.exchange.orders.values() if symbol in {None, order.handle.symbol}
            )
            late, self.exchange.late = self.exchange.late, []
        for order in late:
            self.rest(order)
        return Snapshot(found, self.exchange.complete, NOW_NS)

    def order(self, handle: Handle) -> VenueOrder | None:
        """Return one."""
        self._enter("order")
        rests = self.exchange.orders.values()
        found = next((one for one in rests if one.handle.client_id == handle.client_id), None)
        return found or self.exchange.gone.get(handle.client_id)

    def fills(self, since_ns: int) -> Snapshot[VenueFill]:
        """Return the executions."""
        return Snapshot(tuple(self.exchange.fills), not self.exchange.questions_incomplete, NOW_NS)

    def positions(self) -> Snapshot[VenuePosition]:
        """Return the position."""
        held = self.exchange.position
        items = (VenuePosition("BTCUSDT", held, self.exchange.bid, NOW_NS),) if held else ()
        return Snapshot(items, True, NOW_NS)

    def funding(self, since_ns: int) -> Snapshot[VenueFunding] | None:
        """Tell of no funding: this adapter cannot."""
        return None

    def balances(self) -> dict[str, Decimal]:
        """Return the wallet."""
        return dict(self.exchange.wallet)

    def book(self, symbol: str, levels: int = 5) -> VenueBook:
        """Return the touch."""
        one = Decimal(1)
        return VenueBook(symbol, ((self.exchange.bid, one),), ((self.exchange.ask, one),), NOW_NS)

    def arm(self, timeout_ms: int) -> bool:
        """Arm the switch, if there is one."""
        self.exchange.armed.append(timeout_ms)
        return self.exchange.switch

    def server_ns(self) -> int:
        """Return the time."""
        return NOW_NS

    def twin(self) -> "MemoryVenue":
        """Return another connection, which never hangs."""
        return MemoryVenue(self.exchange)

    def close(self) -> None:
        """Do nothing."""


def order(number: int, symbol: str = "BTCUSDT", side: Literal["buy", "sell"] = "buy") -> NewOrder:
    """A resting order."""
    return NewOrder(f"c{number}", symbol, side, "limit", "post_only", Decimal("99.5"), Decimal("0.010"))


def presence(instance: str = "run-1", record: str = "") -> Presence:
    """Who runs."""
    import os

    from seatrial.store.heartbeat import boot_id, started_ns

    return Presence(
        instance=instance,
        account="main",
        symbols=("BTCUSDT", "ETHUSDT"),
        pid=os.getpid(),
        pid_started_ns=started_ns(),
        boot_id=boot_id(),
        host="here",
        record=record,
        since_ns=NOW_NS,
    )


def eventually(what: Callable[[], object], seconds: float = 10.0) -> None:
    """Wait, bounded, until `what` is true."""
    pause = Event()
    for _ in range(int(seconds / 0.01)):
        if what():
            return
        pause.wait(0.01)
    raise AssertionError("it did not come to pass in time")
