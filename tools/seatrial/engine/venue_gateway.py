"""
The gateway to a venue: requests leave only after what they are about is on the disk.

`new`, `cancel` and `amend` hold a request back; `release`, which the core calls after its commit,
hands it to a worker thread with a connection of its own, so that a slow venue does not stop the
bot's loop. Requests about one order go through one worker, in order. Answers wait in a queue until
the loop takes them. Nothing is ever sent twice.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Literal

from ..model.errors import SeatrialError
from ..model.instrument import Instrument
from .execution.order import Order
from .venue.port import Answer, Handle, NewOrder, Side, Venue

Kind = Literal["new", "cancel", "amend"]
STOP_PATIENCE_S = 10.0


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it was when it was made; prices in ticks, quantities in lots."""

    kind: Kind
    number: int
    instrument: int
    handle: Handle
    ticket: NewOrder | None = None
    px: int = 0
    qty: int = 0


@dataclass(frozen=True, slots=True)
class Reply:
    """A request and what came back of it."""

    request: Request
    answer: Answer


class VenueGateway:
    """Carries requests to one venue through `workers` connections; 0 workers send in line, for tests."""

    def __init__(
        self,
        venue: Venue,
        instruments: Sequence[Instrument],
        client_id: Callable[[int], str],
        *,
        workers: int = 4,
        in_flight_max: int = 256,
    ) -> None:
        self.venue, self.instruments, self._client_id = venue, tuple(instruments), client_id
        self._held: list[Request] = []
        self._replies: SimpleQueue[Reply] = SimpleQueue()
        self._in_flight_max, self._in_flight = in_flight_max, 0
        self._queues: list[SimpleQueue[Request | None]] = [SimpleQueue() for _ in range(workers)]
        self._threads = [
            threading.Thread(target=self._work, args=(queue, venue.twin()), name=f"venue-{at}", daemon=True)
            for at, queue in enumerate(self._queues)
        ]
        for thread in self._threads:
            thread.start()

    def client_id(self, number: int) -> str:
        """Return the idempotent id of our order number."""
        return self._client_id(number)

    def new(self, order: Order) -> bool:
        """Hold a new order back; False when too many requests wait for an answer."""
        if self._in_flight >= self._in_flight_max:
            return False
        instrument = self.instruments[order.instrument]
        side: Side = "buy" if order.side == 0 else "sell"
        market = order.kind == "market"
        ticket = NewOrder(
            client_id=order.client_id,
            symbol=instrument.symbol,
            side=side,
            kind="market" if market else "limit",
            tif=order.tif,  # type: ignore[arg-type]  # the desk takes the same four words
            price=None if market else instrument.price(order.px),
            qty=instrument.qty(order.qty),
            reduce_only=order.reduce_only,
        )
        self._hold(Request("new", order.order_id, order.instrument, self._handle(order), ticket))
        return True

    def cancel(self, order: Order) -> bool:
        """Hold a cancel back; there is always room for one."""
        self._hold(Request("cancel", order.order_id, order.instrument, self._handle(order)))
        return True

    def amend(self, order: Order, px: int, qty: int) -> bool:
        """Hold an amendment back."""
        if self._in_flight >= self._in_flight_max:
            return False
        self._hold(Request("amend", order.order_id, order.instrument, self._handle(order), None, px, qty))
        return True

    def release(self) -> None:
        """Send what was held back."""
        held, self._held = self._held, []
        for request in held:
            if self._queues:
                self._queues[request.number % len(self._queues)].put(request)
            else:
                self._replies.put(Reply(request, self._send(self.venue, request)))

    def replies(self) -> Iterator[Reply]:
        """Yield the answers that have come."""
        while True:
            try:
                reply = self._replies.get_nowait()
            except Empty:
                return
            self._in_flight -= 1
            yield reply

    @property
    def in_flight(self) -> int:
        """Return how many requests wait for an answer."""
        return self._in_flight

    def close(self) -> None:
        """Send nothing more and let the workers end."""
        for queue in self._queues:
            queue.put(None)
        for thread in self._threads:
            thread.join(STOP_PATIENCE_S)

    def _hold(self, request: Request) -> None:
        self._in_flight += 1
        self._held.append(request)

    def _handle(self, order: Order) -> Handle:
        return Handle(order.client_id, self.instruments[order.instrument].symbol, order.venue_id)

    def _work(self, queue: "SimpleQueue[Request | None]", venue: Venue) -> None:
        try:
            while (request := queue.get()) is not None:
                self._replies.put(Reply(request, self._send(venue, request)))
        finally:
            venue.close()

    def _send(self, venue: Venue, request: Request) -> Answer:
        instrument = self.instruments[request.instrument]
        try:
            if request.kind == "new" and request.ticket is not None:
                return venue.place(request.ticket)
            if request.kind == "cancel":
                return venue.cancel(request.handle)
            price, qty = instrument.price(request.px), instrument.qty(request.qty)
            return venue.amend(request.handle, price=price, qty=qty)
        except (SeatrialError, OSError, ValueError, KeyError, TypeError) as error:
            # An adapter that breaks its word leaves the outcome open: the request may have arrived.
            return Answer("unknown", reason=f"{type(error).__name__}: {error}")
