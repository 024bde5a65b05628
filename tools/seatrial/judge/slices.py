"""
Slices: a stretch of whole iterations of a history, as ranges of rows.

A row belongs to the iteration in which the journal wrote it, so that the ledger at an
iteration's end and the fills before it always speak of the same trades.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..model.errors import UsageError

if TYPE_CHECKING:
    from .history import History

DEFAULT_STEADY_LAST = 8


@dataclass(frozen=True)
class Slice:
    """
    The rows of iterations `first` to `last` (positions in `history.iterations`).

    `last` may be one past the ended iterations: what runs now, or what a killed run left. The
    slice is empty when `last < first`. `memo` keeps what several measures of it share.
    """

    history: "History"
    window: str
    first: int
    last: int
    memo: dict[str, object] = field(default_factory=dict, compare=False, repr=False)

    @property
    def empty(self) -> bool:
        """Return whether there is nothing in it."""
        return self.last < self.first

    def rows(self, table: str) -> range:
        """Return the rows of a table (fills, decisions, orders, acks, ...) in this slice."""
        if self.empty:
            return range(0)
        ended, now = self.history.iterations, self.history.lengths()
        start = ended[self.first - 1].rows[table] if self.first else 0
        return range(start, ended[self.last].rows[table] if self.last < len(ended) else now[table])

    @property
    def from_ns(self) -> int:
        """Return when it begins; 0 when nothing is known."""
        ended = self.history.iterations
        if self.empty:
            return self.until_ns
        if self.first < len(ended):
            return ended[self.first].from_ns
        if ended:
            return ended[-1].until_ns
        run = self.history.run
        return run.start_ns if run else self.history.first_ts_ns or 0

    @property
    def until_ns(self) -> int:
        """Return when it ends; 0 when nothing is known."""
        ended = self.history.iterations
        if self.last < len(ended):
            return ended[self.last].until_ns if self.last >= 0 else 0
        return self.history.last_ts_ns or 0

    def parts(self) -> "tuple[Slice, ...]":
        """Return its iterations, each as a slice of its own."""
        return tuple(
            Slice(self.history, str(position), position, position)
            for position in range(self.first, self.last + 1)
        )


def cut(history: "History", window: str | int) -> Slice:
    """Return the slice called `window`: whole, steady, last:N, or an iteration's index."""
    ended = history.iterations
    if isinstance(window, int):
        return _iteration(history, window)
    if window == "whole":
        return Slice(history, window, 0, len(ended) if _open(history) else len(ended) - 1)
    if window == "steady":
        first, last = _steady(history)
        return Slice(history, window, max(first, last + 1 - steady_last(history)), last)
    name, _, count = window.partition(":")
    if name == "last" and count.isdigit() and int(count) > 0:
        return Slice(history, window, max(0, len(ended) - int(count)), len(ended) - 1)
    raise UsageError(f"window {window!r} is not whole, steady, last:N or an iteration")


def _iteration(history: "History", index: int) -> Slice:
    """Return one iteration; the one after the last is what runs now."""
    ended = history.iterations
    for position in range(len(ended) - 1, -1, -1):
        if ended[position].index == index:
            return Slice(history, str(index), position, position)
    if history.finished is not None or (ended and ended[-1].index != index - 1):
        raise UsageError(f"there is no iteration {index} in this run")
    return Slice(history, str(index), len(ended), len(ended))


def steady_iterations(history: "History") -> tuple[Slice, ...]:
    """Return every iteration of the steady state."""
    first, last = _steady(history)
    return Slice(history, "steady", first, last).parts()


def steady_last(history: "History") -> int:
    """Return how many iterations the steady window looks at, from the run's own profile."""
    soak = history.config.get("soak")
    count = soak.get("steady_last") if isinstance(soak, dict) else None
    return count if isinstance(count, int) and count > 0 else DEFAULT_STEADY_LAST


def _steady(history: "History") -> tuple[int, int]:
    steady = [position for position, fact in enumerate(history.iterations) if fact.phase == "steady"]
    if not steady:
        return 0, -1
    first = last = steady[-1]
    while first and history.iterations[first - 1].phase == "steady":
        first -= 1
    return first, last


def _open(history: "History") -> bool:
    """
    Whether facts after the last iteration's end belong to the whole.

    What a killed run left behind its last iteration has no ledger entry, and is left out.
    """
    if not history.iterations:
        return bool(history.kinds)
    now, then = history.lengths(), history.iterations[-1].rows
    booked = bool(history.positions) and history.positions[-1].iteration > history.iterations[-1].index
    return (booked or history.finished is not None) and any(now[name] > then[name] for name in now)
