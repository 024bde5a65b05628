"""
The door to the wall clock; nothing else in the program asks what time it is.

Who wants a frozen time passes it in: what a run is called and when it says it began can then be
written into a golden file.
"""

import time
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def utc_now_ns(frozen_ns: int | None = None) -> int:
    """Return the time as nanoseconds UTC since 1970, or the frozen time if there is one."""
    return time.time_ns() if frozen_ns is None else frozen_ns


def monotonic_ns() -> int:
    """Return a clock that never goes back, in nanoseconds from an unknown start."""
    return time.monotonic_ns()


def stamp(ts_ns: int) -> str:
    """Return the time as the stamp of a run id: YYYYMMDDTHHMMSSZ."""
    return _utc(ts_ns).strftime("%Y%m%dT%H%M%SZ")


def iso(ts_ns: int) -> str:
    """Return the time for people, to the second: YYYY-MM-DDTHH:MM:SSZ."""
    return _utc(ts_ns).strftime("%Y-%m-%dT%H:%M:%SZ")


def _utc(ts_ns: int) -> datetime:
    return _EPOCH + timedelta(seconds=ts_ns // 1_000_000_000)
