"""
How much of the expected time is there, and where it is not.

Two ways of counting, both between 0 and 1. **Silence**, for events: a gap is a silence longer than
a limit (5 s unless told otherwise), from the last event before it to the first after it, and
coverage is 1 - (sum of the gaps) / (last - first). **Slots**, for bars and for `--grid`: time is
cut into slots, a slot is present when anything happened in it, and coverage is present / expected
from the first slot to the last; a gap runs from the first missing slot's beginning to the next
present slot's beginning.
"""

from typing import TYPE_CHECKING, Protocol

from ..model.artifact import Gap

if TYPE_CHECKING:
    import numpy as np

SILENCE_NS = 5_000_000_000


class Coverage(Protocol):
    """A count of time; feed it stamps in order."""

    gaps: list[Gap]
    first_ns: int | None
    last_ns: int | None

    def see(self, ts_ns: int) -> None:
        """Take one stamp, not older than the one before."""

    @property
    def ratio(self) -> float | None:
        """Return the share of the expected time that is there; None of nothing."""


class Silence:
    """Coverage of a stream of events; see the module."""

    def __init__(self, limit_ns: int = SILENCE_NS) -> None:
        self.limit_ns = limit_ns
        self.gaps: list[Gap] = []
        self.first_ns: int | None = None
        self.last_ns: int | None = None

    def see(self, ts_ns: int) -> None:
        """Take one stamp."""
        last = self.last_ns
        if last is None:
            self.first_ns = ts_ns
        elif ts_ns - last > self.limit_ns:
            self.gaps.append(Gap(from_ts_ns=last, to_ts_ns=ts_ns))
        self.last_ns = ts_ns

    def add_gap(self, from_ns: int, to_ns: int) -> None:
        """Count a stretch in which something is known to be missing though it was not silent."""
        if to_ns > from_ns and not (self.gaps and self.gaps[-1].to_ts_ns > from_ns):
            self.gaps.append(Gap(from_ts_ns=from_ns, to_ts_ns=to_ns))

    @property
    def ratio(self) -> float | None:
        """Return 1 - missing / whole; a single instant is whole."""
        if self.first_ns is None or self.last_ns is None:
            return None
        missing = sum(gap.to_ts_ns - gap.from_ts_ns for gap in self.gaps)
        return 1.0 - missing / max(self.last_ns - self.first_ns, 1) if missing else 1.0


class Slots:
    """
    Coverage of a grid of time; see the module.

    Slots begin at whole multiples of the grid since 1970, or, with `from_first`, at the first stamp
    (bars of a venue may begin at half past).
    """

    def __init__(self, grid_ns: int, *, from_first: bool = False) -> None:
        self.grid_ns = grid_ns
        self._from_first = from_first
        self._anchor_ns = 0
        self.present = 0
        self.gaps: list[Gap] = []
        self.first_ns: int | None = None
        self.last_ns: int | None = None
        self._first_slot = self._last_slot = 0

    def see(self, ts_ns: int) -> None:
        """Take one stamp."""
        if self.last_ns is None and self._from_first:
            self._anchor_ns = ts_ns
        slot = (ts_ns - self._anchor_ns) // self.grid_ns
        if self.last_ns is None:
            self.first_ns, self._first_slot = ts_ns, slot
            self.present = 1
        elif slot != self._last_slot:
            self.present += 1
            if slot - self._last_slot > 1:
                start, end = (self._last_slot + 1) * self.grid_ns, slot * self.grid_ns
                anchor = self._anchor_ns
                self.gaps.append(Gap(from_ts_ns=anchor + start, to_ts_ns=anchor + end))
        self.last_ns, self._last_slot = ts_ns, slot

    def see_all(self, ts_ns: "np.ndarray") -> None:
        """Take many stamps in order."""
        import numpy as np

        if len(ts_ns):
            self.see(int(ts_ns[0]))
        slots = (ts_ns - self._anchor_ns) // self.grid_ns
        for place in [0, *(np.flatnonzero(np.diff(slots)) + 1).tolist()] if len(slots) else []:
            self.see(int(ts_ns[place]))
        if len(slots):
            self.last_ns = int(ts_ns[-1])

    @property
    def expected(self) -> int:
        """Return the number of slots from the first to the last."""
        return 0 if self.first_ns is None else self._last_slot - self._first_slot + 1

    @property
    def ratio(self) -> float | None:
        """Return present over expected slots."""
        return self.present / self.expected if self.expected else None
