"""A slow network: traffic through the proxy is held back, and how much of it is counted."""

from collections.abc import Iterator
from contextlib import contextmanager

from .interface import Fault, Proof, Scene, anywhere


@contextmanager
def _apply(scene: Scene, target: str, settings: dict[str, float]) -> Iterator[Proof]:
    proxy = scene.proxy(target)
    before = proxy.counts.throttled
    proxy.behaviour.bytes_per_s = settings["bytes_per_s"]
    try:
        yield (
            lambda: (
                f"{proxy.counts.throttled - before} pieces had to wait"
                if proxy.counts.throttled > before
                else None
            )
        )
    finally:
        proxy.behaviour.bytes_per_s = 0.0


FAULT = Fault(
    "network-bandwidth", "let through so many bytes a second", anywhere, _apply, {"bytes_per_s": 1000.0}
)
