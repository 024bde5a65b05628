"""
The server: listens, keeps the market in step with the clock, and says where it is.

One thread, one loop. Time goes on by itself between requests: the loop sleeps until something is
due and never longer than a quarter of a second, so that a heartbeat is a sign of life.
"""

import asyncio
import signal
import socket
import ssl
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from ...model.errors import OutsideError, Where
from ..collector import calm
from .exchange import PRIVATE_WS, PUBLIC_WS, TRADE_WS, Exchange
from .symbols import CATEGORIES
from .tls import Authority
from .wire import Connection

IDLE_S = 0.25
# Faster than this nobody is told anything: a market at a thousand times real time must not starve requests.
BREATH_S = 0.001
BREATH_FAST_S = 0.005


@dataclass(frozen=True)
class Place:
    """A bound socket, the host it was asked for, and the authority if it is to speak TLS."""

    socket: socket.socket
    host: str
    authority: Authority | None = None


def bind(host: str, port: int) -> socket.socket:
    """Return a socket bound there (port 0: a free one), or say in an `OutsideError` why not."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=1_024)
    except OSError as error:
        raise OutsideError(
            f"cannot listen there: {error.strerror or error}",
            where=Where(field=f"{host}:{port}"),
            fix="choose another --host or --port",
        ) from error


class Server:
    """Serves one exchange until it is told to stop; `tick` is called about four times a second at least."""

    def __init__(self, exchange: Exchange, place: Place, tick: Callable[[], None]) -> None:
        self.exchange, self._place, self._tick = exchange, place, tick
        self._connections: set[Connection] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._due_ns = 0
        self._failure: BaseException | None = None

    def run(self, ready: Callable[[dict[str, Any]], None]) -> None:
        """Serve until SIGTERM or Ctrl-C; `ready` is told the addresses once clients may come."""
        runner: Callable[[Coroutine[Any, Any, None]], object] = asyncio.run
        if find_spec("uvloop") is not None:
            import uvloop

            runner = uvloop.run
        with calm():
            runner(self._serve(ready))

    async def _serve(self, ready: Callable[[dict[str, Any]], None]) -> None:
        loop = asyncio.get_running_loop()
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        self._stop = stop
        server = await self._listen(loop)
        exchange = self.exchange
        exchange.delay = loop.call_later
        exchange.woken = self._woken
        port = server.sockets[0].getsockname()[1]
        exchange.start(exchange.venue.now_ns)
        self._beat()
        ready(self._addresses(port))
        await stop.wait()
        self._close(server)
        if self._failure is not None:
            raise self._failure

    async def _listen(self, loop: asyncio.AbstractEventLoop) -> Any:
        authority = self._place.authority
        context: ssl.SSLContext | None = authority.context if authority else None
        return await loop.create_server(
            lambda: Connection(self.exchange, self._connections), sock=self._place.socket, ssl=context
        )

    def _close(self, server: Any) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self.exchange.catch_up()
        server.close()
        for connection in tuple(self._connections):
            connection.drop()

    def _addresses(self, port: int) -> dict[str, Any]:
        host = self._place.host
        place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        secure = "s" if self._place.authority else ""
        stream = f"ws{secure}://{place}"
        rest = f"http{secure}://{place}"
        return {
            "rest": rest,
            "ws_public": {category: f"{stream}{PUBLIC_WS}{category}" for category in CATEGORIES},
            "ws_private": f"{stream}{PRIVATE_WS}",
            "ws_trade": f"{stream}{TRADE_WS}",
            "control": f"{rest}{self.exchange.control.path}",
        }

    # -- the pace -----------------------------------------------------------------------------------

    def _beat(self) -> None:
        """Bring the market up to the moment, tell what is due, and sleep until the next such moment."""
        try:
            self.exchange.catch_up()
            due_ns = self.exchange.publish()
            self._tick()
        except Exception as error:  # noqa: BLE001  (it is raised again where the run can be ended in order)
            self._failure = error
            self._stop.set()
            return
        self._sleep(min(due_ns, self.exchange.venue.next_due_ns))

    def _sleep(self, due_ns: int) -> None:
        clock = self.exchange.clock
        breath = BREATH_S if clock.speed <= 1 else BREATH_FAST_S
        wait = IDLE_S if clock.stepped else min(IDLE_S, max(breath, clock.wall_delay_s(due_ns)))
        self._due_ns = due_ns
        self._timer = asyncio.get_running_loop().call_later(wait, self._beat)

    def _woken(self) -> None:
        """Sleep less when what a request set under way is due earlier."""
        due_ns = self.exchange.venue.next_due_ns
        if due_ns < self._due_ns and self._timer is not None and not self.exchange.clock.stepped:
            self._timer.cancel()
            self._sleep(due_ns)
