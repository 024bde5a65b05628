"""
The sweep: cancel everything, and ask the venue until it has confirmed zero open orders.

A cancel that was accepted proves nothing and one that failed proves nothing either; only complete
snapshots count, and two of them in a row, because a request that was on its way when trading
stopped may still become an order.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from ..engine.venue.port import Answer, Handle, Snapshot, Venue, VenueOrder, VenueUnreachable
from ..model.live_settings import KillSettings

_LONGEST_RETRY_AFTER_MS = 5_000.0
_BROKEN = Answer("unknown", reason="the adapter raised")


@dataclass(frozen=True, slots=True)
class Step:
    """
    What one try came to.

    `open_orders` is None when the venue could not say; `confirmed_at_ns` is set once zero is sure.
    """

    open_orders: int | None
    confirmed_at_ns: int | None
    wait_ms: float
    tries: int
    trouble: str | None = None


class Sweep:
    """
    Gets one account to zero open orders, one try after another.

    Without `whole` only these symbols: a clean end leaves the orders of the account's other
    instances alone.
    """

    def __init__(
        self,
        venue: Venue,
        symbols: Sequence[str],
        settings: KillSettings,
        now_ns: Callable[[], int],
        *,
        whole: bool = True,
    ) -> None:
        self._whole = whole
        self._venue, self._symbols, self._settings, self._now_ns = venue, tuple(symbols), settings, now_ns
        self._tries = self._failures = self._zeros = 0
        self._left: tuple[Handle, ...] = ()
        self._asked_to_wait_ms = 0.0
        self._trouble: str | None = None

    def step(self) -> Step:
        """Cancel what there may be, look, and say how long to wait before the next try."""
        self._tries += 1
        self._asked_to_wait_ms, self._trouble = 0.0, None
        if self._zeros == 0:
            self._cancel()
        return self._look()

    def _cancel(self) -> None:
        """Ask for the cancel of all; where that is not accepted, of each symbol and each order left."""
        whole = self._ask(lambda: self._venue.cancel_all(None)) if self._whole else "not asked"
        if whole != "accepted":
            for symbol in self._symbols:
                self._ask(lambda symbol=symbol: self._venue.cancel_all(symbol))  # type: ignore[misc]
        if whole == "rejected" or self._tries > 1:
            for handle in self._left:
                self._ask(lambda handle=handle: self._venue.cancel(handle))  # type: ignore[misc]

    def _look(self) -> Step:
        snapshot = self._snapshot()
        if snapshot is None or not snapshot.complete:
            # Nothing is known: neither progress nor a reason to begin again.
            self._failures += 1
            self._zeros = 0
            self._left = tuple(order.handle for order in snapshot.items) if snapshot else self._left
            return self._said(None, None, self._backoff_ms())
        self._left = tuple(order.handle for order in snapshot.items)
        if self._left:
            self._failures += 1
            self._zeros = 0
            return self._said(len(self._left), None, self._backoff_ms())
        self._failures = 0
        self._zeros += 1
        if self._zeros < 2:
            return self._said(0, None, self._settings.settle_ms)
        return self._said(0, self._now_ns(), self._settings.recheck_ms)

    def _said(self, open_orders: int | None, confirmed_at_ns: int | None, wait_ms: float) -> Step:
        wait_ms = max(wait_ms, min(self._asked_to_wait_ms, _LONGEST_RETRY_AFTER_MS))
        return Step(open_orders, confirmed_at_ns, wait_ms, self._tries, self._trouble)

    def _backoff_ms(self) -> float:
        doubled = self._settings.backoff_ms * 2.0 ** min(self._failures - 1, 16)
        return min(doubled, self._settings.backoff_max_ms)

    def _ask(self, request: Callable[[], Answer]) -> str:
        answer = _BROKEN
        with suppress(Exception):  # nothing that an adapter does may end a sweep
            answer = request()
        if answer.outcome != "accepted":
            self._trouble = answer.reason
            self._asked_to_wait_ms = max(self._asked_to_wait_ms, float(answer.retry_after_ms or 0))
        return answer.outcome

    def _snapshot(self) -> Snapshot[VenueOrder] | None:
        try:
            if self._whole:
                return self._venue.open_orders(None)
            parts = [self._venue.open_orders(symbol) for symbol in self._symbols]
        except VenueUnreachable as error:
            self._trouble = error.message
        except Exception as error:  # noqa: BLE001 -- nothing that an adapter does may end a sweep
            self._trouble = f"{type(error).__name__}: {error}"
        else:
            items = tuple(order for part in parts for order in part.items)
            return Snapshot(items, all(part.complete for part in parts), parts[0].ts_ns)
        return None
