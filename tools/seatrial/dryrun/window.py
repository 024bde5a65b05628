"""The windows of a run: equal stretches of market time, each with its phase."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

Phase = Literal["warmup", "steady", "rampdown"]


@dataclass(frozen=True)
class Window:
    """One iteration to come: market time from `from_ns` up to, not including, `until_ns`."""

    index: int
    phase: Phase
    from_ns: int
    until_ns: int


@dataclass(frozen=True)
class Plan:
    """What a run sets out to do: phases in order, from a start, each one window long."""

    phases: Sequence[Phase]
    start_ns: int
    window_ns: int

    @property
    def planned_ns(self) -> int:
        """Return the market time that the plan covers."""
        return len(self.phases) * self.window_ns

    def windows(self, *, first: int = 0, end_ns: int | None = None) -> Iterator[Window]:
        """
        Yield the windows from index `first` on.

        Data that end at `end_ns` end the plan: the last window is cut there, and none is empty.
        """
        for index in range(first, len(self.phases)):
            from_ns = self.start_ns + index * self.window_ns
            until_ns = from_ns + self.window_ns
            if end_ns is not None:
                until_ns = min(until_ns, end_ns)
            if until_ns <= from_ns:
                return
            yield Window(index, self.phases[index], from_ns, until_ns)
