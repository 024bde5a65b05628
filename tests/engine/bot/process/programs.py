"""Small programs to keep: each is a bot in what it does to the machine, and trades nothing."""

import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from seatrial.engine.bot.process.launch import Launched
from seatrial.engine.bot.process.logbook import Logbook, LogRules

CALM = "import time\nprint('ready', flush=True)\nwhile True: time.sleep(0.05)"
DEAF = (
    "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nprint('ready', flush=True)\n"
    "while True: time.sleep(0.05)"
)
# A child, and a grandchild that makes itself a daemon: its own session, its parent gone.
FAMILY = """
import os, subprocess, sys, time
sleep = "import time\\nwhile True: time.sleep(0.05)"
subprocess.Popen([sys.executable, "-c", sleep])
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.execv(sys.executable, [sys.executable, "-c", sleep])
    os._exit(0)
os.wait()
print("ready", flush=True)
while True: time.sleep(0.05)
"""
DIES = "import sys\nprint('going', flush=True)\nsys.exit(3)"
MARK = "test"


def python(code: str) -> list[str]:
    """The command line of a program."""
    return [sys.executable, "-c", code]


def logbook(folder: Path, clock_ns: Callable[[], int] = time.monotonic_ns, **rules: Any) -> Logbook:
    """A log in a folder."""
    return Logbook(folder, LogRules(**{"size": 1_000_000, "files": 3, **rules}), clock_ns)


def env(mark: str = MARK) -> dict[str, str]:
    """The environment of a program, with its mark."""
    return {"PATH": os.environ["PATH"], "_SEATRIAL_MARK": mark}


def launched(code: str, folder: Path, book: Logbook | None = None, mark: str = MARK) -> Launched:
    """A started program."""
    return Launched(python(code), env(mark), folder, book or logbook(folder))


def until(holds: Callable[[], object], patience_s: float = 20.0) -> None:
    """Wait until something holds; real processes take their time."""
    end, never = time.monotonic() + patience_s, threading.Event()
    while not holds():
        assert time.monotonic() < end, "it did not come about"
        never.wait(0.01)
