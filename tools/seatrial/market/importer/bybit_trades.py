"""
Bybit public trades, one CSV a day: derivatives by header, spot with its own header.

The side is the taker's. Derivative stamps are decimal seconds, spot stamps milliseconds.
"""

import re
from collections.abc import Iterator, Sequence
from functools import partial

from ..contract import terms
from ..source import Source
from ..stamp import any_ns
from ..table import Table, header
from .bybit import number_of
from .interface import IMPORTERS, TRADE, Listing, Message, Stream

_DERIVATIVE = {"timestamp", "symbol", "side", "size", "price", "trdmatchid"}
_SPOT = {"id", "timestamp", "price", "volume", "side"}
_SPOT_NAME = re.compile(r"([A-Z0-9]+)[_-]\d{4}-\d{2}(-\d{2})?\.csv")


class BybitTrades:
    """Reads the daily trade files of Bybit's public archive."""

    name = "bybit-trades"
    title = "Bybit public trades CSV (public.bybit.com)"

    def claims(self, source: Source) -> bool:
        """Say whether the columns are those of a trade file."""
        columns = set(header(source))
        return columns >= _DERIVATIVE or (columns >= _SPOT and _SPOT_NAME.match(source.name) is not None)

    def streams(self, sources: Sequence[Source]) -> Sequence[Stream]:
        """Return one stream per file."""
        return [Stream(source, partial(_trades, Table(source)), "exchange", 0) for source in sources]


def _trades(table: Table) -> Iterator[Message]:
    spot = not set(table.names) >= _DERIVATIVE
    names = ("id", "volume") if spot else ("trdmatchid", "size")
    at_ts, at_side, at_price, at_id, at_qty = table.places("timestamp", "side", "price", *names)
    at_symbol = None if spot else table.places("symbol")[0]
    found = _SPOT_NAME.match(table.source.name)
    listings: dict[str, Listing] = {}
    for line, row in table.rows():
        symbol = row[at_symbol] if at_symbol is not None else found.group(1) if found else ""
        listing = listings.get(symbol) or listings.setdefault(symbol, _listing(symbol, spot=spot))
        side = {"buy": 0, "sell": 1}.get(row[at_side].lower())
        if side is None:
            raise table.bad(line, "side", row[at_side], "Buy or Sell")
        exch_ns = _stamp_ns(table, line, row[at_ts])
        yield Message(
            exch_ns, exch_ns, TRADE, line, listing,
            # Spot ids count from 1 in every file, so they name a trade only together with its stamp.
            side=side, price=row[at_price], qty=row[at_qty],
            ref=number_of(f"{row[at_ts]}:{row[at_id]}" if spot else row[at_id]),
        )  # fmt: skip


def _listing(symbol: str, *, spot: bool) -> Listing:
    venue = "bybit-spot" if spot else "bybit"
    return Listing(venue, symbol, *(said := terms(venue, symbol))[:3], contract_size=said.contract_size)


def _stamp_ns(table: Table, line: int, value: str) -> int:
    try:
        return any_ns(value)
    except ValueError as error:
        raise table.bad(line, "timestamp", value, "a time since 1970") from error


IMPORTERS.add(BybitTrades.name, BybitTrades())
