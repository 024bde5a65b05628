"""
Evidence: what a venue states about orders and fills, turned into records of the core.

The same statements come as answers, over polls, over streams and in reconciliation; they all go
through here, so that there is one rule for what a statement proves. An order that the venue calls
open is there. One that it calls ended has ended, but its fills count only once they are seen: the
sum that a status carries is a claim to be looked into, never a fill.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from ...model.errors import InputError
from ...model.instrument import Instrument
from ..venue.port import VenueFill, VenueFunding, VenueOrder
from .core import Execution
from .fills import BOOKED, Fill
from .ledger import EXACT, Fee
from .order import Order
from .rates import DatedRates

SIDES: Final = {"buy": 0, "sell": 1}
_ENDS: Final = {"canceled": "cancel", "expired": "expire", "rejected": "reject"}


@dataclass
class Seen:
    """
    What came of some statements.

    Records made, orders with the lots that the venue says were filled, open orders of strangers, and
    statements that do not fit the instrument's grid (rounding them would be wrong money).
    """

    records: int = 0
    claimed: list[tuple[Order, int]] = field(default_factory=list)
    strangers: list[VenueOrder] = field(default_factory=list)
    off_grid: list[str] = field(default_factory=list)


class Evidence:
    """Turns statements of one venue into records of one core."""

    def __init__(self, core: Execution, rates: DatedRates | None = None) -> None:
        self.core, self.rates = core, rates or DatedRates({})
        self.on_funding: Callable[[int, VenueFunding], object] = _nobody
        self._index = {instrument.symbol: at for at, instrument in enumerate(core.blotter.instruments)}

    @property
    def instruments(self) -> Sequence[Instrument]:
        """Return the instruments that the core trades."""
        return self.core.blotter.instruments

    def index(self, symbol: str) -> int | None:
        """Return an instrument's index, None when the core does not trade it."""
        return self._index.get(symbol)

    # -- orders -----------------------------------------------------------------------------------

    def order(self, stated: VenueOrder, seen: Seen) -> Order | None:
        """Take a statement about an order; one that is not ours goes to the strangers."""
        order = self.core.blotter.by_client_id(stated.handle.client_id)
        if order is None:
            # Another instance of the account may trade other symbols.
            if stated.status == "open" and self.index(stated.handle.symbol) is not None:
                seen.strangers.append(stated)
            return None
        if stated.handle.venue_id and order.venue_id is None and stated.status != "rejected":
            self._record(seen, "accept", order.order_id, stated.handle.venue_id)
        if stated.status == "open":
            self._open(order, stated, seen)
        elif stated.status in _ENDS and order.order_id in self.core.orders:
            self._record(seen, _ENDS[stated.status], order.order_id)
        filled = self._lots(order.instrument, stated.filled)
        if filled:
            seen.claimed.append((order, filled))
        return order

    def _open(self, order: Order, stated: VenueOrder, seen: Seen) -> None:
        """Take it as resting: whatever was thought lost or unknown is settled, and its numbers are told."""
        try:
            px = order.px if stated.price is None else self._ticks(order.instrument, stated.price)
            qty = self._lots(order.instrument, stated.qty)
        except InputError as error:
            seen.off_grid.append(f"order {order.client_id}: {error.message}")
            return
        if (px, qty) != (order.px, order.qty) and stated.ts_ns >= order.version:
            self._record(seen, "replaced", order.order_id, px, qty, stated.ts_ns)
        elif order.status in {"pending_new", "unknown", "lost"} or order.thought_rejected:
            self._record(seen, "seen", order.order_id)

    # -- fills ------------------------------------------------------------------------------------

    def fill(self, stated: VenueFill, seen: Seen) -> str | None:
        """
        Take a statement about a fill; return what it turned out to be, None for a foreign symbol.

        A fill of an order that is not ours counts all the same: the position has changed.
        """
        instrument = self.index(stated.handle.symbol)
        if instrument is None:
            return None
        known = self.core.blotter.by_client_id(stated.handle.client_id)
        if known is None and stated.ts_ns <= self.core.blotter.opened_ns:
            # Before the books began: it is in the position that they began with.
            return None
        try:
            fill = self.as_fill(instrument, known, stated)
        except InputError as error:
            seen.off_grid.append(f"fill {stated.trade_id} of {stated.handle.symbol}: {error.message}")
            return None
        if self.core.blotter.fills.knows(fill):
            # Told again in every look: not worth a record.
            return "replay"
        answer = self.core.filled(fill)
        seen.records += answer is BOOKED
        return answer

    def funding(self, stated: VenueFunding, seen: Seen) -> None:
        """Take a statement about a funding payment, once, and only what was paid after the books began."""
        at, blotter = self.index(stated.symbol), self.core.blotter
        if at is None or stated.ts_ns <= blotter.opened_ns or stated.funding_id in blotter.funded:
            return
        self._record(seen, "funding", 0, at, str(stated.amount), stated.funding_id)
        self.on_funding(at, stated)

    def as_fill(self, instrument: int, known: Order | None, stated: VenueFill) -> Fill:
        """Return a venue's fill in ticks and lots, its fee valued at the rate of its day."""
        listed = self.instruments[instrument]
        number = known.order_id if known is not None else 0
        fill = Fill(
            number, instrument, SIDES[stated.side], self._ticks(instrument, stated.price),
            self._lots(instrument, stated.qty), stated.trade_id, stated.ts_ns, stated.maker, None, stated.leg,
        )  # fmt: skip
        fill.fee = Fee(stated.fee, stated.fee_currency, self._settled(listed, stated))
        return fill

    def _settled(self, listed: Instrument, stated: VenueFill) -> Decimal | None:
        """Return a fee in settlement money: as it is, by the fill's price, or by a dated rate."""
        if stated.fee_currency == listed.settle or not stated.fee:
            return stated.fee
        if stated.fee_currency == listed.base:
            return EXACT.multiply(stated.fee, stated.price)
        if stated.fee_currency == listed.quote and stated.price:
            return EXACT.divide(stated.fee, stated.price)
        rate = self.rates.at(stated.fee_currency, listed.settle, stated.ts_ns)
        return None if rate is None else EXACT.multiply(stated.fee, rate)

    # -- inside -----------------------------------------------------------------------------------

    def _record(self, seen: Seen, kind: str, number: int, *fields: object) -> None:
        self.core.record(kind, number, *fields)
        seen.records += 1

    def _ticks(self, instrument: int, price: Decimal) -> int:
        return self.instruments[instrument].ticks(price)

    def _lots(self, instrument: int, qty: Decimal) -> int:
        return self.instruments[instrument].lots(qty)


def _nobody(_at: int, _payment: VenueFunding) -> None:
    """Let nobody know of a funding payment."""
