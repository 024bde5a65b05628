"""
The player: feeds market rows to the exchange up to any moment, tape by tape.

Rows are asked for a stretch of market time ahead, so that a long recording is never in memory whole.
"""

from collections.abc import Iterator
from typing import Protocol

from ...model.tape import Tape

STRETCH_NS = 60 * 10**9


class Source(Protocol):
    """The part of a feed that the player needs."""

    @property
    def start_ns(self) -> int:
        """Return the first moment of market time."""

    @property
    def end_ns(self) -> int | None:
        """Return the moment after the last event; None means endless."""

    def window(self, from_ns: int, until_ns: int) -> Iterator[Tape]:
        """Yield the rows with from_ns <= ts < until_ns in time order."""


class Player:
    """Hands out the tapes of a feed, one after the other, none before it is needed."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._asked_ns = source.start_ns
        self._tapes: Iterator[Tape] = iter(())

    @property
    def ended(self) -> bool:
        """Tell whether the recording is over."""
        end_ns = self._source.end_ns
        return end_ns is not None and self._asked_ns >= end_ns

    def next(self, until_ns: int) -> Tape | None:
        """Return the next tape that may have rows before `until_ns`, or None when there is none."""
        while True:
            for tape in self._tapes:
                if len(tape):
                    return tape
            if self._asked_ns >= until_ns or self.ended:
                return None
            from_ns, self._asked_ns = self._asked_ns, self._asked_ns + STRETCH_NS
            self._tapes = self._source.window(from_ns, self._asked_ns)
