"""
The paper venue in a process of its own, so that a trader may be killed and the venue goes on.

The wire is the standard library's: one connection a client, one call a message. `serve` runs until
it is told to stop; `Remote` is the port of it.
"""

import os
import sys
import threading
from collections.abc import Sequence
from decimal import Decimal
from multiprocessing.connection import Client, Connection, Listener
from pathlib import Path
from typing import Any

from tests.engine.venue.paper import Paper

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


class Remote:
    """The port of a venue in another process; a broken wire leaves outcomes unknown."""

    name, testnet = "paper", True

    def __init__(self, address: str) -> None:
        self._address = address
        self._wire: Connection[Any, Any] = Client(address, "AF_UNIX")

    def ask(self, what: str, *args: Any, **more: Any) -> Any:
        """Call a method of the venue."""
        self._wire.send((what, args, more))
        return self._wire.recv()

    def _request(self, what: str, *args: Any, **more: Any) -> Answer:
        try:
            answer: Answer = self.ask(what, *args, **more)
        except (OSError, EOFError) as error:
            return Answer("unknown", reason=str(error))
        return answer

    def _question(self, what: str, *args: Any, **more: Any) -> Any:
        try:
            return self.ask(what, *args, **more)
        except (OSError, EOFError) as error:
            raise VenueUnreachable(str(error)) from error

    def place(self, order: NewOrder) -> Answer:
        """Place an order."""
        return self._request("place", order)

    def cancel(self, handle: Handle) -> Answer:
        """Cancel an order."""
        return self._request("cancel", handle)

    def amend(self, handle: Handle, *, price: Decimal | None, qty: Decimal | None) -> Answer:
        """Amend an order."""
        return self._request("amend", handle, price=price, qty=qty)

    def cancel_all(self, symbol: str | None = None) -> Answer:
        """Cancel everything."""
        return self._request("cancel_all", symbol)

    def instruments(self, symbols: Sequence[str]) -> tuple[Instrument, ...]:
        """Ask for the filters."""
        found: tuple[Instrument, ...] = self._question("instruments", symbols)
        return found

    def open_orders(self, symbol: str | None = None) -> Snapshot[VenueOrder]:
        """Ask for what rests."""
        found: Snapshot[VenueOrder] = self._question("open_orders", symbol)
        return found

    def order(self, handle: Handle) -> VenueOrder | None:
        """Ask for one order."""
        found: VenueOrder | None = self._question("order", handle)
        return found

    def fills(self, since_ns: int) -> Snapshot[VenueFill]:
        """Ask for executions."""
        found: Snapshot[VenueFill] = self._question("fills", since_ns)
        return found

    def positions(self) -> Snapshot[VenuePosition]:
        """Ask for positions."""
        found: Snapshot[VenuePosition] = self._question("positions")
        return found

    def funding(self, since_ns: int) -> Snapshot[VenueFunding] | None:
        """Ask for funding payments."""
        found: Snapshot[VenueFunding] | None = self._question("funding", since_ns)
        return found

    def balances(self) -> dict[str, Decimal]:
        """Ask for the wallets."""
        found: dict[str, Decimal] = self._question("balances")
        return found

    def book(self, symbol: str, levels: int = 5) -> VenueBook:
        """Ask for the book."""
        found: VenueBook = self._question("book", symbol, levels)
        return found

    def arm(self, timeout_ms: int) -> bool:
        """Arm the dead-man's switch."""
        return bool(self._question("arm", timeout_ms))

    def server_ns(self) -> int:
        """Ask for the time."""
        return int(self._question("server_ns"))

    def twin(self) -> "Remote":
        """Return another connection."""
        return Remote(self._address)

    def close(self) -> None:
        """Let go of the wire."""
        self._wire.close()


def serve(address: str, venue: Paper) -> None:
    """Serve one venue until a client asks it to stop."""
    lock, over = threading.Lock(), threading.Event()

    def talk(wire: "Connection[Any, Any]") -> None:
        while True:
            try:
                what, args, more = wire.recv()
            except (OSError, EOFError):
                return
            if what == "stop":
                over.set()
                wire.send(None)
                Path(address).unlink()
                os._exit(0)
            with lock:
                answer = getattr(venue, what)
                answer = answer(*args, **more) if callable(answer) else answer
            try:
                wire.send(answer)
            except OSError:
                # The client died between asking and hearing; the venue has acted all the same.
                return

    with Listener(address, "AF_UNIX", backlog=64) as listener:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        while not over.is_set():
            wire = listener.accept()
            threading.Thread(target=talk, args=(wire,), daemon=True).start()


if __name__ == "__main__":
    seed = int(sys.argv[2])
    serve(str(Path(sys.argv[1])), Paper(seed=seed, fill_ratio=0.3, rejects=0.05))
