"""
The served exchange against a minimal server of the same stack, on loopback.

Order round trips: signed POSTs, half of them creates and half cancels, from one connection and from
sixteen. The minimal server parses and checks the same signature and sends a fixed answer: what is
left is the exchange itself (validation, matching, accounts, the record on disk). Fan-out: twenty
subscribers of a book at 20 ms, by the server's CPU per message. Memory: resident size after so many
orders. Ratios travel, absolute figures do not.

    python benchmarks/served.py [--seconds 3] [--orders 20000] [--clients 20]
"""

import argparse
import asyncio
import hmac
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any, Self

import psutil

KEY, SECRET = "bench", "bench-secret"
SYMBOL = "BTCUSDT"
QUICK = (
    "market.calibration=usdm_btc",
    "exchange.latency.out_ms=0",
    "exchange.latency.back_ms=0",
    "exchange.latency.jitter_ms=0",
)
MINIMAL = """
import asyncio, json, sys
import uvloop
from seatrial.engine.served.clock import Clocks, VenueClock
from seatrial.engine.served.frames import frame
from seatrial.engine.served.signing import Guard, Keys
from seatrial.engine.served.wire import Connection, Reply
import time, orjson

clock = VenueClock(Clocks(time.time_ns, time.monotonic_ns), speed=1)
clock.start(time.time_ns())

ANSWER = (
    b'{"retCode":0,"retMsg":"OK","result":{"orderId":"1","orderLinkId":""},'
    b'"retExtInfo":{},"time":1}'
)

class Minimal:
    def __init__(self):
        self.guard, self.sockets = Guard(Keys(sys.argv[1], sys.argv[2]), clock), set()
    def answer(self, request, respond):
        self.guard.check(request)
        orjson.loads(request.body)
        respond(Reply(200, ANSWER))
    def accept(self, request, socket):
        self.sockets.add(socket)
        return self
    def on_text(self, text):
        pass
    def on_lost(self):
        pass

async def main():
    app, loop = Minimal(), asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(app, set()), "127.0.0.1", 0)
    print(json.dumps({"rest": "http://127.0.0.1:%d" % server.sockets[0].getsockname()[1]}), flush=True)
    body = b"x" * int(sys.argv[3])
    while True:
        await asyncio.sleep(0.02)
        ready = frame(body)
        for socket in tuple(app.sockets):
            socket.send(ready)

uvloop.run(main())
"""


# -- servers --------------------------------------------------------------------------------------


class Served:
    """A server process and where it is."""

    def __init__(self, words: list[str]) -> None:
        self.process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        assert self.process.stdout is not None
        self.line = json.loads(self.process.stdout.readline())
        self.port = int(self.line["rest"].rsplit(":", 1)[1])
        self.watched = psutil.Process(self.process.pid)

    def cpu_s(self) -> float:
        """Return the CPU seconds used so far."""
        times = self.watched.cpu_times()
        return float(times.user + times.system)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(120)
        except subprocess.TimeoutExpired:
            self.process.kill()


def exchange(out: Path, speed: str = "1") -> Served:
    """Start the served exchange without simulated latency."""
    words = [sys.executable, "-m", "seatrial", "exchange", "serve", "--api-key", KEY, "--api-secret", SECRET]
    words += ["--out", str(out), "--speed", speed, "--window", "60s"]
    for each in QUICK:
        words += ["--set", each]
    return Served(words)


def minimal(body_bytes: int = 1_000) -> Served:
    """Start the minimal server; it pushes bodies of that size."""
    return Served([sys.executable, "-c", MINIMAL, KEY, SECRET, str(body_bytes)])


# -- clients --------------------------------------------------------------------------------------


def signed(path: str, fields: dict[str, Any]) -> bytes:
    """Return a signed POST as bytes."""
    body, stamp = json.dumps(fields), str(time.time_ns() // 1_000_000)
    sign = hmac.new(SECRET.encode(), f"{stamp}{KEY}5000{body}".encode(), sha256).hexdigest()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nX-BAPI-API-KEY: {KEY}\r\n"
        f"X-BAPI-TIMESTAMP: {stamp}\r\nX-BAPI-RECV-WINDOW: 5000\r\nX-BAPI-SIGN: {sign}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return (head + body).encode()


CREATE = {
    "category": "linear", "symbol": SYMBOL, "side": "Buy", "orderType": "Limit", "qty": "0.01",
    "price": "60000", "timeInForce": "PostOnly",
}  # fmt: skip


async def trade(port: int, until: Callable[[], bool], laps_s: list[float]) -> None:
    """Create and cancel orders over one connection until told to stop."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while not until():
        placed = await round_trip(reader, writer, signed("/v5/order/create", CREATE), laps_s)
        named = {"category": "linear", "symbol": SYMBOL, "orderId": placed["result"]["orderId"]}
        await round_trip(reader, writer, signed("/v5/order/cancel", named), laps_s)
    writer.close()


async def round_trip(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes, laps_s: list[float]
) -> Any:
    """Send one request and wait for its answer."""
    began = time.perf_counter()
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    at = head.index(b"Content-Length: ") + 16
    body = await reader.readexactly(int(head[at : head.index(b"\r", at)]))
    laps_s.append(time.perf_counter() - began)
    answer = json.loads(body)
    assert answer["retCode"] == 0, answer
    return answer


async def traded(port: int, connections: int, seconds: float, orders: int | None = None) -> list[float]:
    """Return the round trips' seconds of so many connections."""
    laps_s: list[float] = []
    end = time.perf_counter() + seconds

    def until() -> bool:
        return len(laps_s) >= orders if orders is not None else time.perf_counter() >= end

    await asyncio.gather(*(trade(port, until, laps_s) for _ in range(connections)))
    return laps_s


async def listened(port: int, clients: int, seconds: float) -> tuple[int, int]:
    """Return how many messages and bytes so many subscribers of a book got."""
    counts = [0, 0]
    stop = asyncio.Event()

    async def one() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(
            b"GET /v5/public/linear HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        )
        await reader.readuntil(b"\r\n\r\n")
        said = json.dumps({"op": "subscribe", "args": [f"orderbook.50.{SYMBOL}"]}).encode()
        writer.write(bytes([0x81, 0x80 | len(said), 0, 0, 0, 0]) + said)
        while not stop.is_set():
            head = await reader.readexactly(2)
            length = head[1] & 0x7F
            if length == 126:
                length = int.from_bytes(await reader.readexactly(2), "big")
            elif length == 127:
                length = int.from_bytes(await reader.readexactly(8), "big")
            await reader.readexactly(length)
            counts[0] += 1
            counts[1] += length
        writer.close()

    tasks = [asyncio.create_task(one()) for _ in range(clients)]
    await asyncio.sleep(seconds)
    stop.set()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return counts[0], counts[1]


# -- telling --------------------------------------------------------------------------------------


def tell_orders(name: str, served: Served, connections: int, seconds: float) -> tuple[float, float]:
    """Print one line about round trips; return them per second, and the server's CPU for each in us."""
    began = served.cpu_s()
    laps_s = asyncio.run(traded(served.port, connections, seconds))
    cpu_us = (served.cpu_s() - began) / len(laps_s) * 1e6
    rate, p99_us = len(laps_s) / seconds, statistics.quantiles(laps_s, n=100)[98] * 1e6
    print(
        f"  {name:<10} {rate:>9,.0f} round trips/s   p99 {p99_us:>8,.0f} us   {cpu_us:>6.1f} us of CPU each"
    )
    return rate, cpu_us


def compare_orders(ours: Served, theirs: Served, seconds: float) -> None:
    """Print round trips of both, in turns, and the ratios of the medians."""
    for connections in (1, 16):
        print(f"orders, {connections} connection{'s' if connections > 1 else ''}")
        found: dict[str, list[tuple[float, float]]] = {"minimal": [], "exchange": []}
        for _ in range(3):
            for name, served in (("minimal", theirs), ("exchange", ours)):
                found[name].append(tell_orders(name, served, connections, seconds / 3))
        rate, cpu = (
            {name: statistics.median(row[at] for row in rows) for name, rows in found.items()}
            for at in (0, 1)
        )
        print(
            f"  the minimal server is {rate['minimal'] / rate['exchange']:.2f} times as fast; "
            f"an order costs the exchange {cpu['exchange'] / cpu['minimal']:.2f} times its CPU"
        )


def compare_fan_out(ours: Served, clients: int, seconds: float) -> None:
    """Print the CPU that a message to a subscriber costs on both, over what each uses unasked."""
    print(f"fan-out of a 50-level book at 20 ms to {clients} clients")
    size = tell_fan_out("exchange", ours, clients, seconds)
    with minimal(int(size)) as theirs:
        tell_fan_out("minimal", theirs, clients, seconds)


def tell_fan_out(name: str, served: Served, clients: int, seconds: float) -> float:
    """Print one line about a fan-out and return the mean size of a message."""
    began = served.cpu_s()
    time.sleep(seconds)
    idle_s = served.cpu_s() - began
    began = served.cpu_s()
    count, size = asyncio.run(listened(served.port, clients, seconds))
    spent_us = max(0.0, served.cpu_s() - began - idle_s) / max(1, count) * 1e6
    print(
        f"  {name:<10} {count / seconds:>7,.0f} messages/s of {size / max(1, count):>5,.0f} bytes "
        f"{spent_us:>7.1f} us of CPU a message   {idle_s / seconds:>6.1%} of a CPU unasked"
    )
    return size / max(1, count)


def show_memory(ours: Served, orders: int) -> None:
    """Print the exchange's resident size as orders go through it."""
    print(f"memory over {orders:,} requests")
    for share in range(5):
        rss_mb = ours.watched.memory_info().rss / 1e6
        print(f"  after {orders * share // 4:>10,}  {rss_mb:>7.1f} MB")
        if share < 4:
            asyncio.run(traded(ours.port, 4, 0, orders // 4))


def main() -> None:
    """Run every comparison."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--orders", type=int, default=20_000, help="requests of the memory run")
    parser.add_argument("--clients", type=int, default=20)
    asked = parser.parse_args()
    os.environ.setdefault("PYTHONHASHSEED", "0")
    with tempfile.TemporaryDirectory() as folder:
        with exchange(Path(folder)) as ours:
            with minimal() as theirs:
                compare_orders(ours, theirs, asked.seconds)
            show_memory(ours, asked.orders)
        # Ten times real time, so that the book has changed whenever it is looked at.
        with exchange(Path(folder), "10") as ours:
            compare_fan_out(ours, asked.clients, asked.seconds)


if __name__ == "__main__":
    main()
