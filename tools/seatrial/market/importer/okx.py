"""
OKX history: `books` as one JSON object a line, bare or in its WebSocket envelope, and trades CSV.

Only the exchange's stamp is known. Sizes of derivatives are in contracts. A bare book line does not
name its instrument; then the file's name does.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from ...model.errors import UsageError
from ..contract import terms
from ..source import Source
from ..stamp import step_ns
from ..table import Table, header
from .interface import DEPTH, IMPORTERS, SNAPSHOT, TRADE, Levels, Listing, Message, Stream

_BOOK = re.compile(rb'"action":\s*"(?:snapshot|update)"')
_INSTRUMENT = re.compile(r"([A-Z0-9]+-[A-Z]+(?:-SWAP|-\d{6})?)(?![A-Z0-9])")
_TRADES = ("instrument_name", "trade_id", "side", "price", "size", "created_time")
_KINDS = {"snapshot": SNAPSHOT, "update": DEPTH}


class Okx:
    """Reads OKX order-book history and trade files."""

    name = "okx"
    title = "OKX history: books (newline JSON) and trades CSV"

    def claims(self, source: Source) -> bool:
        """Say whether the head holds book lines or the columns of a trade file."""
        first = source.head_lines[0] if source.head_lines else b""
        is_book = (
            first.startswith(b"{") and _BOOK.search(first[:8192]) is not None and b"instType" not in first
        )
        return is_book or set(_TRADES) <= set(header(source))

    def streams(self, sources: Sequence[Source]) -> Sequence[Stream]:
        """Return one stream per file."""
        return [
            Stream(source, partial(trades, Table(source)), "exchange", 0)
            if set(_TRADES) <= set(header(source))
            else Stream(source, partial(books, source), "exchange", 1)
            for source in sources
        ]


def books(source: Source) -> Iterator[Message]:
    """Yield a message per book line; a chain is followed where the lines carry sequence ids."""
    import orjson

    listings: dict[str, Listing] = {}
    for line, raw in source.lines():
        try:
            record = orjson.loads(raw)
            if "action" not in record:
                continue
            symbol = record.get("arg", {}).get("instId") or record.get("instId") or _named(source)
            listing = listings.get(symbol) or listings.setdefault(symbol, _listing(source, line, symbol))
            for book in record.get("data", (record,)):
                yield _book(_KINDS[record["action"]], line, listing, book)
        except (KeyError, ValueError, TypeError, AttributeError) as error:
            reason = f"not an OKX book ({type(error).__name__}: {str(error)[:80]})"
            raise source.error(reason, line=line, fix="cut the line, or download it again") from error


def _book(kind: str, line: int, listing: Listing, book: Mapping[str, Any]) -> Message:
    stamp = str(book["ts"])
    exch_ns = int(stamp) * step_ns(stamp)
    last = int(book["seqId"]) if "seqId" in book else None
    before = int(book["prevSeqId"]) if "prevSeqId" in book else None
    return Message(
        exch_ns, exch_ns, kind, line, listing, _levels(book["bids"]), _levels(book["asks"]),
        ref=last or 0, first_id=last, last_id=last, prev_id=None if kind == SNAPSHOT else before,
    )  # fmt: skip


def _levels(levels: Sequence[Sequence[Any]]) -> Levels:
    return [(str(level[0]), str(level[1])) for level in levels]


def trades(table: Table) -> Iterator[Message]:
    """Yield a trade per row."""
    at_symbol, at_id, at_side, at_price, at_size, at_time = table.places(*_TRADES)
    listings: dict[str, Listing] = {}
    for line, row in table.rows():
        symbol, side = row[at_symbol], {"buy": 0, "sell": 1}.get(row[at_side].lower())
        if side is None:
            raise table.bad(line, "side", row[at_side], "buy or sell")
        if not row[at_id].isdecimal():
            raise table.bad(line, "trade_id", row[at_id], "a whole number")
        try:
            exch_ns = int(row[at_time]) * step_ns(row[at_time])
        except ValueError as error:
            raise table.bad(line, "created_time", row[at_time], "a time since 1970") from error
        listing = listings.get(symbol) or listings.setdefault(symbol, _listing(table.source, line, symbol))
        yield Message(
            exch_ns, exch_ns, TRADE, line, listing,
            side=side, price=row[at_price], qty=row[at_size], ref=int(row[at_id]),
        )  # fmt: skip


def _named(source: Source) -> str:
    found = _INSTRUMENT.search(source.name.upper())
    if found is None:
        raise source.error(
            "neither the lines nor the file's name say which instrument this is",
            line=1, fix="rename the file to begin with it, such as BTC-USDT-SWAP",
        )  # fmt: skip
    return found.group(1)


def _listing(source: Source, line: int, symbol: str) -> Listing:
    venue = "okex-swap" if symbol.endswith("-SWAP") else "okex-futures" if symbol.count("-") == 2 else "okex"
    try:
        said = terms(venue, symbol)
    except UsageError as error:
        raise source.error(error.message, line=line, fix=error.fix) from error
    return Listing(venue, symbol, *said[:3], contract_size=said.contract_size)


IMPORTERS.add(Okx.name, Okx())
