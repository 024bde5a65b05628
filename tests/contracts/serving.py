"""The served exchange as a process: started on a free port, spoken to, and stopped."""

import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

KEY, SECRET = "contract-key", "contract-secret"
PATIENCE_S = 120
# A market that moves: every client has something to see within a second.
BUSY = ("--set", "market.calibration=usdm_btc")
AT_ONCE = (
    *("--set", "exchange.latency.out_ms=0"),
    *("--set", "exchange.latency.back_ms=0"),
    *("--set", "exchange.latency.jitter_ms=0"),
)


@dataclass
class Serving:
    """A running exchange: the addresses it told, and its process."""

    process: subprocess.Popen[bytes]
    told: dict[str, Any]

    @property
    def rest(self) -> str:
        """Return the address of the REST interface."""
        return str(self.told["rest"])

    @property
    def record(self) -> Path:
        """Return the record's folder."""
        return Path(self.told["record"])

    def control(self, method: str, verb: str, **fields: Any) -> dict[str, Any]:
        """Ask the control endpoint."""
        request = urllib.request.Request(
            f"{self.told['control']}/{verb}", orjson.dumps(fields) if fields else None, method=method
        )
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
            found: dict[str, Any] = orjson.loads(answer.read())
        return found

    def stop(self, number: int = signal.SIGTERM) -> tuple[int, bytes]:
        """Send a signal and return the exit code and what else was said on stdout."""
        self.process.send_signal(number)
        out, _ = self.process.communicate(timeout=PATIENCE_S)
        return self.process.returncode, out

    def events(self, kind: str) -> list[dict[str, Any]]:
        """Return the journal's events of a kind."""
        lines = (self.record / "journal.jsonl").read_bytes().splitlines()
        return [event for event in map(orjson.loads, lines) if event["kind"] == kind]


@contextmanager
def served(out: Path, *words: object) -> Iterator[Serving]:
    """Serve an exchange while the block runs."""
    command = [sys.executable, "-m", "seatrial", "exchange", "serve", "--out", str(out)]
    command += ["--api-key", KEY, "--api-secret", SECRET, *map(str, words)]
    with (out / "stderr.txt").open("wb") as err:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=err)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, (out / "stderr.txt").read_text()
        yield Serving(process, orjson.loads(line))
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()
