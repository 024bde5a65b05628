"""
Faults of the venue and of its data, drawn from the seed.

Venue faults strike requests; link and data faults strike at moments of market time. The market
itself is never changed: a data fault is what the bot is shown, matching goes by the truth.
"""

from dataclasses import dataclass
from typing import Any

from ...model.profile import FaultSettings

HOUR_NS = 3_600_000_000_000
NS_PER_MS = 1_000_000
CROSSED_NS = 100 * NS_PER_MS
SCHEDULED = ("disconnect", "gap", "stale", "crossed", "duplicate", "out_of_order")


class Draws:
    """A seeded stream of whole numbers that can be saved as a count."""

    def __init__(self, seed: int) -> None:
        self.seed, self.used = seed, 0
        self._bits: Any = None

    def below(self, bound: int) -> int:
        """Return a number from 0 to `bound` - 1 (bound far below 2**63)."""
        if self._bits is None:
            import numpy as np

            self._bits = np.random.PCG64(self.seed)
            self._bits.advance(self.used)
        self.used += 1
        return int(self._bits.random_raw()) % bound

    def chance(self, ratio: float) -> bool:
        """Return True with probability `ratio`."""
        return ratio > 0 and self.below(1_000_000_000) < ratio * 1_000_000_000

    def restore(self, used: int) -> None:
        """Go on after `used` draws."""
        self.used, self._bits = used, None


@dataclass
class Window:
    """One kind of timed fault: when it next begins, and until when it holds."""

    begins_ns: int
    until_ns: int = 0


class Faults:
    """Decides, request by request and moment by moment, what goes wrong."""

    def __init__(self, settings: FaultSettings, seed: int) -> None:
        self.draws = Draws(seed)
        self.retry_at_ns = 0
        self.windows: dict[str, Window] = {}
        self.suffer(settings)

    def suffer(self, settings: FaultSettings) -> None:
        """Take over which faults strike, and how often."""
        ratios = ("reject", "timeout", "server_error", "duplicate_ack", "rate_limited")
        self.settings = settings
        self._calm = not any(getattr(settings, f"{name}_ratio") > 0 for name in ratios)

    def start(self, now_ns: int) -> None:
        """Draw the first moment of each timed fault that is configured."""
        for name in SCHEDULED:
            if getattr(self.settings, f"{name}_per_h") > 0:
                self.windows[name] = Window(now_ns + self._wait(name))

    def _wait(self, name: str) -> int:
        mean = int(HOUR_NS / getattr(self.settings, f"{name}_per_h"))
        return mean // 10 + self.draws.below(2 * mean - mean // 5 + 1)

    def begun(self, now_ns: int) -> list[str]:
        """Return the timed faults that begin by now, and schedule their next."""
        begun = []
        for name, window in self.windows.items():
            if now_ns >= window.begins_ns:
                window.until_ns = now_ns + self._length(name)
                window.begins_ns = window.until_ns + self._wait(name)
                begun.append(name)
        return begun

    def _length(self, name: str) -> int:
        given = {"disconnect": "disconnect_ms", "gap": "gap_ms", "stale": "stale_ms"}.get(name)
        return int(getattr(self.settings, given) * NS_PER_MS) if given else CROSSED_NS

    def holds(self, name: str, now_ns: int) -> bool:
        """Tell whether a timed fault is on."""
        window = self.windows.get(name)
        return window is not None and now_ns < window.until_ns

    def strike(self, now_ns: int) -> str | None:
        """Return the fault that strikes this request, or None."""
        if self._calm:
            return None
        settings = self.settings
        if now_ns < self.retry_at_ns:
            return "rate_limited"
        if self.draws.chance(settings.rate_limited_ratio):
            self.retry_at_ns = now_ns + int(settings.retry_after_ms * NS_PER_MS)
            return "rate_limited"
        for name in ("reject", "timeout", "server_error", "duplicate_ack"):
            if self.draws.chance(getattr(settings, f"{name}_ratio")):
                return name
        return None

    def state(self) -> dict[str, Any]:
        """Return everything as JSON-able values."""
        windows = {name: [window.begins_ns, window.until_ns] for name, window in self.windows.items()}
        return {"used": self.draws.used, "retry_at_ns": self.retry_at_ns, "windows": windows}

    def restore(self, state: dict[str, Any]) -> None:
        """Take over a state that `state` returned."""
        self.draws.restore(state["used"])
        self.retry_at_ns = state["retry_at_ns"]
        self.windows = {name: Window(*times) for name, times in state["windows"].items()}
