"""
Binance as it came off the wire: raw WebSocket captures of USD-M, COIN-M and spot.

A line is `<receive stamp> <json>`; the JSON is the combined-stream envelope, or the answer of the
REST depth snapshot without one. Which market it is, is read from the messages: COIN-M names its
pair (`ps`), futures chain their changes by `pu`, spot does neither. The receive clock orders
everything, also when it runs behind the exchange's.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from ...model.errors import InputError
from ..contract import terms
from ..source import Source
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

_LINE = re.compile(rb"^\d{10,19} \{")
# digits of the stamp -> nanoseconds of its unit
_UNITS = {10: 10**9, 13: 10**6, 16: 10**3, 19: 1}
_MS = 1_000_000
SPOT, USD_M, COIN_M = "binance", "binance-futures", "binance-delivery"


class BinanceWs:
    """Captures of Binance's combined streams."""

    name = "binance-ws"
    title = "Binance raw WebSocket captures (USD-M, COIN-M, spot)"

    def claims(self, source: Source) -> bool:
        """Claim files whose first line is a stamp and a Binance envelope or depth snapshot."""
        lines = source.head_lines[:1]
        return (
            bool(lines)
            and bool(_LINE.match(lines[0]))
            and (b'"stream":' in source.head or b'"lastUpdateId":' in source.head)
        )

    def streams(self, sources: Sequence[Source]) -> Sequence[Stream]:
        """Return one stream per file."""
        return [Stream(source, Capture(source).messages, "receive") for source in sources]


class Capture:
    """One file: its symbols become listings as they appear."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self._listings: dict[str, Listing] = {}
        # A file may carry both trade streams of a symbol; they tell of the same prints.
        self._skips_agg = b"@trade" in source.head and b"@aggTrade" in source.head
        # symbol -> next boundary, rate and mark as told last, and when that was (exchange, ms)
        self._funding: dict[str, tuple[int, str, str, int]] = {}
        self._readers: dict[str, Callable[[int, int, dict[str, Any]], Message | None]] = {
            "depthUpdate": self._depth,
            "bookTicker": self._quote,
            "trade": self._trade,
            "aggTrade": self._trade,
            "markPriceUpdate": self._mark,
        }

    def messages(self) -> Iterator[Message]:
        """Yield the file's messages from the beginning."""
        import orjson

        self._funding.clear()
        number = last_ns = 0
        for number, line in self.source.lines():
            stamp, _, text = line.partition(b" ")
            unit = _UNITS.get(len(stamp))
            if unit is None or not stamp.isdigit():
                raise self.source.error(
                    "the line does not begin with a stamp of 10, 13, 16 or 19 digits", line=number
                )
            try:
                content = orjson.loads(text)
                last_ns = int(stamp) * unit
                message = self.message(number, last_ns, content)
            except orjson.JSONDecodeError as error:
                raise self.source.error(
                    f"not JSON: {error}", line=number, fix="is the line cut short?"
                ) from error
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                what = f"lacks {error}" if isinstance(error, KeyError) else str(error)
                raise self.source.error(
                    f"not a Binance message: {what}", line=number, fix="repair or leave out the line"
                ) from error
            if message is not None:
                yield message
        for symbol, (due, rate, mark, told) in self._funding.items():
            listing = self._listings.get(symbol)
            if listing is not None and falls_due(due * _MS, told * _MS):
                yield Message(last_ns, due * _MS, FUNDING, number, listing, price=mark, qty=rate)

    def message(self, number: int, ts_ns: int, content: dict[str, Any]) -> Message | None:
        """Return what one envelope or snapshot says; None for streams that are not read."""
        if "lastUpdateId" in content:
            return self._snapshot(number, ts_ns, content)
        data = content["data"]
        kind = data.get("e") or content["stream"].partition("@")[2].partition("@")[0]
        reader = self._readers.get(kind)
        return reader(number, ts_ns, data) if reader else None

    def _listing(self, data: dict[str, Any]) -> Listing:
        symbol = data["s"]
        listing = self._listings.get(symbol)
        if listing is None:
            venue = self._venue(symbol, data)
            said = terms(venue, symbol)
            listing = Listing(venue, symbol, *said[:3], contract_size=said.contract_size)
            self._listings[symbol] = listing
        return listing

    def _venue(self, symbol: str, data: dict[str, Any]) -> str:
        """Return the market the symbol trades on, from the message itself or a depth update in the head."""
        if "ps" in data or "USD_" in symbol:
            return COIN_M
        if data.get("e") == "depthUpdate":
            return USD_M if "pu" in data else SPOT
        own = f'"s":"{symbol}"'.encode()
        for line in self.source.head_lines:
            if b'"depthUpdate"' in line and own in line.replace(b" ", b""):
                return USD_M if b'"pu"' in line else SPOT
        # Only spot marks trades with M, and only spot quotes carry no time.
        return SPOT if "M" in data or "T" not in data else USD_M

    def _depth(self, number: int, ts_ns: int, data: dict[str, Any]) -> Message:
        return Message(
            ts_ns,
            data.get("T", data["E"]) * _MS,
            DEPTH,
            number,
            self._listing(data),
            bids=data["b"],
            asks=data["a"],
            first_id=data["U"],
            last_id=data["u"],
            prev_id=data.get("pu"),
        )

    def _quote(self, number: int, ts_ns: int, data: dict[str, Any]) -> Message:
        exch = data.get("T")
        return Message(
            ts_ns,
            None if exch is None else exch * _MS,
            QUOTE,
            number,
            self._listing(data),
            bids=((data["b"], data["B"]),),
            asks=((data["a"], data["A"]),),
            ref=data["u"],
            age=data["u"],
        )

    def _trade(self, number: int, ts_ns: int, data: dict[str, Any]) -> Message | None:
        aggregated = "a" in data and data["e"] == "aggTrade"
        if aggregated and self._skips_agg:
            return None
        kind = data.get("X", "MARKET")
        if kind != "MARKET" and float(data["p"]) == 0:
            return None  # an announcement without a price is no print
        if data["m"] is not True and data["m"] is not False:
            raise ValueError(f"m is {data['m']!r} where true or false is due")
        return Message(
            ts_ns,
            data["T"] * _MS,
            TRADE,
            number,
            self._listing(data),
            side=1 if data["m"] else 0,
            price=data["p"],
            qty=data["q"],
            ref=data["a"] if aggregated else data["t"],
            no_fill=kind != "MARKET",
        )

    def _mark(self, number: int, ts_ns: int, data: dict[str, Any]) -> Message | None:
        """Return a funding event when the next boundary moves on: the last one has then been paid."""
        symbol, boundary = data["s"], data.get("T") or 0
        before = self._funding.get(symbol)
        self._funding[symbol] = (boundary, data.get("r") or "0", data["p"], data["E"])
        if before is None or not before[0] or boundary <= before[0]:
            return None
        paid, rate, mark, _ = before
        return Message(ts_ns, paid * _MS, FUNDING, number, self._listing(data), price=mark, qty=rate)

    def _snapshot(self, number: int, ts_ns: int, content: dict[str, Any]) -> Message:
        symbol = content.get("symbol") or self._only_symbol(number)
        exch = content.get("T")
        return Message(
            ts_ns,
            None if exch is None else exch * _MS,
            SNAPSHOT,
            number,
            self._listings[symbol],
            bids=content["bids"],
            asks=content["asks"],
            last_id=content["lastUpdateId"],
            joins=True,
        )

    def _only_symbol(self, number: int) -> str:
        """Return the file's one symbol: a snapshot does not say whose it is."""
        if not self._listings:
            self._look_ahead()
        if len(self._listings) != 1:
            raise InputError(
                f"the snapshot names no symbol and the file has {len(self._listings)}",
                where=self.source.error("", line=number).where,
                fix="record one symbol per file",
            )
        return next(iter(self._listings))

    def _look_ahead(self) -> None:
        import orjson

        for line in self.source.head_lines:
            try:
                data = orjson.loads(line.partition(b" ")[2])["data"]
                self._listing(data)
            except (ValueError, KeyError, TypeError):
                continue  # reading will come to this line and name it


IMPORTERS.add(BinanceWs.name, BinanceWs())
