"""Connections: HTTP as clients really send it, and what happens to those who misbehave."""

from typing import Any

import pytest
from tests.engine.served.stage import Wire

from seatrial.engine.served.frames import frame
from seatrial.engine.served.wire import BACKLOG_BYTES_MAX, Connection, Reply, Request, Respond, Socket

UPGRADE = (
    b"GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


class Echo:
    """Answers with what it was asked, at once or when told to; a WebSocket is heard out."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.held: list[Respond] = []
        self.hold = False
        self.texts: list[bytes] = []
        self.lost = 0

    def answer(self, request: Request, respond: Respond) -> None:
        """Answer with the path."""
        self.requests.append(request)
        if self.hold:
            self.held.append(respond)
        else:
            respond(Reply(200, request.path.encode()))

    def accept(self, request: Request, socket: Socket) -> Any:
        """Listen at one path."""
        return self if request.path == "/ws" else None

    def on_text(self, text: bytes) -> None:
        """Keep what was said."""
        self.texts.append(text)

    def on_lost(self) -> None:
        """Count."""
        self.lost += 1


class Tapped(Wire):
    """A transport whose bytes are looked at."""

    def read(self) -> bytes:
        """Return what was written since the last call."""
        data, self._written = bytes(self._written), bytearray()
        return data


def connected() -> tuple[Echo, Connection, Tapped]:
    """Return an app, a connection to it and its transport."""
    app, everyone, wire = Echo(), set[Connection](), Tapped()
    connection = Connection(app, everyone)
    connection.connection_made(wire)
    return app, connection, wire


def test_a_request_may_come_byte_by_byte() -> None:
    """A slow client is a client."""
    app, connection, wire = connected()
    for byte in b"POST /a?b=%20c HTTP/1.1\r\nHost: x\r\nX-Big: Y\r\nContent-Length: 3\r\n\r\nabc":
        connection.data_received(bytes([byte]))

    (request,) = app.requests
    assert (request.method, request.path, request.query, request.body) == ("POST", "/a", "b=%20c", b"abc")
    assert request.headers["x-big"] == "Y"
    assert wire.read().startswith(b"HTTP/1.1 200 OK\r\n")


def test_answers_keep_the_order_of_their_requests() -> None:
    """A later answer that is ready first must wait, or it goes to the wrong request."""
    app, connection, wire = connected()
    app.hold = True
    connection.data_received(b"GET /1 HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\n\r\n")
    app.held[1](Reply(200, b"two"))

    assert wire.read() == b""
    app.held[0](Reply(200, b"one"))
    said = wire.read()
    assert said.index(b"one") < said.index(b"two")


def test_a_client_that_wants_to_close_is_closed() -> None:
    """`Connection: close` is how short-lived clients end."""
    _, connection, wire = connected()
    connection.data_received(b"GET /1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")

    assert b"Connection: close" in wire.read()
    assert wire.closed


@pytest.mark.parametrize("fate", ["hang", "cut"])
def test_an_answer_can_be_lost(fate: str) -> None:
    """A time-out and a dead line look different to a client."""
    app, connection, wire = connected()
    app.hold = True
    connection.data_received(b"GET /1 HTTP/1.1\r\nHost: x\r\n\r\n")
    app.held[0](Reply(200, b"lost", fate=fate))

    assert wire.read() == b""
    assert wire.closed == (fate == "cut")
    connection.data_received(b"GET /2 HTTP/1.1\r\nHost: x\r\n\r\n")
    assert (len(app.requests), wire.read()) == (1, b"")


@pytest.mark.parametrize(
    "sent",
    [
        b"\x00\x01\x02\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"X: " + b"y" * 70_000 + b"\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9999999\r\n\r\n" + b"z" * 1_200_000,
        b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
        UPGRADE.replace(b"/ws", b"/no"),
    ],
)
def test_what_is_no_request_ends_the_connection(sent: bytes) -> None:
    """Nothing a client sends may take memory without bound or reach an app as something it is not."""
    app, connection, wire = connected()
    connection.data_received(sent)

    assert wire.closed
    assert app.requests == []


def test_a_websocket_is_opened_spoken_on_and_closed() -> None:
    """Handshake, text, ping and close, on one connection."""
    app, connection, wire = connected()
    mask = bytes(4)
    connection.data_received(UPGRADE + bytes([0x81, 0x82]) + mask + b"hi")

    assert b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" in wire.read()
    assert app.texts == [b"hi"]
    connection.data_received(bytes([0x89, 0x81]) + mask + b"?")
    assert wire.read() == frame(b"?", 0xA)
    connection.data_received(bytes([0x82, 0x81]) + mask + b"?")
    assert wire.closed
    connection.connection_lost(None)
    assert app.lost == 1


def test_a_client_that_does_not_read_is_cut_off() -> None:
    """Twenty subscribers must not pay for one that has stopped reading."""
    wire = Tapped()
    socket = Socket(wire)
    wire.get_write_buffer_size = lambda: BACKLOG_BYTES_MAX + 1  # type: ignore[method-assign]
    socket.say(b"{}")

    assert wire.closed
    assert wire.read() == b""
