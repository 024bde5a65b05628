"""What a bot sees of a venue's market: the newest books that came, and how old they are."""

from collections.abc import Sequence
from decimal import Decimal

from ..model.instrument import Instrument
from .execution.risk.rule import Touch
from .venue.port import VenueBook

NS_PER_MS = 1_000_000


class VenueView:
    """
    The books of a venue's instruments; prices in ticks, sizes in lots.

    A book older than `stale_ms`, empty on a side or crossed is none.
    """

    def __init__(self, instruments: Sequence[Instrument], *, stale_ms: float) -> None:
        self.instruments, self._stale_ns = tuple(instruments), round(stale_ms * NS_PER_MS)
        self._books: dict[int, VenueBook] = {}
        self._seen_ns: dict[int, int] = {}
        self._index = {instrument.symbol: at for at, instrument in enumerate(self.instruments)}
        self.now_ns = 0

    def take(self, book: VenueBook, seen_ns: int) -> None:
        """Take a new book; `seen_ns` is when it came, by our clock."""
        at = self._index.get(book.symbol)
        if at is not None:
            self._books[at], self._seen_ns[at] = book, seen_ns

    def book(self, instrument: int) -> Touch | None:
        """Return the touch, or None when there is no usable one."""
        book = self._books.get(instrument)
        age = self.data_age_ns(instrument)
        if book is None or age is None or age > self._stale_ns or not (book.bids and book.asks):
            return None
        (bid, bid_qty), (ask, ask_qty) = book.bids[0], book.asks[0]
        if bid >= ask:
            return None
        bid_px, ask_px = self._ticks(instrument, bid), self._ticks(instrument, ask)
        return Touch(bid_px, ask_px, self._lots(instrument, bid_qty), self._lots(instrument, ask_qty))

    def data_age_ns(self, instrument: int) -> int | None:
        """Return how long ago the newest book came, None when none ever did."""
        seen_ns = self._seen_ns.get(instrument)
        return None if seen_ns is None else self.now_ns - seen_ns

    def depth(self, side: int, levels: int, instrument: int) -> list[tuple[int, int]]:
        """Return up to `levels` (price, size) levels of a side (0 bids), best first."""
        if self.book(instrument) is None:
            return []
        book = self._books[instrument]
        shown = book.bids if side == 0 else book.asks
        return [(self._ticks(instrument, px), self._lots(instrument, qty)) for px, qty in shown[:levels]]

    def _ticks(self, instrument: int, price: Decimal) -> int:
        return int((price / self.instruments[instrument].tick_size).to_integral_value())

    def _lots(self, instrument: int, qty: Decimal) -> int:
        return int(qty / self.instruments[instrument].lot_size)
