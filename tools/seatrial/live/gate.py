"""
The gate: a venue through which no new order leaves once it is shut.

The bot's loop may be in the middle of anything when trading is stopped, and what it sends then
would have to be swept again. Shutting the gate is one flag, seen by every connection at once.
Cancels and questions pass it always, and so does an order that can only reduce a position and
cannot rest: a stop must not trap risk.
"""

from collections.abc import Sequence
from decimal import Decimal
from threading import Event

from ..engine.venue.port import (
    Answer,
    Handle,
    NewOrder,
    Snapshot,
    Venue,
    VenueBook,
    VenueFill,
    VenueFunding,
    VenueOrder,
    VenuePosition,
)
from ..model.instrument import Instrument

_CANNOT_REST = frozenset({"ioc", "fok"})


def takes_risk_away(order: NewOrder) -> bool:
    """Return whether an order can only reduce a position, and leaves nothing resting."""
    return order.reduce_only and (order.kind == "market" or order.tif in _CANNOT_REST)


class Gate:
    """One connection with the flag that its twins share."""

    def __init__(self, venue: Venue, shut: Event | None = None) -> None:
        self._venue, self._shut = venue, shut or Event()
        self.name, self.testnet = venue.name, venue.testnet

    def shut(self, reason: str) -> None:
        """Let no new order through any more, on any connection."""
        self._shut.set()

    def place(self, order: NewOrder) -> Answer:
        """Place an order; after a stop only one that takes risk away at once."""
        if self._shut.is_set() and not takes_risk_away(order):
            return Answer("rejected", reason="trading was stopped")
        return self._venue.place(order)

    def amend(self, handle: Handle, *, price: Decimal | None, qty: Decimal | None) -> Answer:
        """Amend an order, unless trading was stopped."""
        if self._shut.is_set():
            return Answer("rejected", reason="trading was stopped")
        return self._venue.amend(handle, price=price, qty=qty)

    def twin(self) -> Venue:
        """Return another connection behind the same gate."""
        return Gate(self._venue.twin(), self._shut)

    def instruments(self, symbols: Sequence[str]) -> tuple[Instrument, ...]:
        """Return the venue's filters."""
        return self._venue.instruments(symbols)

    def cancel(self, handle: Handle) -> Answer:
        """Cancel an order."""
        return self._venue.cancel(handle)

    def cancel_all(self, symbol: str | None = None) -> Answer:
        """Cancel all."""
        return self._venue.cancel_all(symbol)

    def open_orders(self, symbol: str | None = None) -> Snapshot[VenueOrder]:
        """Return what rests."""
        return self._venue.open_orders(symbol)

    def order(self, handle: Handle) -> VenueOrder | None:
        """Return one order."""
        return self._venue.order(handle)

    def fills(self, since_ns: int) -> Snapshot[VenueFill]:
        """Return the executions."""
        return self._venue.fills(since_ns)

    def positions(self) -> Snapshot[VenuePosition]:
        """Return the positions."""
        return self._venue.positions()

    def funding(self, since_ns: int) -> Snapshot[VenueFunding] | None:
        """Return the funding payments."""
        return self._venue.funding(since_ns)

    def balances(self) -> dict[str, Decimal]:
        """Return the wallet."""
        return self._venue.balances()

    def book(self, symbol: str, levels: int = 5) -> VenueBook:
        """Return the best levels."""
        return self._venue.book(symbol, levels)

    def arm(self, timeout_ms: int) -> bool:
        """Arm the venue's own switch."""
        return self._venue.arm(timeout_ms)

    def server_ns(self) -> int:
        """Return the venue's clock."""
        return self._venue.server_ns()

    def close(self) -> None:
        """Close the connection."""
        self._venue.close()
