"""
A TCP proxy inside this process, between a client and a service, that can be told to misbehave.

It needs no rights and works on any machine; what it cannot do is lose single packets. Everything it does
to the traffic is counted, because a fault that met no traffic has proved nothing.
"""

import selectors
import socket
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from ..store.clock import monotonic_ns

CHUNK: Final = 65_536
TICK_S: Final = 0.01
LARGEST_QUEUE: Final = 4 * 1024 * 1024


@dataclass
class Behaviour:
    """What is done to the traffic: one-way delay, bytes a second, and whether it is held, or reset."""

    delay_ms: float = 0.0
    bytes_per_s: float = 0.0
    blocked: bool = False
    half_open: bool = False


@dataclass
class Counts:
    """What was done so far."""

    connections: int = 0
    bytes: int = 0
    delayed: int = 0
    held: int = 0
    refused: int = 0
    reset: int = 0
    throttled: int = 0


@dataclass(eq=False)
class Way:
    """One direction of a connection, and what waits in it."""

    source: socket.socket
    sink: socket.socket
    upstream: bool
    queue: list[tuple[int, bytes]] = field(default_factory=list)
    queued: int = 0
    closed: bool = False
    budget: float = 0.0


class Proxy:
    """Listens on a free port of the loopback and passes on to one address; `close` ends its thread."""

    def __init__(self, host: str, port: int) -> None:
        self.target, self.behaviour, self.counts = (host, port), Behaviour(), Counts()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.setblocking(False)
        self.port = int(self._listener.getsockname()[1])
        self._ways: list[Way] = []
        self._stop = threading.Event()
        self._reset_asked = threading.Event()
        self._last_ns = monotonic_ns()
        self._thread = threading.Thread(target=self._run, name=f"proxy-{self.port}", daemon=True)
        self._thread.start()

    def reset(self) -> None:
        """Reset every connection that there is."""
        self._reset_asked.set()

    def close(self) -> None:
        """Stop and let go of everything."""
        self._stop.set()
        self._thread.join(timeout=5)

    def _run(self) -> None:
        try:
            while not self._stop.is_set():
                self._turn()
        finally:
            for way in self._ways:
                way.source.close()
            self._listener.close()

    def _turn(self) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._listener, selectors.EVENT_READ, None)
            for way in self._ways:
                if not way.closed and way.queued < LARGEST_QUEUE:
                    selector.register(way.source, selectors.EVENT_READ, way)
            for key, _ in selector.select(TICK_S):
                if key.data is None:
                    self._accept()
                else:
                    self._read(key.data)
        if self._reset_asked.is_set():
            self._reset_asked.clear()
            self._reset_all()
        self._write()

    def _accept(self) -> None:
        with suppress(OSError):
            client, _ = self._listener.accept()
            try:
                service = socket.create_connection(self.target, timeout=1)
            except OSError:
                self.counts.refused += 1
                client.close()
                return
            self.counts.connections += 1
            for each in (client, service):
                each.setblocking(False)
                each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._ways += [Way(client, service, upstream=True), Way(service, client, upstream=False)]

    def _read(self, way: Way) -> None:
        try:
            data = way.source.recv(CHUNK)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            way.closed = True
            return
        due = monotonic_ns() + int(self.behaviour.delay_ms * 1e6)
        self.counts.delayed += self.behaviour.delay_ms > 0
        way.queue.append((due, data))
        way.queued += len(data)

    def _write(self) -> None:
        now = monotonic_ns()
        passed_s, self._last_ns = (now - self._last_ns) / 1e9, now
        for way in list(self._ways):
            if self.behaviour.blocked or (self.behaviour.half_open and not way.upstream):
                self.counts.held += bool(way.queue)
                continue
            way.budget = min(self.behaviour.bytes_per_s, way.budget + self.behaviour.bytes_per_s * passed_s)
            self._flush(way, now)
            if way.closed and not way.queue:
                self._end(way)

    def _flush(self, way: Way, now: int) -> None:
        while way.queue and way.queue[0][0] <= now:
            due, data = way.queue[0]
            limit = len(data)
            if self.behaviour.bytes_per_s:
                limit = min(limit, int(way.budget))
                self.counts.throttled += limit < len(data)
            try:
                sent = way.sink.send(data[:limit]) if limit else 0
            except BlockingIOError:
                sent = 0
            except OSError:
                way.queue.clear()
                way.closed = True
                return
            self.counts.bytes += sent
            way.budget -= sent
            way.queued -= sent
            if sent == len(data):
                way.queue.pop(0)
            else:
                way.queue[0] = (due, data[sent:])
                return

    def _end(self, way: Way) -> None:
        for other in [each for each in self._ways if {each.source, each.sink} == {way.source, way.sink}]:
            self._ways.remove(other)
        way.source.close()
        way.sink.close()

    def _reset_all(self) -> None:
        for way in self._ways:
            with suppress(OSError):
                # Lingering for no time makes the kernel send a reset instead of an end.
                way.source.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
            way.source.close()
        self.counts.reset += len(self._ways) // 2
        self._ways.clear()
