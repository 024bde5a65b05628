"""
Tardis CSV files: one row an event, exchange stamp and arrival stamp, any venue it records.

Rows of one book message share their arrival stamp. Stamps are microseconds (tools that re-export
them write nanoseconds): the number of digits says which, once per file.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from operator import itemgetter

from ...model.errors import UsageError
from ..contract import terms
from ..source import Source
from ..stamp import step_ns
from ..table import Table, header
from .bybit import number_of
from .interface import (
    DEPTH,
    FUNDING,
    IMPORTERS,
    QUOTE,
    SNAPSHOT,
    TRADE,
    Listing,
    Message,
    Stream,
    falls_due,
)

_COMMON = ("exchange", "symbol", "timestamp", "local_timestamp")
_QUOTE = ("bid_price", "bid_amount", "ask_price", "ask_amount")
_SIDES = {"bid": 0, "buy": 0, "ask": 1, "sell": 1}
_TAKERS = {"buy": 0, "sell": 1, "unknown": None}


class Tardis:
    """Reads incremental books, snapshots, trades, quotes and derivative tickers."""

    name = "tardis"
    title = "Tardis CSV: incremental_book_L2, book_snapshot_N, trades, quotes, book_ticker, derivative_ticker"

    def claims(self, source: Source) -> bool:
        """Say whether the columns are those of one of the file types."""
        names = header(source)
        return set(_COMMON) <= set(names) and _reader(names) is not None

    def streams(self, sources: Sequence[Source]) -> Sequence[Stream]:
        """Return one stream per file; a file of several symbols is one stream too."""
        return [_stream(source) for source in sources]


@dataclass
class Rows:
    """A file's table, its unit of time, and the instruments met so far."""

    table: Table
    step: int = 0
    digits: int = 0
    listings: dict[tuple[str, str], Listing] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.at_venue, self.at_symbol, self.at_exch, self.at_local = self.table.places(*_COMMON)

    def listing(self, line: int, row: Sequence[str]) -> Listing:
        """Return the instrument of a row; one whose contract is not known is an error at its line."""
        key = (row[self.at_venue], row[self.at_symbol])
        if key not in self.listings:
            try:
                said = terms(*key)
            except UsageError as error:
                raise self.table.source.error(
                    error.message, line=line, field="symbol", fix=error.fix
                ) from error
            self.listings[key] = Listing(*key, *said[:3], contract_size=said.contract_size)
        return self.listings[key]

    def stamps(self, line: int, row: Sequence[str]) -> tuple[int, int]:
        """Return (arrival, exchange) in nanoseconds."""
        local, exch = row[self.at_local], row[self.at_exch]
        return self.ns(line, "local_timestamp", local), self.ns(line, "timestamp", exch)

    def ns(self, line: int, name: str, value: str) -> int:
        """Return one whole stamp in nanoseconds, in the unit of the file's first."""
        if len(value) == self.digits and value.isdecimal():
            return int(value) * self.step
        try:
            step = step_ns(value)
        except ValueError as error:
            raise self.table.bad(line, name, value, "a whole stamp since 1970") from error
        self.step, self.digits = self.step or step, self.digits or len(value)
        if step != self.step:
            raise self.table.bad(line, name, value, "a stamp in the unit of the rows before it")
        return int(value) * step


def _stream(source: Source) -> Stream:
    found = _reader(header(source))
    if found is None:
        raise source.error("not a Tardis file", line=1, fix="name another --format")
    read, rank = found
    return Stream(source, lambda: read(Rows(Table(source))), "receive", rank)


def _reader(names: Sequence[str]) -> tuple[Callable[[Rows], Iterator[Message]], int] | None:
    columns = set(names)
    for needed, reader, rank in (
        ({"is_snapshot", "side", "price", "amount"}, book, 1),
        ({"id", "side", "price", "amount"}, trades, 0),
        ({"bids[0].price", "asks[0].price"}, snapshots, 1),
        ({"funding_rate", "mark_price"}, funding, 0),
    ):
        if needed <= columns:
            return reader, rank
    if set(_QUOTE) <= columns and "strike_price" not in columns:
        return quotes, 2
    return None


def book(rows: Rows) -> Iterator[Message]:
    """Yield a message per group of rows with one arrival stamp; snapshot rows replace the book."""
    at_snap, at_side, at_price, at_amount = rows.table.places("is_snapshot", "side", "price", "amount")
    key_of = itemgetter(rows.at_local, rows.at_exch, at_snap, rows.at_symbol, rows.at_venue)
    key: object = None
    held: list[str] | None = None
    start, sides = 0, ([], [])  # type: tuple[int, tuple[list[tuple[str, str]], list[tuple[str, str]]]]
    for line, row in rows.table.rows():
        side = _SIDES.get(row[at_side])
        if side is None:
            raise rows.table.bad(line, "side", row[at_side], "bid or ask")
        if key_of(row) != key:
            if held is not None:
                yield _book(rows, (start, held, _flag(rows, start, held[at_snap])), sides)
            key, held, start, sides = key_of(row), row, line, ([], [])
        sides[side].append((row[at_price], row[at_amount]))
    if held is not None:
        yield _book(rows, (start, held, _flag(rows, start, held[at_snap])), sides)


def _book(
    rows: Rows, first: tuple[int, list[str], bool], sides: tuple[list[tuple[str, str]], list[tuple[str, str]]]
) -> Message:
    line, row, is_snapshot = first
    local_ns, exch_ns = rows.stamps(line, row)
    kind = SNAPSHOT if is_snapshot else DEPTH
    return Message(
        local_ns, exch_ns, kind, line, rows.listing(line, row), bids=sides[0], asks=sides[1], age=exch_ns
    )


def _flag(rows: Rows, line: int, value: str) -> bool:
    if value.lower() not in {"true", "false"}:
        raise rows.table.bad(line, "is_snapshot", value, "true or false")
    return value.lower() == "true"


def snapshots(rows: Rows) -> Iterator[Message]:
    """Yield a whole book of the best levels per row; missing levels are empty fields."""
    found = (re.fullmatch(r"bids\[(\d+)\]\.price", name) for name in rows.table.names)
    depth = sum(match is not None for match in found)
    sides = [
        [rows.table.places(f"{side}[{level}].price", f"{side}[{level}].amount") for level in range(depth)]
        for side in ("bids", "asks")
    ]
    for line, row in rows.table.rows():
        bids, asks = ([(row[price], row[amount]) for price, amount in side if row[price]] for side in sides)
        local_ns, exch_ns = rows.stamps(line, row)
        yield Message(
            local_ns, exch_ns, SNAPSHOT, line, rows.listing(line, row), bids=bids, asks=asks, age=exch_ns
        )


def trades(rows: Rows) -> Iterator[Message]:
    """Yield a trade per row; a print whose taker Tardis could not learn ("unknown") fills nobody."""
    at_id, at_side, at_price, at_amount = rows.table.places("id", "side", "price", "amount")
    for line, row in rows.table.rows():
        if row[at_side] not in _TAKERS:
            raise rows.table.bad(line, "side", row[at_side], "buy or sell")
        side = _TAKERS[row[at_side]]
        local_ns, exch_ns = rows.stamps(line, row)
        yield Message(
            local_ns, exch_ns, TRADE, line, rows.listing(line, row),
            side=side or 0, price=row[at_price], qty=row[at_amount], no_fill=side is None,
            ref=number_of(row[at_id]) if row[at_id] else 0,
        )  # fmt: skip


def quotes(rows: Rows) -> Iterator[Message]:
    """Yield the best bid and ask per row; an empty field is an empty side."""
    at_bid, at_bid_size, at_ask, at_ask_size = rows.table.places(*_QUOTE)
    for line, row in rows.table.rows():
        local_ns, exch_ns = rows.stamps(line, row)
        bids = [(row[at_bid], row[at_bid_size])] if row[at_bid] else []
        asks = [(row[at_ask], row[at_ask_size])] if row[at_ask] else []
        yield Message(
            local_ns, exch_ns, QUOTE, line, rows.listing(line, row), bids=bids, asks=asks, age=exch_ns
        )


def funding(rows: Rows) -> Iterator[Message]:
    """Yield the payment at the first row after each boundary, with the rate last known before it."""
    at_due, at_rate, at_mark = rows.table.places("funding_timestamp", "funding_rate", "mark_price")
    known: dict[Listing, tuple[int, str, str]] = {}
    line = local_ns = exch_ns = 0
    for line, row in rows.table.rows():
        listing, (local_ns, exch_ns) = rows.listing(line, row), rows.stamps(line, row)
        due_ns, rate, mark = known.get(listing, (0, "", ""))
        if due_ns and exch_ns >= due_ns:
            del known[listing]
            yield Message(local_ns, due_ns, FUNDING, line, listing, price=mark or "0", qty=rate)
        if not row[at_due] or not row[at_rate]:
            continue
        next_ns = rows.ns(line, "funding_timestamp", row[at_due])
        if next_ns > exch_ns:
            known[listing] = (next_ns, row[at_rate], row[at_mark] or mark)
    for listing, (due_ns, rate, mark) in known.items():
        if falls_due(due_ns, exch_ns):
            yield Message(local_ns, due_ns, FUNDING, line, listing, price=mark or "0", qty=rate)


IMPORTERS.add(Tardis.name, Tardis())
