"""
Sampled best quotes: a CSV with `best_bid`, `best_ask`, their sizes and a time.

Such files are written by small recorders, often with a time that names no zone. Whoever knows the
zone must write it: the wrong one moves a market by hours and nobody would notice.
"""

import re
from collections.abc import Iterator, Sequence
from functools import partial

from ..contract import SPOT, pair
from ..source import Source
from ..stamp import any_ns
from ..table import Table, header
from .interface import IMPORTERS, QUOTE, Listing, Message, Stream

_RENAMED = {
    "bid_volume": ("bid_size", "best_bid_size", "best_bid_qty", "bid_qty"),
    "ask_volume": ("ask_size", "best_ask_size", "best_ask_qty", "ask_qty"),
    "timestamp": ("time", "datetime", "ts"),
}
_SYMBOL = re.compile(r"(?<![A-Z0-9])([A-Z0-9]{2,12}[-_]?(?:USDT|USDC|USD|EUR|BTC))(?![A-Z0-9])")


class BestQuotes:
    """Reads sampled best bid and ask."""

    name = "best-quotes"
    title = "Sampled best bid and ask CSV (best_bid, best_ask, bid_volume, ask_volume, timestamp)"

    def claims(self, source: Source) -> bool:
        """Say whether the columns name a best bid, a best ask and a time."""
        names = set(header(source))
        return {"best_bid", "best_ask"} <= names and bool(names & {"timestamp", *_RENAMED["timestamp"]})

    def streams(self, sources: Sequence[Source]) -> Sequence[Stream]:
        """Return one stream per file."""
        return [Stream(source, partial(quotes, Table(source)), "receive", 2) for source in sources]


def quotes(table: Table) -> Iterator[Message]:
    """Yield a quote per row."""
    at_bid, at_ask, at_bid_size, at_ask_size, at_time = table.places(
        "best_bid", "best_ask", "bid_volume", "ask_volume", "timestamp", renamed=_RENAMED
    )
    listing = _listing(table.source)
    for line, row in table.rows():
        try:
            ts_ns = any_ns(row[at_time])
        except ValueError as error:
            raise table.source.error(
                str(error), line=line, field=table.names[at_time],
                fix="write each time with its zone, such as 2026-06-14 17:49:49+00:00",
            ) from error  # fmt: skip
        bids, asks = ((row[at_bid], row[at_bid_size]),), ((row[at_ask], row[at_ask_size]),)
        yield Message(ts_ns, None, QUOTE, line, listing, bids, asks)


def _listing(source: Source) -> Listing:
    """Return the instrument that file name or folder names; no exchange is known."""
    for text in (source.name, source.path.parent.name):
        if found := _SYMBOL.search(text.upper()):
            symbol = found.group(1).replace("-", "").replace("_", "")
            return Listing("unknown", symbol, SPOT, *pair(symbol))
    raise source.error(
        "the file does not say which instrument this is", line=1, fix="rename it to begin with the symbol"
    )


IMPORTERS.add(BestQuotes.name, BestQuotes())
