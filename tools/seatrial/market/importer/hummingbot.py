"""
Files of Hummingbot's `download_order_book_and_trades` script: books and trades as JSON lines.

Trades carry the exchange's stamp and no ids; books are whole snapshots at whole seconds of the bot's
clock, which is taken for the exchange's: the files tell nothing finer. Venue and pair are in the
file's name only.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..contract import LINEAR, SPOT, pair
from ..source import Source
from ..stamp import seconds_ns
from .interface import IMPORTERS, SNAPSHOT, TRADE, Listing, Message, Stream

_NAME = re.compile(r"(.+?)_([A-Z0-9]+-[A-Z0-9]+)_(order_book_snapshots|trades)_\d{4}-\d{2}-\d{2}\.txt")
# Hummingbot's connector names, as the venues are called here.
_VENUES = {
    "binance_perpetual": "binance-futures", "bybit": "bybit-spot", "bybit_perpetual": "bybit",
    "hyperliquid_perpetual": "hyperliquid", "okx": "okex", "okx_perpetual": "okex-swap", "gate_io": "gate-io",
}  # fmt: skip


class Hummingbot:
    """Reads the script's two files per pair."""

    name = "hummingbot"
    title = "Hummingbot download_order_book_and_trades files"

    def claims(self, source: Source) -> bool:
        """Say whether the name is the script's and the lines are its objects."""
        first = source.head_lines[:1]
        return _NAME.match(source.name) is not None and bool(first) and first[0].startswith(b'{"ts":')

    def streams(self, sources: Sequence[Source]) -> Sequence[Stream]:
        """Return one stream per file."""
        return [_stream(source) for source in sources]


def _stream(source: Source) -> Stream:
    found = _NAME.match(source.name)
    connector, symbol, kind = found.groups() if found else ("", "", "")
    connector = connector.removesuffix("_paper_trade")
    contract = LINEAR if connector.endswith("_perpetual") else SPOT
    venue = _VENUES.get(connector, connector.replace("_", "-"))
    listing = Listing(venue, symbol.replace("-", ""), contract, *pair(symbol))
    if kind == "trades":
        return Stream(source, lambda: _messages(source, listing, _trade), "exchange", 0)
    return Stream(source, lambda: _messages(source, listing, _book), "exchange", 1)


def _messages(source: Source, listing: Listing, read: Any) -> Iterator[Message]:
    import orjson

    for line, raw in source.lines():
        try:
            record = orjson.loads(raw)
            # The text of a JSON float is what Python prints for it, so no digit is lost on the way.
            yield read(seconds_ns(repr(record["ts"])), line, listing, record)
        except (KeyError, ValueError, TypeError, AttributeError) as error:
            reason = f"not a line of this script ({type(error).__name__}: {str(error)[:80]})"
            raise source.error(reason, line=line, fix="cut the line, or record again") from error


def _book(ts_ns: int, line: int, listing: Listing, record: Mapping[str, Any]) -> Message:
    bids, asks = ([(repr(price), repr(qty)) for price, qty in record[side]] for side in ("bids", "asks"))
    return Message(ts_ns, None, SNAPSHOT, line, listing, bids=bids, asks=asks)


def _trade(ts_ns: int, line: int, listing: Listing, record: Mapping[str, Any]) -> Message:
    return Message(
        ts_ns, ts_ns, TRADE, line, listing,
        side={"buy": 0, "sell": 1}[record["side"]], price=repr(record["price"]), qty=repr(record["q_base"]),
    )  # fmt: skip


IMPORTERS.add(Hummingbot.name, Hummingbot())
