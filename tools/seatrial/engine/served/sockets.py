"""
What is said on WebSockets: subscribe, ping, auth, and orders on the trade stream.

A client that says nonsense is told so in the venue's words and stays connected.
"""

from collections import deque
from collections.abc import Callable
from typing import Any, Protocol

import orjson

from .answers import Fields, Later
from .clock import VenueClock
from .hub import Hub
from .market_streams import MarketStreams
from .refusals import BAD_SIGN, PARAMS, Refusal
from .signing import Guard
from .trading import Told
from .wire import Socket

Headers = tuple[tuple[str, str], ...]
PRIVATE_TOPICS = {"order", "execution", "position", "wallet"}
BY_CATEGORY = {"linear", "inverse", "spot"}
QUIET_TOPICS = {"greeks", "execution.fast", "dcp.future", "dcp.spot", "dcp.option"}
ARGS_MAX = 500
SPOT_ARGS_MAX = 10
TEXT_BYTES_MAX = 64 << 10
ANSWER_S = 0.002  # on the wall: no network is faster, and clients count on it


class Speaker:
    """One WebSocket's side that understands; a prompt one is heard at once and takes its own time."""

    prompt = False

    def __init__(self, socket: Socket, conn_id: str, clock: VenueClock) -> None:
        self.socket, self.conn_id, self.clock = socket, conn_id, clock
        self.topics: set[str] = set()

    def on_text(self, text: bytes) -> None:
        """Take one message."""
        try:
            message = orjson.loads(text) if len(text) <= TEXT_BYTES_MAX else None
        except orjson.JSONDecodeError:
            message = None
        if not isinstance(message, dict):
            self.say({"success": False, "ret_msg": "error:invalid json", "conn_id": self.conn_id, "op": ""})
            return
        self.heed(message, str(message.get("op") or ""))

    def heed(self, message: Fields, op: str) -> None:
        """Do what a message asks."""
        args = message.get("args")
        args = args if isinstance(args, list) else []
        if op == "ping":
            self.pong(message)
        elif op in {"subscribe", "unsubscribe"}:
            self.follow(message, op, [str(each) for each in args[: ARGS_MAX + 1]])
        elif op == "auth":
            self.login(message, args)
        else:
            self.reply(message, op, ok=False, words=f"error:handler not found,op:{op[:64]}")

    def pong(self, message: Fields) -> None:
        """Answer a ping in JSON; a ping frame has been answered already."""
        self.reply(message, "ping", ok=True, words="pong")

    def login(self, message: Fields, args: list[Any]) -> None:
        """Public streams have nobody to log in."""
        self.reply(message, "auth", ok=False, words="error:handler not found,op:auth")

    def follow(self, message: Fields, op: str, args: list[str]) -> None:
        """Where there are no topics, every one of them is unknown."""
        self.reply(message, op, ok=False, words=f"error:handler not found,topic:{','.join(args)[:64]}")

    def reply(self, message: Fields, op: str, *, ok: bool, words: str) -> None:
        """Say whether it worked, in the form of the older streams."""
        req_id = message.get("req_id")
        self.say(
            {
                "success": ok,
                "ret_msg": words,
                "conn_id": self.conn_id,
                "req_id": req_id if isinstance(req_id, str) else "",
                "op": op,
            }
        )

    def say(self, fields: Fields) -> None:
        """Send one message."""
        self.socket.say(orjson.dumps(fields))

    def on_lost(self) -> None:
        """Hear that the connection is gone."""


class PublicSpeaker(Speaker):
    """A public stream of one category."""

    def __init__(
        self, socket: Socket, conn_id: str, clock: VenueClock, streams: MarketStreams, category: str
    ) -> None:
        super().__init__(socket, conn_id, clock)
        self._streams, self._category = streams, category

    def follow(self, message: Fields, op: str, args: list[str]) -> None:
        """Subscribe to topics or unsubscribe; the first that does not exist ends it."""
        most = SPOT_ARGS_MAX if self._category == "spot" else ARGS_MAX
        if not args or len(args) > most:
            self.reply(message, op, ok=False, words=f"args size is from 1 to {most}")
            return
        if op == "unsubscribe":
            for topic in args:
                self._streams.leave(self._category, topic, self.socket)
                self.topics.discard(topic)
            self.reply(message, op, ok=True, words="")
            return
        self._subscribe(message, args)

    def _subscribe(self, message: Fields, args: list[str]) -> None:
        op, firsts = "subscribe", []
        for topic in args:
            try:
                firsts.append(self._streams.join(self._category, topic, self.socket))
                self.topics.add(topic)
            except Refusal as no:
                self.reply(message, op, ok=False, words=no.words)
                break
            except ValueError:
                self.reply(message, op, ok=False, words=f"error:already subscribed,topic:{topic}")
                break
        else:
            self.reply(message, op, ok=True, words="subscribe" if self._category == "spot" else "")
        for first in firsts:
            if first is not None:
                self.socket.say(first)

    def on_lost(self) -> None:
        """End every subscription."""
        for topic in self.topics:
            self._streams.leave(self._category, topic, self.socket)


class PrivateSpeaker(Speaker):
    """The account's own stream: nothing before a valid login."""

    def __init__(self, socket: Socket, conn_id: str, clock: VenueClock, guard: Guard, hub: Hub) -> None:
        super().__init__(socket, conn_id, clock)
        self._guard, self._hub = guard, hub
        self.known = False

    def login(self, message: Fields, args: list[Any]) -> None:
        """Check the login."""
        try:
            self._guard.check_login(args)
        except Refusal as no:
            self.reply(message, "auth", ok=False, words=no.words)
            return
        self.known = True
        self.reply(message, "auth", ok=True, words="")

    def pong(self, message: Fields) -> None:
        """Answer a ping as the private stream does."""
        req_id = message.get("req_id")
        fields: Fields = {"op": "pong", "args": [str(self.clock.time_ms())], "conn_id": self.conn_id}
        self.say({"req_id": req_id, **fields} if isinstance(req_id, str) else fields)

    def follow(self, message: Fields, op: str, args: list[str]) -> None:
        """Subscribe to one's own topics."""
        if not self.known:
            self.reply(message, op, ok=False, words="Request not authorized")
            return
        wrong = next((topic for topic in args if not _is_private(topic)), None)
        if wrong is not None or not args:
            self.reply(message, op, ok=False, words=f"error:handler not found,topic:{str(wrong)[:64]}")
            return
        for topic in args:
            if op == "subscribe":
                self._hub.join(("private", topic), self.socket)
                self.topics.add(topic)
            else:
                self._hub.leave(("private", topic), self.socket)
                self.topics.discard(topic)
        self.reply(message, op, ok=True, words="")

    def on_lost(self) -> None:
        """End every subscription."""
        for topic in self.topics:
            self._hub.leave(("private", topic), self.socket)


def _is_private(topic: str) -> bool:
    name, _, category = topic.partition(".")
    return topic in QUIET_TOPICS or (name in PRIVATE_TOPICS and (not category or category in BY_CATEGORY))


class Desk(Protocol):
    """What orders over a WebSocket need: the same door that REST comes through, and time."""

    clock: VenueClock
    delay: Callable[[float, Callable[[], None]], object]

    def carry_out(self, operation: str, fields: Fields) -> tuple[Later, Headers]:
        """Carry out an operation; return its result and the headers that go with it."""


class TradeSpeaker(Speaker):
    """Orders over a WebSocket: carried out at once, answered as soon as a network could."""

    prompt = True

    def __init__(self, socket: Socket, conn_id: str, guard: Guard, desk: Desk) -> None:
        super().__init__(socket, conn_id, desk.clock)
        self._guard, self._desk = guard, desk
        self._answers: deque[bytes] = deque()
        self.known = False

    def say(self, fields: Fields) -> None:
        """Send one message a little later, in order."""
        self._answers.append(orjson.dumps(fields))
        self._desk.delay(ANSWER_S, lambda: self.socket.say(self._answers.popleft()))

    def heed(self, message: Fields, op: str) -> None:
        """Do what a message asks."""
        if op.startswith("order."):
            self._order(message, op)
        elif op in {"ping", "auth"}:
            super().heed(message, op)
        else:
            self._told(message, op[:64], Refusal(PARAMS, f"Invalid op: {op[:64]}"))

    def pong(self, message: Fields) -> None:
        """Answer a ping as the trade stream does."""
        req_id = message.get("reqId") or message.get("req_id")
        fields = {"retCode": 0, "retMsg": "OK", "op": "pong", "data": [str(self.clock.time_ms())]}
        self.say({"reqId": req_id if isinstance(req_id, str) else "", **fields, "connId": self.conn_id})

    def login(self, message: Fields, args: list[Any]) -> None:
        """Check the login."""
        try:
            self._guard.check_login(args)
        except Refusal as no:
            self._told(message, "auth", no)
            return
        self.known = True
        self._told(message, "auth", None)

    def _order(self, message: Fields, op: str) -> None:
        header, args = message.get("header"), message.get("args")
        limits: Headers = ()
        try:
            if not self.known:
                raise Refusal(BAD_SIGN, "not login")
            self._guard.check_stamp(header if isinstance(header, dict) else {})
            if not (isinstance(args, list) and len(args) == 1 and isinstance(args[0], dict)):
                raise Refusal(PARAMS, "params error: args takes one object")
            later, limits = self._desk.carry_out(op, args[0])
        except Refusal as no:
            self._told(message, op, no, getattr(no, "headers", limits))
            return
        later.then(lambda value: self._told(message, op, value, limits))

    def _told(self, message: Fields, op: str, value: Any, limits: Headers = ()) -> None:
        req_id, refused = message.get("reqId"), isinstance(value, Refusal)
        result, extra = value if isinstance(value, Told) else (value, {})
        answer: Fields = {
            "reqId": req_id if isinstance(req_id, str) else "",
            "retCode": value.code if refused else 0,
            "retMsg": value.words if refused else "OK",
            "op": op,
        }
        if op != "auth":
            answer |= {"data": {} if refused else result, "retExtInfo": extra}
            answer["header"] = {**dict(limits), "Traceid": "0", "Timenow": str(self.clock.time_ms())}
        self.say({**answer, "connId": self.conn_id})
