"""How far a soak is and when it will be done: pure arithmetic, drawn elsewhere."""

from dataclasses import dataclass, replace

_MEMORY = 0.7


@dataclass(frozen=True)
class Progress:
    """
    Where a run stands, after so many seconds of work.

    `iteration_s` is a running mean that leans to the newest iterations, because a market's
    density changes over a day; None while nothing has been timed.
    """

    planned: int
    window_s: float
    done: int = 0
    first: int = 0
    fills: int = 0
    net_bps: float | None = None
    freeze: str = "none"
    phase: str = "warmup"
    elapsed_s: float = 0.0
    iteration_s: float | None = None

    def after(
        self, *, elapsed_s: float, fills: int, net_bps: float | None, freeze: str, phase: str
    ) -> "Progress":
        """Return the progress after one more iteration, `elapsed_s` since the command began."""
        took_s = max(0.0, elapsed_s - self.elapsed_s)
        mean_s = took_s if self.iteration_s is None else _MEMORY * self.iteration_s + (1 - _MEMORY) * took_s
        return replace(
            self,
            done=self.done + 1,
            fills=self.fills + fills,
            net_bps=net_bps,
            freeze=freeze,
            phase=phase,
            elapsed_s=elapsed_s,
            iteration_s=mean_s,
        )

    @property
    def left_s(self) -> float | None:
        """Return the estimated seconds that are left, None while nothing has been timed."""
        return None if self.iteration_s is None else (self.planned - self.done) * self.iteration_s

    @property
    def speed(self) -> float | None:
        """Return market seconds per second, None while nothing has been timed."""
        done = self.done - self.first
        return done * self.window_s / self.elapsed_s if done and self.elapsed_s > 0 else None
