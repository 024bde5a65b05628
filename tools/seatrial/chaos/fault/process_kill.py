"""SIGKILL: the process ends at once, and the kernel still delivers what it had written to its sockets."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

from .interface import Fault, Proof, Scene, anywhere, ended, send


@contextmanager
def _apply(scene: Scene, target: str, _: dict[str, float]) -> Iterator[Proof]:
    process = scene.process(target)
    send(process, signal.SIGKILL)
    yield lambda: f"process {process.pid} has ended" if ended(process) else None


FAULT = Fault("process-kill", "end a process at once (SIGKILL)", anywhere, _apply)
