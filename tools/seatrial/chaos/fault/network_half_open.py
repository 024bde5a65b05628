"""A network that is silent: nothing is refused, nothing arrives, and only a time-out notices."""

from collections.abc import Iterator
from contextlib import contextmanager

from .interface import Fault, Proof, Scene, anywhere


@contextmanager
def _apply(scene: Scene, target: str, _: dict[str, float]) -> Iterator[Proof]:
    proxy = scene.proxy(target)
    before = proxy.counts.held
    proxy.behaviour.half_open = True
    try:
        yield lambda: f"{proxy.counts.held - before} times held" if proxy.counts.held > before else None
    finally:
        proxy.behaviour.half_open = False


FAULT = Fault("network-half-open", "let requests through and hold every answer", anywhere, _apply)
