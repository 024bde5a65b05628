"""
A venue's public data and nothing else: what a shadow run looks at, and cannot act through.

There is no method here that trades, no key is taken, and the connection itself lets nothing leave
but a GET: an adapter that changes its mind about what a question needs is stopped at the wire.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

from ...model.errors import UsageError
from ...model.instrument import Instrument
from ...model.live_settings import VenueSettings
from . import ccxt_read as read
from .access import Access
from .ccxt_venue import CcxtVenue
from .port import Side, VenueBook, VenueUnreachable

PRINTS_MAX = 500


@dataclass(frozen=True, slots=True)
class Print:
    """One public trade; `side` is the taker's, `ts_ns` the venue's time."""

    trade_id: str
    side: Side
    price: Decimal
    qty: Decimal
    ts_ns: int


class PublicData(Protocol):
    """What anybody may ask of a venue. Questions raise `VenueUnreachable`; one instance, one thread."""

    name: str
    testnet: bool

    def instruments(self, symbols: Sequence[str]) -> tuple[Instrument, ...]:
        """Return the venue's filters of these symbols."""

    def book(self, symbol: str, levels: int = 5) -> VenueBook:
        """Return the best levels."""

    def prints(self, symbol: str) -> tuple[Print, ...]:
        """Return the newest public trades, oldest first."""

    def server_ns(self) -> int:
        """Return the venue's clock."""

    def close(self) -> None:
        """Let go of the connection."""


class CcxtPublic:
    """The public data of any exchange that ccxt speaks to, over one connection."""

    def __init__(self, settings: VenueSettings, symbols: Sequence[str]) -> None:
        self._eye = _Eye(Access(settings, tuple(symbols)))
        self.name, self.testnet = settings.name, settings.testnet

    def instruments(self, symbols: Sequence[str]) -> tuple[Instrument, ...]:
        """Return the venue's filters of these symbols."""
        return self._eye.instruments(symbols)

    def book(self, symbol: str, levels: int = 5) -> VenueBook:
        """Return the best levels."""
        return self._eye.book(symbol, levels)

    def prints(self, symbol: str) -> tuple[Print, ...]:
        """Return the newest public trades, oldest first."""
        return self._eye.prints(symbol)

    def server_ns(self) -> int:
        """Return the venue's clock."""
        return self._eye.server_ns()

    def close(self) -> None:
        """Close the connection."""
        self._eye.close()


class _Eye(CcxtVenue):
    """The adapter behind a fence that lets questions out and nothing else."""

    def __init__(self, access: Access) -> None:
        super().__init__(access)
        only_questions(self._api)

    def prints(self, symbol: str) -> tuple[Print, ...]:
        """Return the newest public trades, oldest first."""
        with self._asking(f"the trades of {symbol}"):
            rows = self._api.fetch_trades(self._market(symbol)["symbol"], None, PRINTS_MAX)
        found, whole = read.readable(rows, _print)
        if not whole:
            raise VenueUnreachable(f"{self.name} told a trade of {symbol} that cannot be read")
        return tuple(sorted(found, key=lambda one: one.ts_ns))


def only_questions(api: Any) -> None:
    """Let no request of a ccxt object leave but a GET without a signature."""
    sign, fetch = api.sign, api.fetch

    def signed(path: str, api_: Any = "public", method: str = "GET", *rest: Any, **more: Any) -> Any:
        if method != "GET" or "private" in (api_ if isinstance(api_, list | tuple) else [api_]):
            raise UsageError(f"a shadow run does not send {method} {path}: it only looks")
        return sign(path, api_, method, *rest, **more)

    def fetched(url: str, method: str = "GET", headers: Any = None, body: Any = None) -> Any:
        if method != "GET" or body:
            raise UsageError(f"a shadow run does not send {method} {url}: it only looks")
        return fetch(url, method, headers, body)

    api.sign, api.fetch = signed, fetched


def _print(row: read.Row) -> Print:
    side = row.get("side")
    if side not in {"buy", "sell"}:
        raise read.IncompleteRowError("a trade without a side")
    ts_ns, price, qty = read.stamp_ns(row, "timestamp"), read.needed(row, "price"), read.needed(row, "amount")
    trade_id = row.get("id")
    return Print(str(trade_id or f"{ts_ns}:{price}:{qty}:{side}"), side, price, qty, ts_ns)


def open_public(settings: VenueSettings, symbols: Sequence[str]) -> PublicData:
    """Open a venue's public data; nothing is sent yet."""
    return CcxtPublic(settings, symbols)
