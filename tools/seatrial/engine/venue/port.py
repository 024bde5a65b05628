"""
The port of a venue: what the execution core asks of an exchange, whoever answers.

Three answers to a request exist, never two: accepted, rejected, and *unknown*. A time-out, a broken
connection, a 5xx or an answer that cannot be read leave the outcome unknown, because the venue may
have acted; only a structured refusal, or a status whose meaning proves that nothing was accepted,
is a rejection. Questions about state answer with a `Snapshot`, which says whether it is complete:
what is absent from an incomplete snapshot is not absent.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Generic, Literal, Protocol, TypeVar

from ...model.errors import OutsideError
from ...model.instrument import Instrument

Item = TypeVar("Item")
Side = Literal["buy", "sell"]


class VenueUnreachable(OutsideError):  # noqa: N818  (what it is, in the words of the field)
    """A question got no usable answer; nothing is known from it, and asking again is safe."""


@dataclass(frozen=True, slots=True)
class NewOrder:
    """An order to place; `price` is None for a market order, times in force as in the profile."""

    client_id: str
    symbol: str
    side: Side
    kind: Literal["limit", "market"]
    tif: Literal["gtc", "ioc", "fok", "post_only"]
    price: Decimal | None
    qty: Decimal
    reduce_only: bool = False


@dataclass(frozen=True, slots=True)
class Handle:
    """What names an order at the venue: our id always, the venue's own once it is known."""

    client_id: str
    symbol: str
    venue_id: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """
    What came back of a request.

    `unknown`: the request may have been carried out; ask before anything else. `retry_after_ms` is
    the venue's own word on a rate limit. `ts_ns` is the venue's time where it says one.
    """

    outcome: Literal["accepted", "rejected", "unknown"]
    venue_id: str | None = None
    reason: str | None = None
    retry_after_ms: int | None = None
    ts_ns: int | None = None


@dataclass(frozen=True, slots=True)
class VenueOrder:
    """An order as the venue states it; `status` is open, canceled, expired, rejected or filled."""

    handle: Handle
    side: Side
    price: Decimal | None
    qty: Decimal
    filled: Decimal
    status: Literal["open", "canceled", "expired", "rejected", "filled"]
    ts_ns: int
    reason: str | None = None
    reduce_only: bool = False


@dataclass(frozen=True, slots=True)
class VenueFill:
    """
    An execution as the venue states it.

    `fee` is the signed cash effect in `fee_currency` (paid is negative). `trade_id` is the venue's
    own id of the execution; `leg` tells legs apart where a venue reuses an id.
    """

    handle: Handle
    trade_id: str
    side: Side
    price: Decimal
    qty: Decimal
    fee: Decimal
    fee_currency: str
    maker: bool | None
    ts_ns: int
    leg: int = 0


@dataclass(frozen=True, slots=True)
class VenuePosition:
    """A position as the venue states it: signed quantity, average entry price (None when flat)."""

    symbol: str
    qty: Decimal
    entry: Decimal | None
    ts_ns: int


@dataclass(frozen=True, slots=True)
class VenueFunding:
    """A funding payment as the venue booked it; received is positive, in the settlement currency."""

    symbol: str
    funding_id: str
    amount: Decimal
    ts_ns: int
    rate: Decimal | None = None


@dataclass(frozen=True, slots=True)
class VenueBook:
    """The best levels of a book, best first: (price, quantity); `ts_ns` is the venue's time."""

    symbol: str
    bids: tuple[tuple[Decimal, Decimal], ...]
    asks: tuple[tuple[Decimal, Decimal], ...]
    ts_ns: int


@dataclass(frozen=True, slots=True)
class Snapshot(Generic[Item]):
    """Everything of one kind at one moment; `complete` is False when a page or a venue was missing."""

    items: tuple[Item, ...]
    complete: bool
    ts_ns: int


class Venue(Protocol):
    """
    One exchange account. Requests never raise for an outcome; questions raise `VenueUnreachable`.

    An instance belongs to one thread; `twin` makes another for the kill switch's own connection,
    which must work when everything else is blocked.
    """

    name: str
    testnet: bool

    def instruments(self, symbols: Sequence[str]) -> tuple[Instrument, ...]:
        """Return the venue's filters of these symbols."""

    def place(self, order: NewOrder) -> Answer:
        """Place an order."""

    def amend(self, handle: Handle, *, price: Decimal | None, qty: Decimal | None) -> Answer:
        """Change price or total quantity of an order."""

    def cancel(self, handle: Handle) -> Answer:
        """Cancel an order; `rejected` means that it is not open any more or never was."""

    def cancel_all(self, symbol: str | None = None) -> Answer:
        """Cancel every order of a symbol, or of the account."""

    def open_orders(self, symbol: str | None = None) -> Snapshot[VenueOrder]:
        """Return the orders that rest at the venue."""

    def order(self, handle: Handle) -> VenueOrder | None:
        """Return one order in whatever state, None when the venue says that it does not know it."""

    def fills(self, since_ns: int) -> Snapshot[VenueFill]:
        """Return the executions since a moment, oldest first."""

    def positions(self) -> Snapshot[VenuePosition]:
        """Return the positions; a symbol that is absent from a complete snapshot is flat."""

    def funding(self, since_ns: int) -> Snapshot[VenueFunding] | None:
        """Return the funding payments since a moment; None when this adapter cannot tell them."""

    def balances(self) -> dict[str, Decimal]:
        """Return the wallet balance of each currency."""

    def book(self, symbol: str, levels: int = 5) -> VenueBook:
        """Return the best levels."""

    def arm(self, timeout_ms: int) -> bool:
        """Arm the venue's dead-man's switch, 0 disarms; False when the venue has none."""

    def server_ns(self) -> int:
        """Return the venue's clock, in nanoseconds UTC."""

    def twin(self) -> "Venue":
        """Return the same account over a connection of its own."""

    def close(self) -> None:
        """Let go of the connection."""
