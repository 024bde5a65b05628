"""
Binance spot, hour by hour: a REST snapshot, an array of depth updates and an array of trades a file.

These files carry no receive time and the snapshot no time at all: it is placed by its update id, at
the first update that it does not hold already, so only together with its updates does it mean
anything.
"""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from ..contract import terms
from ..source import Source
from .interface import DEPTH, IMPORTERS, SNAPSHOT, TRADE, Listing, Message, Stream

_MS = 1_000_000
_PIECE = 1 << 18
_ARRAY_HEAD = re.compile(rb'^\s*\[\s*\{\s*"e"\s*:\s*"(depthUpdate|aggTrade|trade)"')
_SNAPSHOT_HEAD = re.compile(rb'^\s*\{\s*"lastUpdateId"\s*:\s*\d+')
_SYMBOL = re.compile(r"^([A-Z0-9]{5,20})[_\-.]")


class BinanceHourly:
    """Snapshot, update and trade documents of Binance spot."""

    name = "binance-hourly"
    title = "Binance spot JSON documents (depth snapshot, depthUpdate array, trade array)"

    def claims(self, source: Source) -> bool:
        """Claim JSON arrays of Binance events, and bare depth snapshots."""
        return bool(_ARRAY_HEAD.match(source.head[:200]) or _SNAPSHOT_HEAD.match(source.head[:200]))

    def streams(self, sources: Sequence[Source]) -> Sequence[Stream]:
        """Return one stream per array, and one per snapshot, placed among the updates it belongs to."""
        updates = [source for source in sources if b'"depthUpdate"' in source.head[:200]]
        streams = []
        for source in sources:
            if _SNAPSHOT_HEAD.match(source.head[:200]):
                streams.append(_snapshot_stream(source, updates))
            else:
                rank = 1 if source in updates else 0
                streams.append(Stream(source, _Events(source).messages, "exchange", rank))
        return streams


class _Events:
    """An array of events of one symbol."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self._listings: dict[str, Listing] = {}

    def messages(self) -> Iterator[Message]:
        """Yield the array's events."""
        for number, event in _items(self.source):
            try:
                yield self._message(number, event)
            except (KeyError, TypeError, ValueError) as error:
                what = f"lacks {error}" if isinstance(error, KeyError) else str(error)
                raise self.source.error(
                    f"event {number} is not one of Binance's: {what}", line=1, fix="repair or leave it out"
                ) from error

    def _message(self, number: int, event: dict[str, Any]) -> Message:
        symbol = event["s"]
        listing = self._listings.get(symbol) or self._listings.setdefault(symbol, _listing(symbol))
        ts_ns = int(event["E"]) * _MS
        if event["e"] == "depthUpdate":
            bids, asks = event["b"], event["a"]
            return Message(
                ts_ns, ts_ns, DEPTH, 1, listing, bids, asks, first_id=event["U"], last_id=event["u"]
            )
        return Message(
            ts_ns,
            int(event["T"]) * _MS,
            TRADE,
            1,
            listing,
            side=1 if event["m"] else 0,
            price=event["p"],
            qty=event["q"],
            ref=event["a"] if event["e"] == "aggTrade" else event["t"],
        )


def _snapshot_stream(source: Source, updates: Sequence[Source]) -> Stream:
    try:
        content = json.loads(source.read())
    except ValueError as error:
        raise source.error(f"not JSON: {error}", line=1, fix="is the file cut short?") from error
    ts_ns, symbol = _placed(source, content["lastUpdateId"], updates)

    def messages() -> Iterator[Message]:
        try:
            bids, asks = content["bids"], content["asks"]
        except KeyError as error:
            raise source.error(f"the snapshot lacks {error}", line=1) from error
        last = content["lastUpdateId"]
        listing = _listing(symbol)
        yield Message(ts_ns, None, SNAPSHOT, 1, listing, bids, asks, last_id=last, joins=True)

    # Rank 0: before the update of the same stamp, which is the first that it does not hold.
    return Stream(source, messages, "exchange", 0)


def _placed(source: Source, last_id: int, updates: Sequence[Source]) -> tuple[int, str]:
    """Return the time and symbol of the first update that reaches past the snapshot."""
    named = _SYMBOL.match(source.name)
    wanted = named.group(1) if named else None
    best: tuple[int, str] | None = None
    for update in updates:
        for _, event in _items(update):
            if wanted is not None and event.get("s") != wanted:
                break
            if event["u"] >= last_id:
                if event["U"] <= last_id + 1:
                    best = min(best or (2**63, ""), (int(event["E"]) * _MS, event["s"]))
                break
    if best is None:
        raise source.error(
            f"no update overlaps the snapshot's id {last_id}, so its time is not known",
            fix="import it together with the updates of the same hour",
        )
    return best


def _items(source: Source) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield (number from 1, object) of a JSON array without holding more than one piece of it."""
    decoder = json.JSONDecoder()
    number = 0
    with source.open() as file:
        text = ""
        at_end = False
        while not at_end:
            piece = source.read_piece(file, _PIECE)
            at_end = not piece
            text = (text + piece.decode("utf-8", "replace")).lstrip(" \r\n\t[,")
            while text.startswith("{"):
                try:
                    item, used = decoder.raw_decode(text)
                except ValueError:
                    break  # the object goes on in the next piece
                number += 1
                yield number, item
                text = text[used:].lstrip(" \r\n\t,")
    if text.strip() != "]":
        raise source.error(
            f"the array breaks off after {number} events", line=1, fix="is the file cut short?"
        )


def _listing(symbol: str) -> Listing:
    return Listing("binance", symbol, *terms("binance", symbol)[:3])


IMPORTERS.add(BinanceHourly.name, BinanceHourly())
