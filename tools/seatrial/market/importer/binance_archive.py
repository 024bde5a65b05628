"""
Binance archive files (data.binance.vision): aggTrades, trades, bookTicker, and depth history.

Older files have no header and newer ones do, and spot changed from milliseconds to microseconds in
2025: columns are found by name, or by their number and what stands in them, and the unit by the
digits of each file's first stamp. `is_buyer_maker` true means that the seller was the taker.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from ..contract import terms
from ..source import Source
from ..stamp import step_ns
from ..table import Table, header
from .interface import DEPTH, IMPORTERS, QUOTE, SNAPSHOT, TRADE, Levels, Listing, Message, Stream

AGG_TRADES = (
    "agg_trade_id",
    "price",
    "quantity",
    "first_trade_id",
    "last_trade_id",
    "transact_time",
    "is_buyer_maker",
)
TRADES = ("id", "price", "qty", "quote_qty", "time", "is_buyer_maker")
BOOK_TICKER = (
    "update_id", "best_bid_price", "best_bid_qty", "best_ask_price", "best_ask_qty",
    "transaction_time", "event_time",
)  # fmt: skip
DEPTH_HISTORY = (
    "symbol",
    "timestamp",
    "first_update_id",
    "last_update_id",
    "side",
    "update_type",
    "price",
    "qty",
)
# The names of one column over the years.
RENAMED = {
    "agg_trade_id": ("aggtradeid", "a"), "price": ("p",), "quantity": ("qty", "q"), "qty": ("quantity",),
    "transact_time": ("time", "timestamp", "t"), "time": ("transact_time", "timestamp"),
    "is_buyer_maker": ("isbuyermaker", "m"), "id": ("trade_id", "tradeid"),
}  # fmt: skip
_BOOLS = {"true": 1, "false": 0, "1": 1, "0": 0}
_NAME = re.compile(r"([A-Z0-9]+(?:_[A-Z0-9]+)?)-(aggTrades|trades|bookTicker)-\d{4}-\d{2}")
_SPOT_EXTRAS = {"is_best_match", "isbestmatch", "best_match", "bestmatch"}
_VENUES = ("binance-futures", "binance-delivery", "binance")


class BinanceArchive:
    """Reads the daily and monthly files of Binance's public archive."""

    name = "binance-archive"
    title = "Binance archive CSV and zip: aggTrades, trades, bookTicker, depth history"

    def claims(self, source: Source) -> bool:
        """Say whether columns (or places, without a header) are those of an archive file."""
        return _kind(source) is not None

    def streams(self, sources: Sequence[Source]) -> Sequence[Stream]:
        """Return one stream per file; aggregated and single trades of one symbol exclude each other."""
        kinds: dict[str, str] = {}
        for source in sources:
            if found := _NAME.match(source.name):
                symbol, kind = found.groups()
                if kind != "bookTicker" and kinds.setdefault(symbol, kind) != kind:
                    raise source.error(
                        f"{symbol} has aggTrades and trades, which tell of the same prints",
                        fix="name one kind",
                    )
        return [_stream(source) for source in sources]


@dataclass
class Rows:
    """A file's table, its instrument and its unit of time."""

    table: Table
    listing: Listing
    step: int = 0
    digits: int = 0

    def ns(self, line: int, name: str, value: str) -> int:
        """Return one stamp in nanoseconds, in the unit of the file's first."""
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

    def number(self, line: int, name: str, value: str) -> int:
        """Return an id of the venue."""
        if not value.isdecimal():
            raise self.table.bad(line, name, value, "a whole number")
        return int(value)


def _kind(source: Source) -> tuple[str, tuple[str, ...] | None] | None:
    """Return what a file holds, and its columns when it has no header; None for foreign files."""
    names = header(source)
    if names and names[0].isdecimal():
        return _by_place(names) if _NAME.match(source.name) else None
    have = set(names)
    for kind, columns in (("bookTicker", BOOK_TICKER), ("aggTrades", AGG_TRADES), ("trades", TRADES)):
        wanted = columns[:5] if kind == "bookTicker" else [name for name in columns if name not in _UNUSED]
        if all({name, *RENAMED.get(name, ())} & have for name in wanted) and _NAME.match(source.name):
            return kind, None
    return ("depth", None) if set(DEPTH_HISTORY) <= have else None


_UNUSED = {"first_trade_id", "last_trade_id", "quote_qty"}


def _by_place(fields: Sequence[str]) -> tuple[str, tuple[str, ...] | None] | None:
    flag = [value.lower() in {"true", "false"} for value in fields]
    if len(fields) == 8 and flag[6]:
        return "aggTrades", (*AGG_TRADES, "is_best_match")
    if len(fields) == 7 and flag[5]:
        return "trades", (*TRADES, "is_best_match")
    if len(fields) == 7 and flag[6]:
        return "aggTrades", AGG_TRADES
    if len(fields) == 6 and flag[5]:
        return "trades", TRADES
    return ("bookTicker", BOOK_TICKER) if len(fields) == 7 and not any(flag) else None


def _stream(source: Source) -> Stream:
    kind, names = _kind(source) or ("", None)
    reader, rank = _READERS[kind]
    return Stream(source, lambda: reader(_rows(source, names)), "exchange", rank)


def _rows(source: Source, names: Sequence[str] | None) -> Rows:
    table = Table(source, names)
    found = _NAME.match(source.name)
    symbol = found.group(1) if found else ""
    if found is None:
        at_symbol = table.places("symbol")[0]
        symbol = next(table.rows())[1][at_symbol]
    venue = _venue(source, symbol, set(table.names))
    said = terms(venue, symbol)
    return Rows(table, Listing(venue, symbol, *said[:3], contract_size=said.contract_size))


def _venue(source: Source, symbol: str, names: set[str]) -> str:
    """Return what a folder's name says; else what columns and symbol say."""
    for venue in _VENUES:
        if venue in source.path.parts[:-1]:
            return venue
    if names & _SPOT_EXTRAS:
        return "binance"
    return "binance-delivery" if re.search(r"USD_(PERP|\d{6})$", symbol) else "binance-futures"


def agg_trades(rows: Rows) -> Iterator[Message]:
    """Yield an aggregated trade per row."""
    return _prints(rows, ("agg_trade_id", "price", "quantity", "transact_time", "is_buyer_maker"))


def trades(rows: Rows) -> Iterator[Message]:
    """Yield a trade per row."""
    return _prints(rows, ("id", "price", "qty", "time", "is_buyer_maker"))


def _prints(rows: Rows, names: Sequence[str]) -> Iterator[Message]:
    at_id, at_price, at_qty, at_time, at_maker = rows.table.places(*names, renamed=RENAMED)
    for line, row in rows.table.rows():
        side = _BOOLS.get(row[at_maker].lower())
        if side is None:
            raise rows.table.bad(line, "is_buyer_maker", row[at_maker], "true or false")
        exch_ns = rows.ns(line, names[3], row[at_time])
        yield Message(
            exch_ns, exch_ns, TRADE, line, rows.listing,
            side=side, price=row[at_price], qty=row[at_qty], ref=rows.number(line, names[0], row[at_id]),
        )  # fmt: skip


def book_ticker(rows: Rows) -> Iterator[Message]:
    """Yield the best bid and ask per row, at matching time."""
    at_id, at_bid, at_bid_qty, at_ask, at_ask_qty = rows.table.places(*BOOK_TICKER[:5])
    (at_time,) = rows.table.places("transaction_time", renamed={"transaction_time": ("event_time", "time")})
    for line, row in rows.table.rows():
        exch_ns, update = (
            rows.ns(line, "transaction_time", row[at_time]),
            rows.number(line, "update_id", row[at_id]),
        )
        bids, asks = ((row[at_bid], row[at_bid_qty]),), ((row[at_ask], row[at_ask_qty]),)
        yield Message(exch_ns, exch_ns, QUOTE, line, rows.listing, bids, asks, ref=update, age=update)


def depth(rows: Rows) -> Iterator[Message]:
    """
    Yield a message per group of rows with one last update id: `snap` groups whole books, `set` changes.

    The files do not say which change each one follows, so a missing one cannot be seen.
    """
    at = rows.table.places(*DEPTH_HISTORY)
    held: list[str] | None = None
    start, before = 0, None
    sides: tuple[list[tuple[str, str]], list[tuple[str, str]]] = ([], [])
    for line, row in rows.table.rows():
        side = {"b": 0, "bid": 0, "a": 1, "ask": 1}.get(row[at[4]].lower())
        if side is None:
            raise rows.table.bad(line, "side", row[at[4]], "b or a")
        if held is None or any(held[place] != row[place] for place in (at[1], at[3], at[5])):
            if held is not None:
                yield (message := _group(rows, (start, held, before), sides))
                before = message.last_id if message.kind == DEPTH else before
            held, start, sides = row, line, ([], [])
        sides[side].append((row[at[6]], row[at[7]]))
    if held is not None:
        yield _group(rows, (start, held, before), sides)


def _group(rows: Rows, group: tuple[int, list[str], int | None], sides: tuple[Levels, Levels]) -> Message:
    line, row, before = group
    _, at_time, at_first, at_last, _, at_type, _, _ = rows.table.places(*DEPTH_HISTORY)
    exch_ns, last = (
        rows.ns(line, "timestamp", row[at_time]),
        rows.number(line, "last_update_id", row[at_last]),
    )
    if row[at_type].lower() == "snap":
        return Message(
            exch_ns,
            exch_ns,
            SNAPSHOT,
            line,
            rows.listing,
            *sides,
            ref=last,
            age=last,
            last_id=last,
            joins=True,
        )
    first = rows.number(line, "first_update_id", row[at_first])
    return Message(
        exch_ns, exch_ns, DEPTH, line, rows.listing, *sides,
        ref=last, age=last, first_id=first, last_id=last, prev_id=first - 1 if before is None else before,
    )  # fmt: skip


_READERS: dict[str, tuple[Callable[[Rows], Iterator[Message]], int]] = {
    "aggTrades": (agg_trades, 0),
    "trades": (trades, 0),
    "bookTicker": (book_ticker, 2),
    "depth": (depth, 1),
}

IMPORTERS.add(BinanceArchive.name, BinanceArchive())
