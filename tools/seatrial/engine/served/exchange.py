"""
The served exchange: everything behind the connections, put together.

Each request first brings the market up to the present moment, then is checked, counted, struck by
whatever fault is due, and answered.
"""

import logging
from collections import deque
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

import orjson

from ...model.profile import Profile
from .answers import Fields, Later, envelope
from .clock import VenueClock
from .control import Control
from .history import Past
from .hub import Hub
from .limits import LimitRefusal, Limits
from .market_streams import MarketStreams
from .news import News
from .orders import Order
from .public import Public
from .refusals import NO_PATH, PARAMS, SERVER, Refusal
from .routes import OPERATIONS, Route, routes
from .signing import Guard, Keys
from .sockets import ANSWER_S, PrivateSpeaker, PublicSpeaker, Speaker, TradeSpeaker
from .standing import Standing
from .symbols import CATEGORIES
from .trading import Told, Trading
from .venue import Venue
from .wire import Listener, Reply, Request, Respond, Socket
from .wire_faults import Fault, WireFaults

LOG = logging.getLogger(__name__)
FIELDS_MAX = 100
PUBLIC_WS, PRIVATE_WS, TRADE_WS, CONTROL = "/v5/public/", "/v5/private", "/v5/trade", "/control/"
SERVICE_UNAVAILABLE, TOO_MANY_REQUESTS = 503, 429
POLICY, BROKEN = 1008, 1011
TEXTS_MAX = 1_024
PATIENCE_NS = 60 * 10**9
RESOLUTION_NS = 200_000  # requests closer together than this share a moment of the market
Headers = tuple[tuple[str, str], ...]


class Exchange:
    """One account at one venue, as its clients meet it."""

    def __init__(self, venue: Venue, clock: VenueClock, keys: Keys, profile: Profile, seed: int) -> None:
        self.venue, self.clock = venue, clock
        self.hub = Hub()
        self.faults = WireFaults(profile.exchange.faults, seed=seed, tell=self._tell_fault)
        self.guard = Guard(keys, clock)
        self.limits = Limits(clock, profile.exchange.rate_limit_per_s)
        self.public = Public(venue, clock)
        self.trading = Trading(venue, clock.shown_ms)
        self.trading.spare = self._spared
        self.standing = Standing(self.trading, clock, keys.key)
        self.streams = MarketStreams(self.hub, self.public, clock, self.faults)
        self._routes = routes(self.public, self.trading, Past(self.trading, clock), self.standing)
        self.control = Control(self, keys.secret)
        self.sockets: dict[Socket, Speaker] = {}
        self.delay: Callable[[float, Callable[[], None]], object] = lambda _, call: call()
        self.woken: Callable[[], None] = lambda: None
        self.boundary: Callable[[int], int] = lambda ns: ns
        self.errors = 0
        self._connections = 0
        self._dcp_due_ns: int | None = None
        venue.listener = News(self.hub, self.standing, self.faults)

    # -- time ---------------------------------------------------------------------------------------

    def start(self, market_ns: int) -> None:
        """Open: the market is there, time begins."""
        self.clock.start(market_ns)
        if self.clock.shift_ns:
            # Clients' own books have the time that they were shown: whoever compares must know the shift.
            self.venue.emit(market_ns, "heartbeat", {"iteration": 0, "shown_shift_ns": self.clock.shift_ns})
        self.faults.start(market_ns)

    def catch_up(self) -> None:
        """Bring the venue to the present moment of its clock."""
        now = self.clock.now_ns()
        if now - self.venue.now_ns >= RESOLUTION_NS:
            self.run_to(now)

    def run_to(self, until_ns: int) -> None:
        """Play up to a moment, stopping where a fault begins or the run has something to sum up."""
        while self.venue.now_ns < until_ns:
            stop = min(until_ns, max(self.faults.next_ns(), self.venue.now_ns + 1))
            stop = self.boundary(stop)
            self.venue.run_to(stop)
            for fault in self.faults.tick(self.venue.now_ns):
                self.begin(fault)
            self._protect()

    def publish(self) -> int:
        """Send what the streams owe; return when they owe something next."""
        return self.streams.publish()

    # -- requests -----------------------------------------------------------------------------------

    def answer(self, request: Request, respond: Respond) -> None:
        """Answer one HTTP request."""
        try:
            self.catch_up()
            if request.path.startswith(CONTROL):
                respond(self.control.answer(request))
            else:
                self._answer(request, respond)
        except Refusal as no:
            self._respond(respond, no, getattr(no, "headers", ()))
        except Exception:
            # A bug of ours must not take the exchange down in the middle of somebody's soak.
            self.errors += 1
            LOG.exception("%s %s", request.method, request.path)
            self._respond(respond, Refusal(SERVER, status=500), ())
        self.woken()

    def _answer(self, request: Request, respond: Respond) -> None:
        route = self._routes.get((request.method, request.path))
        if route is None:
            raise Refusal(NO_PATH, status=404)
        headers: Headers = ()
        if route.signed:
            self.guard.check(request)
            headers = self.limits.take(request.path, route.limit, self.venue.now_ns)
        fault = self.faults.strike(self.venue.now_ns) if route.signed and route.acts else None
        later = self._struck(route, request, respond, fault) if fault else self._carried(route, request)
        if later is not None:
            self._wait(later)
            later.then(lambda value: self._respond(respond, value, headers))

    def _carried(self, route: Route, request: Request) -> Later:
        fields = _fields_of(request)
        found = route.answer(fields)
        if isinstance(found, Later):
            return found
        later = Later()
        later.settle(found)
        return later

    def _struck(self, route: Route, request: Request, respond: Respond, fault: Fault) -> Later | None:
        """Let a fault have its way with a request; None when the answer is lost or has been given."""
        detail: Fields = {"path": request.path}
        if fault.name == "rate_limited":
            self.faults.bit(fault.name, detail)
            reset_ns = self.venue.now_ns + int((fault.value_ms or 1_000) * 1e6)
            headers = self.limits.headers(self.limits.enforced or route.limit, 0, reset_ns)
            wait = ("Retry-After", str(-(-int(fault.value_ms or 1_000) // 1_000)))
            raise LimitRefusal((*headers, wait), TOO_MANY_REQUESTS)
        if fault.name == "reject":
            self.faults.bit(fault.name, detail)
            raise Refusal(SERVER, "System error. Please try again later.")
        taken = self.faults.taken(fault)
        if taken:
            try:
                self._carried(route, request)
            except Refusal:
                taken = False
        self.faults.bit(fault.name, {**detail, "accepted": taken})
        if fault.name == "server_error":
            raise Refusal(SERVER, status=SERVICE_UNAVAILABLE)
        respond(Reply(200, b"", fate="hang"))
        return None

    def _respond(self, respond: Respond, value: Any, headers: Headers) -> None:
        status = value.status if isinstance(value, Refusal) else 200
        result, extra = value if isinstance(value, Told) else (value, {})
        now_ms = self.clock.shown_ms(self.venue.now_ns) + self.clock.skew_ms
        reply = Reply(status, envelope(result, now_ms, extra), (*headers, ("Timenow", str(now_ms))))
        slow = self.faults.held("latency", self.venue.now_ns) if self.faults.faults else None
        if slow is None:
            respond(reply)
            return
        self.faults.bit("latency", {"ms": slow.value_ms})
        self.delay(slow.value_ms / 1e3, lambda: respond(reply))

    def carry_out(self, operation: str, fields: Fields) -> tuple[Later, Headers]:
        """Carry out an operation of the trade WebSocket; the result, and the headers that go with it."""
        path = OPERATIONS.get(operation)
        if path is None:
            raise Refusal(PARAMS, f"Invalid op: {operation[:64]}")
        self.catch_up()
        route = self._routes["POST", path]
        headers = self.limits.take(path, route.limit, self.venue.now_ns)
        fault = self.faults.strike(self.venue.now_ns)
        request = Request("POST", path, "", {}, orjson.dumps(fields))
        if fault is None:
            later: Later | None = self._carried(route, request)
        else:
            later = self._struck(route, request, lambda _: None, fault)
        later = later or Later()
        self._wait(later)
        self.woken()
        return later, headers

    def _wait(self, later: Later) -> None:
        """Let stepped time run on until a request has its answer: its client waits for nothing else."""
        until = self.venue.now_ns + PATIENCE_NS
        while self.clock.stepped and not later.done and self.venue.next_due_ns <= until:
            self.run_to(self.venue.next_due_ns + 1)
            self.clock.step(self.venue.now_ns)

    # -- sockets ------------------------------------------------------------------------------------

    def accept(self, request: Request, socket: Socket) -> Listener | None:
        """Take a WebSocket over."""
        self.catch_up()
        speaker = self._speaker(request.path, socket)
        if speaker is None:
            return None
        cut = self.faults.held("disconnect", self.venue.now_ns)
        if cut is not None:
            self.faults.bit_once(cut, {"refused": request.path})
            return None
        self.sockets[socket] = speaker
        return Wakeful(self, speaker)

    def _speaker(self, path: str, socket: Socket) -> Speaker | None:
        self._connections += 1
        conn_id = f"seatrial-{self._connections:06d}"
        category = path.removeprefix(PUBLIC_WS)
        if path.startswith(PUBLIC_WS) and category in CATEGORIES:
            return PublicSpeaker(socket, conn_id, self.clock, self.streams, category)
        if path == PRIVATE_WS:
            return PrivateSpeaker(socket, conn_id, self.clock, self.guard, self.hub)
        if path == TRADE_WS:
            return TradeSpeaker(socket, conn_id, self.guard, self)
        return None

    def lost(self, socket: Socket) -> None:
        """Forget a WebSocket; if it was the last protected one, the clock of its protection runs."""
        speaker = self.sockets.pop(socket, None)
        protected = speaker is not None and any(topic.startswith("dcp.") for topic in speaker.topics)
        if protected and self.standing.dcp_s is not None and not self._protected():
            self._dcp_due_ns = self.venue.now_ns + self.standing.dcp_s * 10**9

    def _protected(self) -> bool:
        topics = (topic for speaker in self.sockets.values() for topic in speaker.topics)
        return any(topic.startswith("dcp.") for topic in topics)

    def _protect(self) -> None:
        """Cancel everything once the protected streams have been gone for too long."""
        if self._dcp_due_ns is None:
            return
        if self._protected():
            self._dcp_due_ns = None
        elif self.venue.now_ns >= self._dcp_due_ns:
            self._dcp_due_ns = None
            live = list(self.venue.orders.open.values())
            self.trading.cancel_each(live, "linear", "CancelByDCP")

    # -- faults -------------------------------------------------------------------------------------

    def begin(self, fault: Fault) -> None:
        """Put a fault that holds for a while into effect."""
        if fault.name in {"disconnect", "half_open"} and self.sockets:
            self.faults.bit_once(fault, {"sockets": len(self.sockets)})
        if fault.name == "disconnect":
            for socket in tuple(self.sockets):
                socket.cut()
        elif fault.name == "half_open":
            for socket in self.sockets:
                socket.half_open = True
        elif fault.name == "clock_skew":
            self.clock.skew_ms = int(fault.value_ms)
            self.venue.post(fault.until_ns, self._unskew)
            self.faults.bit_once(fault, {"skew_ms": self.clock.skew_ms})

    def _unskew(self) -> None:
        self.clock.skew_ms = 0

    def lift(self, names: list[str]) -> None:
        """End these faults now; what was cut stays cut, what hung speaks again."""
        self.faults.lift(names)
        if "clock_skew" in names:
            self._unskew()
        if "half_open" in names:
            for socket in self.sockets:
                socket.half_open = False

    def _spared(self, live: list[Order]) -> set[int]:
        fault = self.faults.strikes("partial_cancel_all", self.venue.now_ns) if self.faults.faults else None
        if fault is None or not live:
            return set()
        left = {order.order_id for order in live[: max(1, len(live) // 2)]}
        self.faults.bit("partial_cancel_all", {"asked": len(live), "left": len(left)})
        return left

    def _tell_fault(self, name: str, detail: Fields) -> None:
        symbol = self.venue.instruments[0].symbol
        self.venue.emit(self.venue.now_ns, "fault", {"fault": name, "symbol": symbol, "detail": detail})


class Wakeful:
    """
    A speaker that brings the market up to the moment before it listens, and takes its time to answer.

    Clients in the wild note what they have asked for after they have sent it: an answer within
    microseconds, which no network gives, finds them unprepared.
    """

    def __init__(self, exchange: Exchange, speaker: Speaker) -> None:
        self._exchange, self._speaker = exchange, speaker
        self._texts: deque[bytes] = deque()

    def on_text(self, text: bytes) -> None:
        """Take one text message."""
        if self._speaker.prompt:
            self._heed(text)
            return
        if len(self._texts) >= TEXTS_MAX:
            self._speaker.socket.close(POLICY)
            return
        self._texts.append(text)
        self._exchange.delay(ANSWER_S, self._next)

    def _next(self) -> None:
        if self._texts:
            self._heed(self._texts.popleft())

    def _heed(self, text: bytes) -> None:
        self._exchange.catch_up()
        try:
            self._speaker.on_text(text)
        except Exception:
            self._exchange.errors += 1
            LOG.exception("a message on a WebSocket")
            self._speaker.socket.close(BROKEN)
        self._exchange.woken()

    def on_lost(self) -> None:
        """Hear that the connection is gone."""
        self._texts.clear()
        self._exchange.lost(self._speaker.socket)
        self._speaker.on_lost()


def _fields_of(request: Request) -> Fields:
    if request.method == "GET":
        try:
            return dict(parse_qsl(request.query, keep_blank_values=True, max_num_fields=FIELDS_MAX))
        except ValueError:
            raise Refusal(PARAMS, "params error: too many parameters") from None
    if not request.body:
        return {}
    try:
        fields = orjson.loads(request.body)
    except orjson.JSONDecodeError:
        fields = None
    if not isinstance(fields, dict):
        raise Refusal(PARAMS, "params error: the body is not a JSON object")
    return fields
