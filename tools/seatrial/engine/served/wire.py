"""
Connections: HTTP/1.1 with keep-alive and pipelining, and the WebSockets that they become.

A bare asyncio protocol over a C parser, because the frameworks on top of it cost several times
what an order costs at the exchange. It knows bytes and nothing of what they mean: an `App` answers
requests and takes sockets over.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, NamedTuple, Protocol

import httptools

from .frames import (
    CLOSE,
    NORMAL,
    NOT_TEXT,
    PING,
    PONG,
    TEXT,
    FrameError,
    Reader,
    accept_key,
    close_frame,
    frame,
)

HEAD_BYTES_MAX = 64 << 10
BODY_BYTES_MAX = 1 << 20
BACKLOG_BYTES_MAX = 16 << 20  # a client that does not read is cut off, as the venue does
PIPELINED_MAX = 256
PHRASES = {status.value: status.phrase for status in HTTPStatus}


class Request(NamedTuple):
    """One HTTP request; header names in lower case, the query as it was sent."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes


class Reply(NamedTuple):
    """One HTTP answer; `fate` is `send`, `hang` (never answered) or `cut` (the line goes dead)."""

    status: int
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()
    fate: str = "send"


Respond = Callable[[Reply], None]


class Listener(Protocol):
    """The side of a WebSocket that understands what is said."""

    def on_text(self, text: bytes) -> None:
        """Take one text message."""

    def on_lost(self) -> None:
        """Hear that the connection is gone."""


class App(Protocol):
    """What stands behind the connections."""

    def answer(self, request: Request, respond: Respond) -> None:
        """Answer a request, now or later, by calling `respond` once."""

    def accept(self, request: Request, socket: "Socket") -> Listener | None:
        """Take a WebSocket over, or return None when there is none at this path."""


class Socket:
    """The server's end of a WebSocket."""

    def __init__(self, transport: Any) -> None:
        self.transport, self.half_open = transport, False

    def send(self, ready: bytes) -> None:
        """Send a ready frame, unless the line is dead or nobody reads at the other end."""
        if self.half_open or self.transport.is_closing():
            return
        if self.transport.get_write_buffer_size() > BACKLOG_BYTES_MAX:
            self.transport.abort()
            return
        self.transport.write(ready)

    def say(self, payload: bytes) -> None:
        """Send one text message."""
        self.send(frame(payload))

    def close(self, code: int = NORMAL) -> None:
        """End the connection."""
        self.send(close_frame(code))
        self.transport.close()

    def cut(self) -> None:
        """Drop the connection without a word."""
        self.transport.abort()


class Connection(asyncio.Protocol):
    """One client's connection."""

    def __init__(self, app: App, everyone: set["Connection"]) -> None:
        self._app, self._everyone = app, everyone
        self._parser = httptools.HttpRequestParser(self)
        self._waiting: deque[list[Reply]] = deque()
        self._listener: Listener | None = None
        self._hung = False
        self._reader = Reader()
        self.transport: Any = None
        self._begin()

    # -- asyncio -----------------------------------------------------------------------------------

    def connection_made(self, transport: Any) -> None:
        """Start."""
        self.transport = transport
        self._everyone.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        self._everyone.discard(self)
        if self._listener is not None:
            self._listener.on_lost()

    def data_received(self, data: bytes) -> None:
        """Take bytes in."""
        if self._listener is not None:
            self._hear(data)
            return
        if self._hung or self.transport.is_closing():
            return
        self._size += len(data)
        if self._size > HEAD_BYTES_MAX + BODY_BYTES_MAX:
            self._refuse(413)
            return
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            self._upgrade(data[upgrade.args[0] :])
        except httptools.HttpParserError:
            self._refuse(400)

    def drop(self) -> None:
        """Cut the connection."""
        if self.transport is not None:
            self.transport.abort()

    # -- the parser calls these ---------------------------------------------------------------------

    def _begin(self) -> None:
        self._url = b""
        self._headers: dict[str, str] = {}
        self._body: list[bytes] = []
        self._size = self._head_size = 0

    def on_message_begin(self) -> None:
        """Begin a request."""
        self._begin()

    def on_url(self, url: bytes) -> None:
        """Take (a part of) the target."""
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take one header."""
        self._head_size += len(name) + len(value)
        if self._head_size > HEAD_BYTES_MAX:
            raise httptools.HttpParserError("the head is too big")
        self._headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_body(self, body: bytes) -> None:
        """Take (a part of) the body."""
        self._body.append(body)

    def on_message_complete(self) -> None:
        """Answer a whole request, keeping the order of pipelined ones."""
        if self._parser.should_upgrade() and self._headers.get("upgrade", "").lower() == "websocket":
            return
        request = self._request()
        keeps = self._parser.should_keep_alive()
        place: list[Reply] = []
        self._waiting.append(place)
        if len(self._waiting) > PIPELINED_MAX:
            self._refuse(429)
            return

        def respond(reply: Reply) -> None:
            place.append(
                reply if keeps else reply._replace(headers=(*reply.headers, ("Connection", "close")))
            )
            self._flush()

        self._app.answer(request, respond)
        self._size = 0

    def _request(self) -> Request:
        path, _, query = self._url.decode("latin-1").partition("?")
        method = self._parser.get_method().decode("latin-1")
        return Request(method, path, query, self._headers, b"".join(self._body))

    # -- answering ----------------------------------------------------------------------------------

    def _flush(self) -> None:
        transport = self.transport
        while self._waiting and self._waiting[0] and not self._hung:
            reply = self._waiting.popleft()[0]
            if transport.is_closing():
                continue
            if reply.fate == "cut":
                transport.abort()
            elif reply.fate == "hang":
                # What comes after it on this line would be taken for its answer.
                self._hung = True
            elif reply.fate == "send":
                transport.write(_bytes_of(reply))
                if ("Connection", "close") in reply.headers:
                    transport.close()

    def _refuse(self, status: int) -> None:
        if not self.transport.is_closing():
            self.transport.write(_bytes_of(Reply(status, b"", (("Connection", "close"),))))
            self.transport.close()

    # -- WebSocket ----------------------------------------------------------------------------------

    def _upgrade(self, rest: bytes) -> None:
        key = self._headers.get("sec-websocket-key")
        if self._headers.get("upgrade", "").lower() != "websocket" or not key:
            self._refuse(400)
            return
        self._socket = Socket(self.transport)
        listener = self._app.accept(self._request(), self._socket)
        if listener is None:
            self._refuse(404)
            return
        self.transport.write(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: %b\r\n\r\n" % accept_key(key).encode()
        )
        self._listener = listener
        if rest:
            self._hear(rest)

    def _hear(self, data: bytes) -> None:
        if self._socket.half_open:
            return
        try:
            for opcode, payload in self._reader.feed(data):
                self._take(opcode, payload)
        except FrameError as error:
            self._socket.close(error.code)

    def _take(self, opcode: int, payload: bytes) -> None:
        assert self._listener is not None
        if opcode == PING:
            self._socket.send(frame(payload, PONG))
        elif opcode == CLOSE:
            self._socket.close(NORMAL)
        elif opcode == TEXT:
            self._listener.on_text(payload)
        elif opcode != PONG:
            self._socket.close(NOT_TEXT)


def _bytes_of(reply: Reply) -> bytes:
    extra = "".join(f"{name}: {value}\r\n" for name, value in reply.headers).encode("latin-1")
    return (
        b"HTTP/1.1 %d %b\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: %d\r\n%b\r\n%b"
        % (reply.status, PHRASES[reply.status].encode(), len(reply.body), extra, reply.body)
    )
