"""Public streams: books, trades, tickers and candles, made when somebody listens and never otherwise."""

from typing import Any

import orjson

from .bars import INTERVALS, Bar
from .books import PACE_NS, BookStream
from .clock import VenueClock
from .hub import Hub, Key
from .public import Public
from .refusals import Refusal
from .wire import Socket
from .wire_faults import WireFaults

TICKER_NS = {"spot": 50_000_000, "linear": 100_000_000, "inverse": 100_000_000}
KLINE_NS = 1_000_000_000
TRADES_PER_MESSAGE = 1_024
SILENT = {"liquidation", "allLiquidation"}  # topics that exist and on which nothing happens here
NEVER = 2**62


class MarketStreams:
    """Makes the messages of every public topic that somebody has subscribed to."""

    def __init__(self, hub: Hub, public: Public, clock: VenueClock, faults: WireFaults) -> None:
        self.hub, self._public, self._venue, self._clock = hub, public, public.venue, clock
        self._faults = faults
        self._books: dict[Key, BookStream] = {}
        self._tickers: dict[Key, tuple[int, dict[str, str]]] = {}
        self._klines: dict[Key, tuple[int, Bar | None, int]] = {}

    # -- subscribing --------------------------------------------------------------------------------

    def join(self, category: str, topic: str, socket: Socket) -> bytes | None:
        """
        Subscribe; return the first message if the topic has one.

        A topic that does not exist is a `Refusal`; one that is subscribed to already, a `ValueError`.
        """
        key = (category, topic)
        at = self._index(category, topic)
        first = not self.hub.listened(key)
        if not self.hub.join(key, socket):
            raise ValueError(topic)
        kind, *rest = topic.split(".")
        if kind == "orderbook":
            return self._book(key, at, int(rest[0])).snapshot(self._stamps(at), fresh=first)
        if kind == "tickers":
            return self._ticker(key, at, whole=True)
        if kind == "publicTrade":
            self._venue.shown.streamed = True
        return None

    def leave(self, category: str, topic: str, socket: Socket) -> bool:
        """Unsubscribe; False when there was no such subscription."""
        return self.hub.leave((category, topic), socket)

    def _index(self, category: str, topic: str) -> int:
        kind, *rest = topic.split(".")
        good = {
            "orderbook": len(rest) == 2 and rest[0] in {str(depth) for depth in PACE_NS},
            "kline": len(rest) == 2 and rest[0] in INTERVALS,
        }.get(kind, kind in {"publicTrade", "tickers", *SILENT} and len(rest) == 1)
        if not good:
            raise Refusal(10001, f"error:handler not found,topic:{topic}")
        try:
            return self._venue.symbols.index(category, rest[-1])
        except Refusal:
            raise Refusal(10001, f"error:handler not found,topic:{topic}") from None

    def _book(self, key: Key, at: int, depth: int) -> BookStream:
        if key not in self._books:
            name, grid = self._venue.symbols.names[at][1], self._venue.scribe.grids[at]
            self._books[key] = BookStream(key[1], name, grid, lambda: self._venue.shown.depth(at, depth))
        return self._books[key]

    # -- publishing ---------------------------------------------------------------------------------

    def publish(self) -> int:
        """Send what is due at the venue's present moment; return when something is due next."""
        now, due = self._venue.now_ns, NEVER
        if self._venue.shown.streamed:
            self._send_trades(now)
        for key in self.hub.topics():
            kind = key[1].partition(".")[0]
            if kind == "orderbook":
                due = min(due, self._send_book(key, now))
            elif kind == "tickers":
                due = min(due, self._send_ticker(key, now))
            elif kind == "kline":
                due = min(due, self._send_kline(key, now))
        return due

    def _send_book(self, key: Key, now: int) -> int:
        _, depth, symbol = key[1].split(".")
        at, pace = self._venue.symbols.index(key[0], symbol), PACE_NS[int(depth)]
        stream = self._book(key, at, int(depth))
        if now < stream.due_ns:
            return stream.due_ns
        stream.due_ns = now - now % pace + pace
        stale = self._faults.held("stale", now) if self._faults.faults else None
        if stale is not None:
            self._faults.bit_once(stale, {"topic": key[1]})
            return stream.due_ns
        message = stream.update(self._stamps(at), self._faults, now)
        if message is not None:
            self._publish(key, message)
        return stream.due_ns

    def _send_trades(self, now: int) -> None:
        shown = self._venue.shown
        for at, fresh in enumerate(shown.fresh):
            if not fresh:
                continue
            shown.fresh[at] = []
            category, symbol = self._venue.symbols.names[at]
            key = (category, f"publicTrade.{symbol}")
            if not self.hub.listened(key):
                continue
            if len(fresh) > 1 and self._faults.faults and self._faults.strikes("out_of_order", now):
                fresh[-2:] = fresh[:-3:-1]
                self._faults.bit("out_of_order", {"topic": key[1], "trade": fresh[-1].number})
            rows = [self._trade(at, symbol, each) for each in fresh]
            for start in range(0, len(rows), TRADES_PER_MESSAGE):
                self._say(key, "snapshot", rows[start : start + TRADES_PER_MESSAGE])

    def _trade(self, at: int, symbol: str, each: Any) -> dict[str, Any]:
        grid = self._venue.scribe.grids[at]
        return {
            "T": self._clock.shown_ms(each.ts_ns),
            "s": symbol,
            "S": ("Buy", "Sell")[each.side],
            "v": grid.qty(each.qty),
            "p": grid.price(each.px),
            "L": each.direction,
            "i": f"{at}-{each.number}",
            "BT": False,
            "RPI": False,
            "seq": each.seq,
        }

    def _send_ticker(self, key: Key, now: int) -> int:
        due, _ = self._tickers.get(key, (0, {}))
        if now < due:
            return due
        at = self._venue.symbols.index(key[0], key[1].partition(".")[2])
        message = self._ticker(key, at, whole=key[0] == "spot")
        if message is not None:
            self._publish(key, message)
        return self._tickers[key][0]

    def _ticker(self, key: Key, at: int, *, whole: bool) -> bytes | None:
        """Return a ticker message with all fields, or with those that have changed."""
        now, pace = self._venue.now_ns, TICKER_NS[key[0]]
        found, (_, last) = self._public.ticker(at), self._tickers.get(key, (0, {}))
        self._tickers[key] = (now - now % pace + pace, found)
        changed = (
            found if whole else {name: value for name, value in found.items() if last.get(name) != value}
        )
        if not changed or (whole and found == last):
            return None if last else self._message(key[1], "snapshot", found)
        kind = "snapshot" if whole else "delta"
        return self._message(key[1], kind, {"symbol": found["symbol"], **changed})

    def _send_kline(self, key: Key, now: int) -> int:
        _, interval, symbol = key[1].split(".")
        due, before, lots = self._klines.get(key, (0, None, -1))
        if now < due:
            return due
        at = self._venue.symbols.index(key[0], symbol)
        bars, shift = self._venue.shown.bars[at], self._clock.shift_ns
        bar = bars.newest(interval, shift_ns=shift)
        due = now - now % KLINE_NS + KLINE_NS
        rows = []
        if before is not None and bar is not None and bar.start_ns > before.start_ns:
            rows.append(self._candle(at, before, interval, confirm=True))
        if bar is not None and (before is None or (bar.start_ns, bar.lots) != (before.start_ns, lots)):
            rows.append(self._candle(at, bar, interval, confirm=False))
        self._klines[key] = (due, bar, bar.lots if bar else -1)
        if rows:
            self._say(key, "snapshot", rows)
        return due

    def _candle(self, at: int, bar: Bar, interval: str, *, confirm: bool) -> dict[str, Any]:
        grid = self._venue.scribe.grids[at]
        start = self._clock.shown_ms(bar.start_ns)
        return {
            "start": start,
            "end": start + INTERVALS[interval] * 60_000 - 1,
            "interval": interval,
            "open": grid.price(bar.open),
            "close": grid.price(bar.close),
            "high": grid.price(bar.high),
            "low": grid.price(bar.low),
            "volume": grid.qty(bar.lots),
            "turnover": self._venue.shown.turnover(at, bar),
            "confirm": confirm,
            "timestamp": self._clock.shown_ms(self._venue.now_ns),
        }

    def _publish(self, key: Key, message: bytes) -> None:
        """Send a message to all who have subscribed, unless market data are being lost."""
        gap = self._faults.held("gap", self._venue.now_ns) if self._faults.faults else None
        if gap is None:
            self.hub.publish(key, message)
        else:
            self._faults.bit_once(gap, {"topic": key[1]})

    def _say(self, key: Key, kind: str, data: Any) -> None:
        self._publish(key, self._message(key[1], kind, data))

    def _message(self, topic: str, kind: str, data: Any) -> bytes:
        ts = self._clock.shown_ms(self._venue.now_ns)
        return orjson.dumps({"topic": topic, "type": kind, "ts": ts, "cs": self._public.seq(), "data": data})

    def _stamps(self, at: int) -> tuple[int, int, int]:
        clock, venue = self._clock, self._venue
        return clock.shown_ms(venue.now_ns), clock.shown_ms(venue.shown.book_ns(at)), self._public.seq()
