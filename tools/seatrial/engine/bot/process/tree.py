"""
What a bot costs with everything that it started: memory, CPU, descriptors, threads, children.

Proportional memory counts a page that two processes share once; the sum of resident sets counts
it twice. CPU time of a child that has ended stays in the sum, or the sum would fall.
"""

from dataclasses import dataclass
from pathlib import Path

import psutil

Sample = dict[str, float | None]


@dataclass(frozen=True)
class Identity:
    """A process that cannot be mistaken for a later one of the same pid."""

    pid: int
    started_s: float


class TreeMeter:
    """Measures one process and its descendants, and remembers what the dead have spent."""

    def __init__(self) -> None:
        self._cpu_s: dict[Identity, float] = {}
        self._gone_s = 0.0
        self.seen: set[Identity] = set()

    def sample(self, pid: int) -> Sample | None:
        """Return what the tree below and with `pid` holds now; None when it is gone."""
        found = _tree(pid)
        if not found:
            return None
        self._spent(found)
        rss, fds, threads, pss = 0.0, 0.0, 0.0, 0.0
        known = {"pss": True, "fds": True}
        for _, process in found:
            try:
                with process.oneshot():
                    rss += process.memory_info().rss
                    threads += process.num_threads()
            except psutil.Error:
                continue
            share, open_files = pss_bytes(process.pid), _descriptors(process)
            known["pss"] &= share is not None
            known["fds"] &= open_files is not None
            pss += share or 0.0
            fds += open_files or 0.0
        return {
            "rss_bytes": rss,
            "pss_bytes": pss if known["pss"] else None,
            "cpu_s": round(self._gone_s + sum(self._cpu_s.values()), 3),
            "fds": fds if known["fds"] else None,
            "threads": threads,
            "children": float(len(found) - 1),
        }

    def _spent(self, found: list[tuple[Identity, psutil.Process]]) -> None:
        now = {}
        for identity, process in found:
            try:
                times = process.cpu_times()
            except psutil.Error:
                continue
            now[identity] = float(times.user + times.system)
        self._gone_s += sum(spent for identity, spent in self._cpu_s.items() if identity not in now)
        self._cpu_s = now
        self.seen = set(now)


def _tree(pid: int) -> list[tuple[Identity, psutil.Process]]:
    try:
        root = psutil.Process(pid)
        processes = [root, *root.children(recursive=True)]
    except psutil.Error:
        return []
    found = []
    for process in processes:
        try:
            if process.status() != psutil.STATUS_ZOMBIE:
                found.append((Identity(process.pid, process.create_time()), process))
        except psutil.Error:
            continue
    return found


def pss_bytes(pid: int) -> float | None:
    """Return the proportional set of a process, None where the system does not tell."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    except OSError:
        return None
    line = next((line for line in text.splitlines() if line.startswith("Pss:")), None)
    return None if line is None else float(line.split()[1]) * 1024


def _descriptors(process: psutil.Process) -> float | None:
    try:
        return float(process.num_fds())
    except (AttributeError, psutil.Error):
        return None
