"""
The bot's output, kept in a few files of bounded size: `bot.log`, `bot.log.1`, ...

A thread reads, because a bot whose pipe is full stands still, and a soak must not be what stops
it. Secrets that the bot was given are blotted out before anything reaches the disk.
"""

import os
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

NAME = "bot.log"
_PIECE, _HEAD = 65_536, 50
_LONGEST_LINE = 65_536
BLOT = b"***"


@dataclass(frozen=True)
class LogRules:
    """How large a log may become, how many are kept, what is blotted out, and what it is called."""

    size: int
    files: int
    secrets: Sequence[str] = ()
    name: str = NAME


class Logbook:
    """Keeps what comes out of one descriptor, from process to process of one bot."""

    def __init__(self, folder: Path, rules: LogRules, clock_ns: Callable[[], int]) -> None:
        self._folder, self._rules = folder, rules
        self.head: list[bytes] = []
        # The longest first: one secret may begin like another.
        self._secrets = sorted((secret.encode() for secret in rules.secrets if secret), key=len, reverse=True)
        self._clock_ns, self._lock = clock_ns, threading.Lock()
        self._threads: list[threading.Thread] = []
        self._pattern: re.Pattern[bytes] | None = None
        self.matched = False
        self.last_line_ns: int | None = None
        self.lines = self.lost = 0

    def watch_for(self, pattern: str | None) -> None:
        """Forget what was seen, and look for a line that matches from now on."""
        with self._lock:
            self._pattern = None if pattern is None else re.compile(pattern.encode())
            self.matched, self.last_line_ns = pattern is None, None

    def follow(self, descriptor: int) -> None:
        """Keep everything from a descriptor until its end, in a thread of its own."""
        thread = threading.Thread(target=self._read, args=(descriptor,), name="bot-log", daemon=True)
        self._threads.append(thread)
        thread.start()

    def finish(self, patience_s: float) -> None:
        """Wait until everything that was written has been kept."""
        for thread in self._threads:
            thread.join(patience_s)
        self._threads = [thread for thread in self._threads if thread.is_alive()]

    def _read(self, descriptor: int) -> None:
        held = b""
        with open(descriptor, "rb", buffering=0) as pipe:
            while piece := pipe.read(_PIECE):
                *lines, held = (held + piece).split(b"\n")
                if len(held) > _LONGEST_LINE:
                    lines, held = [*lines, held], b""
                self._keep(lines)
            self._keep([held] if held else [])

    def _keep(self, lines: list[bytes]) -> None:
        if not lines:
            return
        with self._lock:
            self.lines += len(lines)
            self.head += lines[: max(0, _HEAD - len(self.head))]
            self.last_line_ns = self._clock_ns()
            if self._pattern is not None and not self.matched:
                self.matched = any(self._pattern.search(line) for line in lines)
            try:
                for piece in _pieces([self._blotted(line) + b"\n" for line in lines], self._rules.size):
                    self._write(piece)
            except OSError:
                # A full disk takes no log; the bot goes on, and what is missing is counted.
                self.lost += len(lines)

    def _blotted(self, line: bytes) -> bytes:
        for secret in self._secrets:
            line = line.replace(secret, BLOT)
        return line

    def _write(self, data: bytes) -> None:
        path = self._folder / self._rules.name
        written = path.stat().st_size if path.exists() else 0
        if written and written + len(data) > self._rules.size:
            self._rotate(path)
        with path.open("ab") as file:
            file.write(data[: self._rules.size])

    def _rotate(self, path: Path) -> None:
        for number in range(self._rules.files - 1, 0, -1):
            older = path.with_name(f"{self._rules.name}.{number}")
            newer = path if number == 1 else path.with_name(f"{self._rules.name}.{number - 1}")
            if newer.exists():
                os.replace(newer, older)
        if self._rules.files == 1:
            path.unlink(missing_ok=True)


def _pieces(lines: list[bytes], size: int) -> Iterator[bytes]:
    """Yield lines together, as many as fit into one log."""
    held: list[bytes] = []
    length = 0
    for line in lines:
        if held and length + len(line) > size:
            yield b"".join(held)
            held, length = [], 0
        held.append(line)
        length += len(line)
    yield b"".join(held)
