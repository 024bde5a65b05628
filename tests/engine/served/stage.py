"""A stage for the served exchange: a hand-made market, stepped time, signed requests without a network."""

import hmac
import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

import orjson
from tests.engine.stage import T0, Row, book

from seatrial.engine.served.clock import Clocks, VenueClock
from seatrial.engine.served.exchange import Exchange
from seatrial.engine.served.frames import Reader
from seatrial.engine.served.signing import Keys
from seatrial.engine.served.venue import Venue
from seatrial.engine.served.wire import Listener, Reply, Request, Socket
from seatrial.model.instrument import Contract, Instrument
from seatrial.model.profile import FeeSettings, LatencySettings, Profile
from seatrial.model.tape import Tape, tape_of

KEY, SECRET = "key", "secret"
NOW_MS = T0 // 1_000_000
BIDS = {99: 10, 98: 20, 97: 30}
ASKS = {101: 10, 102: 20, 103: 30}


def contract(symbol: str = "BTCUSDT", kind: Contract = Contract.LINEAR, **more: Any) -> Instrument:
    """Return an instrument whose tick and lot are one."""
    names = {"base": "BTC", "quote": "USD" if kind is Contract.INVERSE else "USDT"}
    return Instrument.model_validate(
        {"symbol": symbol, "venue": "bybit", "contract": kind, **names, "tick_size": 1, "lot_size": 1, **more}
    )


LINEAR, SPOT = contract(), contract(kind=Contract.SPOT)
INVERSE = contract("BTCUSD", Contract.INVERSE)


class Market:
    """Rows as a feed."""

    start_ns = T0

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows = sorted(rows, key=lambda row: row[0])
        self.end_ns = self._rows[-1][0] + 1 if self._rows else T0 + 1

    def window(self, from_ns: int, until_ns: int) -> Iterator[Tape]:
        """Yield the rows of a stretch."""
        yield tape_of([row for row in self._rows if from_ns <= row[0] < until_ns])


class Wire:
    """Stands for a transport: keeps what is written."""

    def __init__(self) -> None:
        self.closed = False
        self._reader = Reader()
        self._written = bytearray()

    def write(self, data: bytes) -> None:
        """Keep the bytes."""
        self._written += data

    def is_closing(self) -> bool:
        """Tell whether it is closed."""
        return self.closed

    def get_write_buffer_size(self) -> int:
        """Nothing waits here."""
        return 0

    def close(self) -> None:
        """Close."""
        self.closed = True

    abort = close

    def taken(self) -> list[dict[str, Any]]:
        """Return the messages written since the last call."""
        data, self._written = bytes(self._written), bytearray()
        found, at = [], 0
        while at < len(data):
            head, length, at = data[at], data[at + 1], at + 2
            if length >= 126:
                size = 2 if length == 126 else 8
                length, at = int.from_bytes(data[at : at + size], "big"), at + size
            if head & 0x0F == 1:
                found.append(orjson.loads(data[at : at + length]))
            at += length
        return found


@dataclass
class Line:
    """A WebSocket to the exchange."""

    wire: Wire
    listener: Listener

    def say(self, **message: Any) -> list[dict[str, Any]]:
        """Say something and return what comes back."""
        self.listener.on_text(orjson.dumps(message))
        return self.wire.taken()

    def taken(self) -> list[dict[str, Any]]:
        """Return what has come since."""
        return self.wire.taken()


class Stage:
    """One served exchange in stepped time."""

    def __init__(
        self,
        instruments: tuple[Instrument, ...] = (LINEAR,),
        rows: Iterable[Row] | None = None,
        speed: float = 0,
        **settings: Any,
    ) -> None:
        exchange = {
            "latency": LatencySettings(out_ms=0, back_ms=0),
            "fees": FeeSettings(maker_bps=Decimal(-1), taker_bps=Decimal(5)),
            **settings,
        }
        self.profile = Profile.model_validate({"exchange": exchange})
        self.events: list[tuple[int, str, dict[str, Any]]] = []
        self.venue = Venue(
            self.profile, instruments, lambda *event: self.events.append(event), seed=7, fast=False
        )
        opening = itertools.chain(*(book(0, BIDS, ASKS, inst=at) for at in range(len(instruments))))
        self.venue.play(Market([*opening, *(rows or ())]))
        self.venue.start(T0)
        self.wall_ns = T0
        clock = VenueClock(Clocks(lambda: self.wall_ns, lambda: self.wall_ns), speed=speed)
        self.exchange = Exchange(self.venue, clock, Keys(KEY, SECRET), self.profile, 7)
        self.exchange.start(self.venue.now_ns)

    # -- REST ---------------------------------------------------------------------------------------

    def reply(self, request: Request) -> Reply | None:
        """Return the answer to a request, None when none comes."""
        replies: list[Reply] = []
        self.exchange.answer(request, replies.append)
        assert len(replies) <= 1
        return replies[0] if replies else None

    def signed(self, method: str, path: str, query: str = "", body: bytes = b"") -> Request:
        """Return a signed request."""
        stamp = str(self.exchange.clock.time_ms())
        said = body if method == "POST" else query.encode()
        sign = hmac.new(SECRET.encode(), f"{stamp}{KEY}5000".encode() + said, sha256).hexdigest()
        headers = {
            "x-bapi-api-key": KEY,
            "x-bapi-timestamp": stamp,
            "x-bapi-recv-window": "5000",
            "x-bapi-sign": sign,
        }
        return Request(method, path, query, headers, body)

    def get(self, path: str, **fields: Any) -> dict[str, Any]:
        """Return the whole answer to a signed GET."""
        reply = self.reply(self.signed("GET", path, urlencode(fields)))
        assert reply is not None
        answer: dict[str, Any] = orjson.loads(reply.body)
        return answer

    def post(self, path: str, **fields: Any) -> dict[str, Any]:
        """Return the whole answer to a signed POST."""
        reply = self.reply(self.signed("POST", path, body=orjson.dumps(fields)))
        assert reply is not None
        answer: dict[str, Any] = orjson.loads(reply.body)
        return answer

    def rows(self, path: str, **fields: Any) -> list[dict[str, Any]]:
        """Return the list in the answer to a GET."""
        answer = self.get(path, **{"category": "linear", **fields})
        assert answer["retCode"] == 0, answer
        found: list[dict[str, Any]] = answer["result"]["list"]
        return found

    def order(self, side: str, qty: Any, price: Any = None, **more: Any) -> dict[str, Any]:
        """Send an order and return the whole answer."""
        fields = {"category": "linear", "symbol": "BTCUSDT", "side": side, "qty": str(qty), **more}
        fields["orderType"] = "Market" if price is None else "Limit"
        if price is not None:
            fields["price"] = str(price)
        return self.post("/v5/order/create", **fields)

    # -- the rest -------------------------------------------------------------------------------------

    def step(self, ms: float) -> dict[str, Any]:
        """Move market time on: by control, or by the clock on the wall where time runs by itself."""
        if self.exchange.clock.stepped:
            return self.control("POST", "step", ms=ms)
        self.wall_ns += round(ms * 1_000_000)
        self.exchange.catch_up()
        self.exchange.publish()
        return self.control("GET", "state")

    def control(self, method: str, verb: str, **fields: Any) -> dict[str, Any]:
        """Ask the control endpoint."""
        path = f"{self.exchange.control.path}/{verb}"
        reply = self.reply(Request(method, path, "", {}, orjson.dumps(fields) if fields else b""))
        assert reply is not None
        answer: dict[str, Any] = orjson.loads(reply.body)
        return answer

    def line(self, path: str) -> Line:
        """Open a WebSocket."""
        wire = Wire()
        listener = self.exchange.accept(Request("GET", path, "", {}, b""), Socket(wire))
        assert listener is not None
        return Line(wire, listener)

    def private(self, *topics: str) -> Line:
        """Open the private stream, log in and subscribe."""
        line = self.line("/v5/private")
        self.login(line)
        if topics:
            assert line.say(op="subscribe", args=list(topics))[0]["success"]
        return line

    def login(self, line: Line) -> dict[str, Any]:
        """Log in on a WebSocket and return what it says."""
        expires = self.wall_ns // 1_000_000 + 10_000
        sign = hmac.new(SECRET.encode(), f"GET/realtime{expires}".encode(), sha256).hexdigest()
        return line.say(op="auth", args=[KEY, expires, sign])[0]

    def told(self, kind: str) -> list[dict[str, Any]]:
        """Return the record's events of a kind."""
        return [fields for _, each, fields in self.events if each == kind]
