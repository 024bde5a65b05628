"""A process that is killed again as soon as it is back: crash loops find what one crash does not."""

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psutil

from ...model.errors import UsageError
from .interface import Fault, Proof, Scene, anywhere, ended, send


@contextmanager
def _apply(scene: Scene, target: str, settings: dict[str, float]) -> Iterator[Proof]:
    if target not in scene.restart:
        raise UsageError(f"nothing restarts the process {target!r}, so it cannot be killed twice")
    killed = 0
    for _ in range(int(settings["times"])):
        process = scene.process(target)
        send(process, signal.SIGKILL)
        psutil.wait_procs([process], timeout=5)
        killed += ended(process)
        scene.processes[target] = scene.restart[target]()
        time.sleep(settings["apart_s"])
    yield lambda: f"{killed} kills" if killed == int(settings["times"]) else None


FAULT = Fault(
    "restart-storm", "kill a process each time it is back", anywhere, _apply, {"times": 3, "apart_s": 0.5}
)
