"""
Attendance: the planned time, split into what was covered and what was missed, and why.

Every nanosecond between the start and the end is one or the other, so that planned hours and
covered hours can be compared, and each missing one has its cause.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Missed:
    """A stretch that was planned and not covered."""

    from_ns: int
    to_ns: int
    cause: str


class Attendance:
    """Accounts a run's time in order; `missing_ns` and `gap` are those of a run that goes on."""

    def __init__(
        self, at_ns: int, missing_ns: dict[str, int] | None = None, gap: tuple[int, str] | None = None
    ) -> None:
        self.at_ns, self.covered_ns, self.window_ns = at_ns, 0, 0
        self.missing_ns = dict(missing_ns or {})
        self.gap = gap

    def add(self, until_ns: int, cause: str | None) -> list[Missed]:
        """
        Account the time up to `until_ns` to a cause, or (None) as covered; return the gaps that ended.

        A clock that was set back stands still until it has caught up: no second is covered twice.
        """
        length = until_ns - self.at_ns
        if length <= 0:
            return []
        begin, self.at_ns = self.at_ns, until_ns
        if cause is None:
            self.covered_ns += length
            self.window_ns += length
        else:
            self.missing_ns[cause] = self.missing_ns.get(cause, 0) + length
        if self.gap is not None and self.gap[1] == cause:
            return []
        ended = self.close(begin)
        if cause is not None:
            self.gap = (begin, cause)
        return ended

    def close(self, at_ns: int | None = None) -> list[Missed]:
        """End the gap that is open, if there is one."""
        if self.gap is None:
            return []
        (begin, cause), self.gap = self.gap, None
        return [Missed(begin, self.at_ns if at_ns is None else at_ns, cause)]

    def end_window(self) -> int:
        """Return what was covered since the last window ended."""
        covered, self.window_ns = self.window_ns, 0
        return covered
