"""
What an earlier start left behind: found by a mark in its environment, or by pid and start time.

The warden leaves nothing. Should it and the suite have been killed at one moment, a grandchild of
the bot may still live; the next start of the same soak ends it before it starts another.
"""

import os
import signal
import time
from collections.abc import Iterable
from pathlib import Path

import psutil

from .tree import Identity

# Not a name that our own settings begin with: the exchange and the bot may be programs of ours.
MARK = "_SEATRIAL_MARK"
_PATIENCE_S = 2.0


def left_behind(mark: str, known: Iterable[Identity] = ()) -> list[int]:
    """Return the pids of living processes that carry the mark or are one of the known ones."""
    wanted = f"{MARK}={mark}".encode()
    own = os.getpid()
    found = {identity.pid for identity in known if _is_alive(identity)}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != own:
            try:
                if wanted in (entry / "environ").read_bytes().split(b"\0"):
                    found.add(int(entry.name))
            except OSError:
                continue
    return sorted(found)


def sweep(mark: str, known: Iterable[Identity] = ()) -> list[int]:
    """Kill what was left behind and wait until it is gone; return its pids."""
    held = list(known)
    swept: set[int] = set()
    until = time.monotonic() + _PATIENCE_S
    while (left := left_behind(mark, held)) and time.monotonic() < until:
        for pid in left:
            swept.add(pid)
            try:
                os.kill(pid, signal.SIGKILL)
            except OSError:
                continue
        time.sleep(0.02)
    return sorted(swept)


def _is_alive(identity: Identity) -> bool:
    try:
        process = psutil.Process(identity.pid)
        same = abs(process.create_time() - identity.started_s) < 0.02
        return same and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False
