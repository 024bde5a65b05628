"""
A clock that never goes back and never stands still.

The journal's order and the bot's timer depend on it. It follows the wall clock while that goes
forward; when somebody sets it back, the time that really passed is counted on instead, so that a
bot does not sleep until the old hour comes round again.
"""

from collections.abc import Callable


class SteadyClock:
    """Nanoseconds UTC, from a wall clock and one that only counts."""

    def __init__(self, utc_ns: Callable[[], int], monotonic_ns: Callable[[], int]) -> None:
        self._utc_ns, self._monotonic_ns = utc_ns, monotonic_ns
        self.last_ns = utc_ns()
        self._counted_ns = monotonic_ns()

    def __call__(self) -> int:
        """Return the time."""
        counted_ns = self._monotonic_ns()
        passed_ns = max(0, counted_ns - self._counted_ns)
        self._counted_ns = counted_ns
        wall_ns = self._utc_ns()
        self.last_ns = wall_ns if wall_ns >= self.last_ns else self.last_ns + passed_ns
        return self.last_ns
