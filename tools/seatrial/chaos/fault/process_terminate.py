"""SIGTERM: the process is asked to end, as every deployment does it."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

from .interface import Fault, Proof, Scene, anywhere, ended, send


@contextmanager
def _apply(scene: Scene, target: str, _: dict[str, float]) -> Iterator[Proof]:
    process = scene.process(target)
    send(process, signal.SIGTERM)
    yield lambda: f"process {process.pid} has ended" if ended(process) else None


FAULT = Fault("process-terminate", "ask a process to end (SIGTERM)", anywhere, _apply)
