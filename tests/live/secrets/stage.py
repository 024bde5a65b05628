"""What tests of secrets share: settings, an access with a manual clock, real keepers on this machine."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from seatrial.live.secrets.access import AccessLog
from seatrial.live.secrets.opening import Access
from seatrial.live.secrets.provider.interface import Surroundings
from seatrial.model.secret_settings import SecretsSettings

DAY_NS = 86_400 * 10**9
NOON_NS = 1_790_000_000 * 10**9


@dataclass
class Clock:
    """A clock that a test turns."""

    ns: int = NOON_NS

    def __call__(self) -> int:
        """Return the time."""
        return self.ns

    def days_pass(self, days: float) -> None:
        """Turn it on."""
        self.ns += int(days * DAY_NS)


@dataclass
class Stage:
    """A person's machine: environment, clock, access log."""

    folder: Path
    env: dict[str, str] = field(default_factory=dict)
    clock: Clock = field(default_factory=Clock)

    @property
    def access(self) -> Access:
        """The access of the person at this machine."""
        return Access(self.env, self.clock, AccessLog(self.log_path), "alice")

    @property
    def around(self) -> Surroundings:
        """What a provider sees."""
        return Surroundings(self.env, self.clock)

    @property
    def log_path(self) -> Path:
        """Where accesses are written."""
        return self.folder / "log" / "access.jsonl"

    def logged(self) -> list[dict[str, Any]]:
        """Every access so far."""
        return [json.loads(line) for line in self.log_path.read_text().splitlines()]


def settings(names: dict[str, str] | None = None, **more: Any) -> SecretsSettings:
    """Settings with these names."""
    return SecretsSettings.model_validate({"names": names or {}, **more})


@contextmanager
def moto() -> Iterator[str]:
    """A moto server in a process of its own, by its address."""
    program = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", "0"]
    server = subprocess.Popen(program, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    try:
        assert server.stderr is not None
        address = None
        for line in server.stderr:
            if found := re.search(r"Running on (http://127\.0\.0\.1:\d+)", line):
                address = found[1]
                break
        assert address, "moto did not start"
        yield address
    finally:
        server.kill()
        server.wait()
        assert server.stderr is not None
        server.stderr.close()
