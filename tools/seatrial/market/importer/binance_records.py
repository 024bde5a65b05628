"""
Binance in a recorder's wrapping: `{"t","conn","ts","data"}` records of cryptofeed.

The frames are those of the raw captures; around them lie the connection's address, which names the
market, and the REST answers: the depth snapshots that each book starts from, and the instruments
with their tick and lot.
"""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import partial
from typing import Any

from ..source import Source
from ..stamp import seconds_ns
from .binance_ws import COIN_M, SPOT, USD_M, Capture
from .interface import IMPORTERS, Listing, Message, Stream

_HEAD = re.compile(rb'"t":\s*"(?:header".*"exchange":\s*"BINANCE|connect".*binance\.com|http".*binance\.com)')
_CONN = re.compile(rb'"conn":\s*"([^"]*)"')
_DEPTH_URL = re.compile(r"/depth\?(?:.*&)?symbol=([A-Z0-9_]+)")
# What an address begins with, and the market behind it; the plain hosts are spot.
_MARKETS = (("//fapi.", USD_M), ("//fstream.", USD_M), ("//dapi.", COIN_M), ("//dstream.", COIN_M))


class BinanceRecords:
    """Reads a recorder's file, one stream a connection."""

    name = "binance-records"
    title = "Binance captures as cryptofeed records (jsonl)"

    def claims(self, source: Source) -> bool:
        """Say whether the first record is a Binance recorder's."""
        first = source.head_lines[0] if source.head_lines else b""
        return first.startswith(b'{"t"') and _HEAD.search(first[:4096]) is not None

    def streams(self, sources: Sequence[Source]) -> Sequence[Stream]:
        """Return one stream per connection: a file may hold one after the other."""
        return [
            Stream(source, partial(_messages, source, conn), "receive")
            for source in sources
            for conn in _connections(source)
        ]


class Records(Capture):
    """One connection's frames, with what the records around them say."""

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        self.market: str | None = None
        self.grids: dict[str, tuple[Decimal, Decimal]] = {}

    def _venue(self, symbol: str, data: dict[str, Any]) -> str:
        return self.market or super()._venue(symbol, data)

    def _listing(self, data: dict[str, Any]) -> Listing:
        listing = super()._listing(data)
        if listing.tick_size is None and listing.symbol in self.grids:
            tick, lot = self.grids[listing.symbol]
            listing = self._listings[listing.symbol] = listing._replace(tick_size=tick, lot_size=lot)
        return listing

    def answer(self, number: int, ts_ns: int, url: str, content: dict[str, Any]) -> Message | None:
        """Return the snapshot in a REST answer; an instruments answer is learned."""
        for entry in content.get("symbols", ()):
            filters = {one["filterType"]: one for one in entry.get("filters", ())}
            if "PRICE_FILTER" in filters and "LOT_SIZE" in filters:
                tick, lot = filters["PRICE_FILTER"]["tickSize"], filters["LOT_SIZE"]["stepSize"]
                self.grids[entry["symbol"]] = (Decimal(tick), Decimal(lot))
        found = _DEPTH_URL.search(url)
        if found is None or "lastUpdateId" not in content:
            return None
        self._listing({"s": found.group(1)})
        return self.message(number, ts_ns, {**content, "symbol": found.group(1)})


def _messages(source: Source, conn: str) -> Iterator[Message]:
    import orjson

    records = Records(source)
    for number, line in source.lines():
        try:
            record = orjson.loads(line)
            message = _of_record(records, number, record, conn)
        except (KeyError, ValueError, TypeError, AttributeError) as error:
            reason = f"not a Binance record ({type(error).__name__}: {str(error)[:80]})"
            raise source.error(reason, line=number, fix="cut the line, or record again") from error
        if message is not None:
            yield message


def _of_record(records: Records, number: int, record: dict[str, Any], conn: str) -> Message | None:
    import orjson

    kind, own = record["t"], record.get("conn") == conn
    if kind not in {"connect", "http", "recv"} or (kind == "recv" and not own):
        return None
    address = record.get("addr") or record.get("url") or ""
    if "binance.com" in address:
        records.market = next((market for part, market in _MARKETS if part in address), SPOT)
    if kind == "connect":
        return None
    content = orjson.loads(record["data"])
    # The text of a JSON float is what Python prints for it, so no digit is lost on the way.
    ts_ns = seconds_ns(repr(record["ts"]))
    if kind == "http":
        message = records.answer(number, ts_ns, address, content)
        return message if own else None
    return records.message(number, ts_ns, content) if "stream" in content else None


def _connections(source: Source) -> list[str]:
    found: dict[bytes, None] = {}
    for _, line in source.lines():
        if conn := _CONN.search(line, 0, 200):
            found[conn.group(1)] = None
    return [conn.decode() for conn in found]


IMPORTERS.add(BinanceRecords.name, BinanceRecords())
