"""Every fault bites, proves it, and is lifted."""

import os
import socket
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from seatrial.chaos.fault import FAULTS
from seatrial.chaos.fault.disk_full import probe, small
from seatrial.chaos.fault.interface import Proof, Scene, gone
from seatrial.chaos.place import place
from seatrial.chaos.proxy import Proxy
from seatrial.chaos.undo import UndoLog
from seatrial.model.errors import UsageError

SLEEPER = [sys.executable, "-c", "import time\nwhile True: time.sleep(60)"]
LIMIT = 500


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    """A place with one process."""
    with place(UndoLog(tmp_path / "undo")) as here:
        made = Scene(here)
        made.processes["bot"] = here.start(SLEEPER, "bot").pid
        made.restart["bot"] = lambda: here.start(SLEEPER, "bot").pid
        yield made
        made.stack.close()


@pytest.fixture
def echo() -> Iterator[int]:
    """A service that says back what it hears."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=answer, args=(client,), daemon=True).start()

    def answer(client: socket.socket) -> None:
        with client:
            try:
                while data := client.recv(65_536):
                    client.sendall(data)
            except OSError:
                return

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield int(listener.getsockname()[1])
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join(5)


def proved(proof: Proof) -> str | None:
    """The proof, waited for a bounded while."""
    waiter = threading.Event()
    for _ in range(LIMIT):
        if (said := proof()) is not None:
            return said
        waiter.wait(0.01)
    return None


@pytest.mark.parametrize("name", ["process-kill", "process-terminate"])
def test_an_ended_process_is_proved(name: str, scene: Scene) -> None:
    """A kill that hit nothing tests nothing."""
    with FAULTS.get(name).apply(scene, "bot", {}) as proof:
        assert proved(proof)

    assert gone(scene.processes["bot"])


def test_a_pause_is_proved_noted_and_lifted(scene: Scene) -> None:
    """The note stands before the process does, and goes when it goes on."""
    process = psutil.Process(scene.processes["bot"])
    before = len(scene.place.undo.notes())

    with FAULTS.get("process-pause").apply(scene, "bot", {}) as proof:
        assert proved(proof)
        assert len(scene.place.undo.notes()) == before + 1

    assert process.status() != psutil.STATUS_STOPPED
    assert len(scene.place.undo.notes()) == before


def test_a_storm_kills_each_time(scene: Scene) -> None:
    """One kill is not a crash loop."""
    first = scene.processes["bot"]

    with FAULTS.get("restart-storm").apply(scene, "bot", {"times": 2, "apart_s": 0.01}) as proof:
        assert proof() == "2 kills"

    assert gone(first)
    assert not gone(scene.processes["bot"])


@pytest.mark.skipif(probe() is not None, reason=f"{probe()}")
def test_a_full_disk_says_so_and_has_space_again(scene: Scene) -> None:
    """The target meets ENOSPC, and only during the fault."""
    folder = scene.stack.enter_context(small(scene, "disk", 1 << 20))

    with FAULTS.get("disk-full").apply(scene, "disk", {}) as proof:
        assert proof()
        with pytest.raises(OSError, match="space"):
            (folder / "data").write_bytes(b"x" * 8_192)

    (folder / "data").unlink(missing_ok=True)
    (folder / "data").write_bytes(b"x" * 8_192)
    scene.stack.close()
    assert not os.path.ismount(folder)


def talk(client: socket.socket, data: bytes = b"hello") -> bytes:
    """Say something and wait for as much."""
    client.sendall(data)
    heard = b""
    while len(heard) < len(data) and (part := client.recv(65_536)):
        heard += part
    return heard


@pytest.mark.parametrize(
    ("name", "settings"),
    [("network-latency", {"delay_ms": 30.0}), ("network-bandwidth", {"bytes_per_s": 20_000.0})],
)
def test_a_slow_network_delivers_everything_and_counts(
    name: str, settings: dict[str, float], scene: Scene, echo: int
) -> None:
    """Slow is not broken: every byte arrives."""
    proxy = scene.proxies["venue"] = Proxy("127.0.0.1", echo)
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=10) as client:
        assert talk(client) == b"hello"
        with FAULTS.get(name).apply(scene, "venue", settings) as proof:
            assert proof() is None
            assert talk(client, b"x" * 4_000) == b"x" * 4_000
            assert proved(proof)
        assert talk(client) == b"hello"
    proxy.close()


@pytest.mark.parametrize("name", ["network-partition", "network-half-open"])
def test_a_silent_network_is_silent_and_then_delivers(name: str, scene: Scene, echo: int) -> None:
    """Nothing is refused, only late: that is what a time-out is for."""
    proxy = scene.proxies["venue"] = Proxy("127.0.0.1", echo)
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=0.1) as client:
        talk(client)
        with FAULTS.get(name).apply(scene, "venue", {}) as proof:
            with pytest.raises(TimeoutError):
                talk(client)
            assert proved(proof)
        client.settimeout(10)
        assert client.recv(100) == b"hello"
    proxy.close()


def test_a_reset_is_felt_and_counted(scene: Scene, echo: int) -> None:
    """A client that does not reconnect is found here."""
    proxy = scene.proxies["venue"] = Proxy("127.0.0.1", echo)
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=10) as client:
        talk(client)
        with FAULTS.get("network-reset").apply(scene, "venue", {}) as proof:
            assert proved(proof)
            with pytest.raises(OSError, match="reset"):
                client.recv(100)
    proxy.close()


def test_a_fault_says_what_it_lacks(scene: Scene) -> None:
    """A misspelt target is the author's mistake and no verdict."""
    with pytest.raises(UsageError, match="no process"):
        FAULTS.get("process-kill").apply(scene, "bto", {}).__enter__()
    with pytest.raises(UsageError, match="no setting"):
        FAULTS.get("network-latency").settings({"delay": 1.0})
