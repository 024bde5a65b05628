"""SIGSTOP: the process stands still and knows nothing of it, as under a debugger or a stalled host."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

import psutil

from .interface import Fault, Proof, Scene, anywhere, ended, send


@contextmanager
def _apply(scene: Scene, target: str, _: dict[str, float]) -> Iterator[Proof]:
    process = scene.process(target)
    facts = {"pid": process.pid, "started": process.create_time()}

    def proof() -> str | None:
        stopped = not ended(process) and process.status() == psutil.STATUS_STOPPED
        return f"process {process.pid} is stopped" if stopped else None

    with scene.place.undo.owed("stopped", facts):
        send(process, signal.SIGSTOP)
        yield proof


FAULT = Fault("process-pause", "stop a process and let it go on later (SIGSTOP)", anywhere, _apply)
