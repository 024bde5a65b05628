"""
Clients that write unique keys and remember what was acknowledged, by whom and when.

One kind looks for the primary again after every error; one kind keeps the address it began with, and
without it the time of two leaders cannot be seen.
"""

import threading
import time
from dataclasses import dataclass, field
from typing import Any, Final

from ...store.clock import monotonic_ns
from .fleet import Fleet

PACE_S: Final = 0.005
WAIT_MS: Final = 200


@dataclass(frozen=True, slots=True)
class Write:
    """One acknowledged write: its key, when, and on which port."""

    key: str
    at_ns: int
    port: int


@dataclass
class Writers:
    """The load of one drill; `wait` counts a write as acknowledged only when a replica has it."""

    fleet: Fleet
    wait: bool
    roams: bool = True
    acked: list[Write] = field(default_factory=list)
    tried: int = 0
    refused: int = 0
    errors: dict[str, int] = field(default_factory=dict)
    _stop: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def start(self, roaming: int, staying: int) -> None:
        """Start clients of both kinds."""
        for number in range(roaming + staying):
            roams = number < roaming and self.roams
            thread = threading.Thread(target=self._run, args=(number, roams), daemon=True)
            self._threads.append(thread)
            thread.start()

    def stop(self) -> None:
        """Stop every client and wait for it."""
        self._stop.set()
        for thread in self._threads:
            thread.join(timeout=10)

    def last_ack_ns(self) -> int:
        """Return when the last write was acknowledged, 0 when none was."""
        return self.acked[-1].at_ns if self.acked else 0

    def _run(self, number: int, roams: bool) -> None:  # noqa: FBT001 - a thread's target takes its arguments by place
        from redis import RedisError

        server = self.fleet.primary()
        client: Any = self.fleet.client(server.port) if server else None
        count = 0
        while not self._stop.is_set():
            count += 1
            key = f"w:{number}:{count}"
            try:
                self.tried += 1
                if client is None or server is None:
                    raise RedisError("no primary")
                self._write(client, key, server.port)
            except RedisError as error:
                name = type(error).__name__
                self.errors[name] = self.errors.get(name, 0) + 1
                time.sleep(0.05)
                if roams:
                    client = client and client.close()
                    server = self.fleet.primary()
                    client = self.fleet.client(server.port) if server else None
            time.sleep(PACE_S)

    def _write(self, client: Any, key: str, port: int) -> None:
        client.set(key, "1")
        if self.wait and int(client.execute_command("WAIT", 1, WAIT_MS)) < 1:
            self.refused += 1
            return
        self.acked.append(Write(key, monotonic_ns(), port))
