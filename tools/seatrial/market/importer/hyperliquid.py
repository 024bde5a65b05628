"""
Hyperliquid captures: three CSV files a coin, `orderbooks_BTC.csv`, `prices_BTC.csv`, `trades_BTC.csv`.

Books are whole 20-level snapshots, prices are the best bid and ask as two rows, trades carry the
taker's side. After a reconnect the venue replays trades, and the first rows are history from before
the recording: these printed when nobody listened, so no resting order could have met them here.
"""

import re
from collections.abc import Iterator, Sequence

from ..contract import terms
from ..source import Source
from ..stamp import seconds_ns, step_ns
from ..table import Table, header
from .interface import IMPORTERS, QUOTE, SNAPSHOT, TRADE, Listing, Message, Stream

# A batch that begins with a print this much older than its arrival is history (usual: half a second).
HISTORY_NS = 5_000_000_000
_NAME = re.compile(r"(orderbooks|prices|trades)_(.+?)\.csv", re.IGNORECASE)
_COLUMNS = {
    "orderbooks": ("timestamp", "exchange_timestamp", "bid_price_0", "ask_price_0"),
    "prices": ("timestamp", "price", "size", "side", "exchange_timestamp"),
    "trades": ("timestamp", "price", "size", "side", "trade_id", "exchange_timestamp"),
}
_SIDES = {"bid": 0, "buy": 0, "b": 0, "ask": 1, "sell": 1, "a": 1}


class Hyperliquid:
    """Reads the three files of each coin."""

    name = "hyperliquid"
    title = "Hyperliquid captures: orderbooks_, prices_ and trades_ CSV files"

    def claims(self, source: Source) -> bool:
        """Say whether name and columns are those of a capture."""
        found = _NAME.match(source.name)
        return found is not None and set(_COLUMNS[found.group(1).lower()]) <= set(header(source))

    def streams(self, sources: Sequence[Source]) -> Sequence[Stream]:
        """Return one stream per file."""
        return [_stream(source) for source in sources]


def _stream(source: Source) -> Stream:
    found = _NAME.match(source.name)
    kind, symbol = found.groups() if found else ("", "")
    listing = Listing("hyperliquid", symbol, *terms("hyperliquid", symbol))
    read, rank = {"orderbooks": (books, 1), "prices": (quotes, 2), "trades": (trades, 0)}[kind.lower()]
    return Stream(source, lambda: read(Table(source), listing), "receive", rank)


def books(table: Table, listing: Listing) -> Iterator[Message]:
    """Yield a snapshot per row; levels beyond the last are empty fields."""
    at_local, at_exch = table.places("timestamp", "exchange_timestamp")
    depth = sum(name.startswith("bid_price_") for name in table.names)
    sides = [
        [table.places(f"{side}_price_{level}", f"{side}_size_{level}") for level in range(depth)]
        for side in ("bid", "ask")
    ]
    for line, row in table.rows():
        bids, asks = ([(row[price], row[size]) for price, size in side if row[price]] for side in sides)
        exch_ns = _exch_ns(table, line, row[at_exch])
        yield Message(
            _local_ns(table, line, row[at_local]), exch_ns, SNAPSHOT, line, listing,
            bids=bids, asks=asks, age=exch_ns,
        )  # fmt: skip


def quotes(table: Table, listing: Listing) -> Iterator[Message]:
    """Yield a quote per pair of rows; a row without its other half is a quote of one side."""
    at_local, at_price, at_size, at_side, at_exch = table.places(*_COLUMNS["prices"])
    held: tuple[tuple[str, str], int] | None = None
    sides: list[list[tuple[str, str]]] = [[], []]
    for line, row in table.rows():
        stamps, side = (row[at_local], row[at_exch]), _side(table, line, row[at_side])
        if held is not None and (held[0] != stamps or sides[side]):
            yield _quote(table, listing, held, sides)
            held, sides = None, [[], []]
        held = held or (stamps, line)
        sides[side] = [(row[at_price], row[at_size])]
    if held is not None:
        yield _quote(table, listing, held, sides)


def _quote(
    table: Table, listing: Listing, held: tuple[tuple[str, str], int], sides: list[list[tuple[str, str]]]
) -> Message:
    (local, exch), line = held
    exch_ns = _exch_ns(table, line, exch)
    return Message(
        _local_ns(table, line, local),
        exch_ns,
        QUOTE,
        line,
        listing,
        bids=sides[0],
        asks=sides[1],
        age=exch_ns,
    )


def trades(table: Table, listing: Listing) -> Iterator[Message]:
    """Yield a trade per row; a batch that is history when it arrives can have filled nobody."""
    batch_ns, history = 0, False
    at_local, at_price, at_size, at_side, at_id, at_exch = table.places(*_COLUMNS["trades"])
    for line, row in table.rows():
        local_ns, exch_ns = _local_ns(table, line, row[at_local]), _exch_ns(table, line, row[at_exch])
        if local_ns != batch_ns:
            batch_ns, history = local_ns, local_ns - exch_ns > HISTORY_NS
        if not row[at_id].isdecimal():
            raise table.bad(line, "trade_id", row[at_id], "a trade id")
        yield Message(
            local_ns, exch_ns, TRADE, line, listing,
            side=_side(table, line, row[at_side]), price=row[at_price], qty=row[at_size],
            ref=int(row[at_id]), no_fill=history,
        )  # fmt: skip


def _side(table: Table, line: int, value: str) -> int:
    side = _SIDES.get(value.lower())
    if side is None:
        raise table.bad(line, "side", value, "a side")
    return side


def _local_ns(table: Table, line: int, value: str) -> int:
    try:
        return seconds_ns(value)
    except ValueError as error:
        raise table.bad(line, "timestamp", value, "a time in seconds since 1970") from error


def _exch_ns(table: Table, line: int, value: str) -> int:
    try:
        return int(value) * step_ns(value)
    except ValueError as error:
        raise table.bad(line, "exchange_timestamp", value, "a time since 1970") from error


IMPORTERS.add(Hyperliquid.name, Hyperliquid())
