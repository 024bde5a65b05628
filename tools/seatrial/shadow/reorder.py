"""
The reorder buffer: rows of numbered sources come in any order and more than once, and go out in order, once.

A row that is missing is waited for until `hold` later ones have come; then it is counted as missing and
the rest goes on. A row that comes after that is late and is left out: what went out stays as it was.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from heapq import heappop, heappush


@dataclass
class Tally:
    """What became of the rows."""

    taken: int = 0
    duplicates: int = 0
    late: int = 0
    missing: int = 0


@dataclass
class _Source:
    next_seq: int = 1
    waiting: list[tuple[int, bytes]] = field(default_factory=list)
    held: set[int] = field(default_factory=set)
    passed: set[int] = field(default_factory=set)


class Reorder:
    """Orders rows by source and number; numbers begin at 1."""

    def __init__(self, hold: int = 1_000) -> None:
        self.tally = Tally()
        self._hold = hold
        self._sources: dict[str, _Source] = {}

    def put(self, source: str, seq: int, row: bytes) -> Iterator[bytes]:
        """Take a row; yield those that can go out now."""
        own = self._sources.setdefault(source, _Source())
        self.tally.taken += 1
        if seq in own.passed:
            own.passed.discard(seq)
            self.tally.late += 1
        elif seq < own.next_seq or seq in own.held:
            self.tally.duplicates += 1
        else:
            heappush(own.waiting, (seq, row))
            own.held.add(seq)
            yield from self._ready(own)
            if len(own.waiting) > self._hold:
                self._give_up(own)
                yield from self._ready(own)

    def rest(self) -> Iterator[bytes]:
        """Yield what still waits, with what is missing before it counted."""
        for _, own in sorted(self._sources.items()):
            while own.waiting:
                self._give_up(own)
                yield from self._ready(own)

    def _ready(self, own: _Source) -> Iterator[bytes]:
        while own.waiting and own.waiting[0][0] == own.next_seq:
            seq, row = heappop(own.waiting)
            own.held.discard(seq)
            own.next_seq = seq + 1
            yield row

    def _give_up(self, own: _Source) -> None:
        first = own.waiting[0][0]
        self.tally.missing += first - own.next_seq
        # Remembered up to a bound, so that a source that lies about its numbers cannot fill the memory.
        own.passed.update(range(own.next_seq, min(first, own.next_seq + self._hold)))
        own.next_seq = first
