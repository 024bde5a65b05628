"""Connections that are reset: what a load balancer's restart looks like."""

from collections.abc import Iterator
from contextlib import contextmanager

from .interface import Fault, Proof, Scene, anywhere


@contextmanager
def _apply(scene: Scene, target: str, _: dict[str, float]) -> Iterator[Proof]:
    proxy = scene.proxy(target)
    before = proxy.counts.reset
    proxy.reset()
    yield lambda: f"{proxy.counts.reset - before} resets" if proxy.counts.reset > before else None


FAULT = Fault("network-reset", "reset every open connection", anywhere, _apply)
