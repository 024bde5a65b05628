"""A network that is silent: nothing is refused, nothing arrives, and only a time-out notices."""

from collections.abc import Iterator
from contextlib import contextmanager

from .interface import Fault, Proof, Scene, anywhere


@contextmanager
def _apply(scene: Scene, target: str, _: dict[str, float]) -> Iterator[Proof]:
    proxy = scene.proxy(target)
    before = proxy.counts.held
    proxy.behaviour.blocked = True
    try:
        yield lambda: f"{proxy.counts.held - before} times held" if proxy.counts.held > before else None
    finally:
        proxy.behaviour.blocked = False


FAULT = Fault(
    "network-partition", "hold everything in both directions, open connections too", anywhere, _apply
)
