"""A slow network: traffic through the proxy is held back, and how much of it is counted."""

from collections.abc import Iterator
from contextlib import contextmanager

from .interface import Fault, Proof, Scene, anywhere


@contextmanager
def _apply(scene: Scene, target: str, settings: dict[str, float]) -> Iterator[Proof]:
    proxy = scene.proxy(target)
    before = proxy.counts.delayed
    proxy.behaviour.delay_ms = settings["delay_ms"]
    try:
        yield (
            lambda: (
                f"{proxy.counts.delayed - before} pieces were delayed"
                if proxy.counts.delayed > before
                else None
            )
        )
    finally:
        proxy.behaviour.delay_ms = 0.0


FAULT = Fault("network-latency", "delay every byte on its way", anywhere, _apply, {"delay_ms": 50.0})
