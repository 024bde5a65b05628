"""
Whether a bot is ready, and whether it is well: judged from outside, by what it leaves behind.

A process that lives is not yet a bot that works: it may print nothing, beat no longer, or trade on
a picture of the market that is an hour old.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ....model.process import HealthSettings, ReadySettings
from .logbook import Logbook

_LARGEST = 1_000_000
_UNITS = ((10**11, 10**9), (10**14, 10**6), (10**17, 10**3))


@dataclass(frozen=True)
class Seen:
    """Ages in seconds at one moment; None is not looked at, or not there."""

    heartbeat_s: float | None = None
    data_s: float | None = None
    silence_s: float | None = None
    ill: str = ""


class Doctor:
    """Looks at one start of a bot; `now_ns` is wall-clock time, as files have it."""

    def __init__(
        self,
        settings: tuple[ReadySettings, HealthSettings],
        folder: Path,
        logbook: Logbook,
        now_ns: Callable[[], int],
    ) -> None:
        self._ready, self._health = settings
        self._folder, self._logbook, self._now_ns = folder, logbook, now_ns
        self._since_ns = now_ns()
        self._failed = 0
        logbook.watch_for(self._ready.line)

    def is_ready(self) -> bool:
        """Return whether all that was asked for holds."""
        if self._now_ns() - self._since_ns < self._ready.after_s * 1e9 or not self._logbook.matched:
            return False
        if self._ready.file is None:
            return True
        # A whole second of tolerance: not every file system keeps finer times.
        written = _written_ns(self._folder / self._ready.file)
        return written is not None and written >= self._since_ns - 10**9

    def is_late(self) -> bool:
        """Return whether it should have been ready by now."""
        return self._now_ns() - self._since_ns > self._ready.timeout_s * 1e9

    def look(self) -> Seen:
        """Return how it is; `ill` names what has failed so often in a row that it counts."""
        seen = self._ages()
        wrong = self._wrong(seen)
        self._failed = self._failed + 1 if wrong else 0
        ill = wrong if self._failed >= self._health.checks else ""
        return Seen(seen.heartbeat_s, seen.data_s, seen.silence_s, ill)

    def _ages(self) -> Seen:
        now_ns = self._now_ns()
        beat_s = data_s = silence_s = None
        if self._health.heartbeat_file is not None:
            path = self._folder / self._health.heartbeat_file
            written = _written_ns(path)
            # A beat of an earlier start is none of this one.
            beat_s = (now_ns - max(written or 0, self._since_ns)) / 1e9
            if self._health.data_field is not None:
                newest = _time_in(path, self._health.data_field)
                data_s = (now_ns - (self._since_ns if newest is None else newest)) / 1e9
        if self._health.silence_max_s is not None:
            silence_s = (now_ns - (self._logbook.last_line_ns or self._since_ns)) / 1e9
        return Seen(beat_s, data_s, silence_s)

    def _wrong(self, seen: Seen) -> str:
        held = self._health
        if seen.heartbeat_s is not None and seen.heartbeat_s > held.heartbeat_max_age_s:
            return f"no heartbeat for {seen.heartbeat_s:.0f} s"
        if seen.data_s is not None and seen.data_s > held.data_max_age_s:
            return f"its data are {seen.data_s:.0f} s old"
        if seen.silence_s is not None and held.silence_max_s and seen.silence_s > held.silence_max_s:
            return f"no output for {seen.silence_s:.0f} s"
        return ""


def _written_ns(path: Path) -> int | None:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return None


def _time_in(path: Path, field: str) -> int | None:
    """Return a time in a JSON file as nanoseconds, whatever its unit; None when it cannot be read."""
    try:
        with path.open("rb") as file:
            value: Any = json.loads(file.read(_LARGEST))
    except (OSError, ValueError):
        return None
    for name in field.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
        return None
    scale = next((factor for limit, factor in _UNITS if value < limit), 1)
    return int(value * scale)
