"""
What the process costs: memory, CPU, descriptors and threads, measured as each iteration ends.

A slope that is invisible in an hour is the evidence that a soak of days is for. Measured values
differ between machines, so they stay out of the journal's chain.
"""

import ctypes
import tracemalloc
from contextlib import suppress
from pathlib import Path

import orjson
import psutil

from ..model.atomic import write_bytes
from ..model.errors import OutsideError, Where
from ..model.journal_lines import lines, parse

Sample = dict[str, float | None]


class Meter:
    """Measures this process; CPU time counts from its start, on top of an earlier process' `before_s`."""

    def __init__(self, before_s: float = 0.0) -> None:
        self._process = psutil.Process()
        self._cpu_s = self._spent_s() - before_s

    def sample(self) -> Sample:
        """Return what the process holds now and has spent so far; None is not measured here."""
        with self._process.oneshot():
            return {
                "rss_bytes": float(self._process.memory_info().rss),
                "cpu_s": round(self._spent_s() - self._cpu_s, 3),
                "threads": float(self._process.num_threads()),
                "fds": self._descriptors(),
                "pss_bytes": _pss_bytes(self._process),
                "children": float(len(self._process.children(recursive=True))),
                "heap_bytes": _heap_bytes(),
                "traced_bytes": float(tracemalloc.get_traced_memory()[0])
                if tracemalloc.is_tracing()
                else None,
            }

    def _spent_s(self) -> float:
        times = self._process.cpu_times()
        return float(times.user + times.system)

    def _descriptors(self) -> float | None:
        try:
            return float(self._process.num_fds())
        except (AttributeError, psutil.Error):
            return None


def _pss_bytes(process: psutil.Process) -> float | None:
    try:
        return float(process.memory_full_info().pss)
    except (AttributeError, psutil.Error, OSError):
        return None


def _heap_bytes() -> float | None:
    """Return what the C library has handed out, where it tells; the rest of the resident set is fragments."""
    try:
        heap = psutil.heap_info()
    except (AttributeError, OSError):
        return None
    return float(heap.heap_used + heap.mmap_used)


def give_back() -> None:
    """
    Return freed memory to the system, where the C library knows how to (glibc).

    What the allocator only keeps for later would be measured as growth of the process.
    """
    with suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)


def append(path: Path, iteration: int, ts_ns: int, sample: Sample) -> None:
    """Add one line to resources.jsonl; `ts_ns` is market time."""
    line = orjson.dumps({"iteration": iteration, "ts_ns": ts_ns, **sample}, option=orjson.OPT_APPEND_NEWLINE)
    try:
        with path.open("ab") as file:
            file.write(line)
    except OSError as error:
        raise OutsideError(f"cannot write the resources: {error.strerror}", where=Where(str(path))) from error


def spent_s(path: Path) -> float:
    """Return the CPU time in the last line of resources.jsonl, 0 when there is none."""
    rows = list(lines(path)) if path.is_file() else []
    return float(rows[-1]["cpu_s"]) if rows else 0.0


def keep_before(path: Path, iteration: int) -> None:
    """Drop the lines of `iteration` and later ones, and a torn last line: a resumed run writes them again."""
    if not path.is_file():
        return
    with path.open("rb") as file:
        kept = [raw for raw in file if (event := parse(raw)) is not None and event["iteration"] < iteration]
    write_bytes(path, b"".join(kept))
