"""
The scribe: every event goes into the journal, and into the history of the iteration under way.

Only one iteration is held in memory. What the next one needs from the past (who runs, and the
ledger as it stood) is carried over as the events that said it.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..judge.history import History
from ..model.errors import BugError

if TYPE_CHECKING:
    from ..store.journal import Journal

Event = dict[str, Any]
_RUN_KINDS = frozenset({"run_started", "config"})
_LEDGER_KINDS = frozenset({"position", "iteration"})


class Scribe:
    """Writes one run's events down; `carried` comes from a checkpoint when a run is resumed."""

    def __init__(self, carried: list[Event] | None = None) -> None:
        self._append: Callable[[int, str, Event], object] = _no_journal
        self.last_decision_ns: int | None = None
        self._run: list[Event] = [event for event in carried or [] if event["kind"] in _RUN_KINDS]
        self._ledger: list[Event] = [event for event in carried or [] if event["kind"] in _LEDGER_KINDS]
        self._gaps: list[Event] = []
        self.history = History.of(self.carried)

    def write_to(self, journal: "Journal") -> None:
        """Open the journal: from here on every event goes into it."""
        self._append = journal.append

    @property
    def carried(self) -> list[Event]:
        """Return the events that the next iteration's history begins with."""
        return [*self._run, *self._ledger]

    def emit(self, ts_ns: int, kind: str, fields: dict[str, Any]) -> None:
        """Write one event down."""
        self._append(ts_ns, kind, fields)
        event = {"ts_ns": ts_ns, "kind": kind, **fields}
        self.history.add(event)
        if kind == "decision":
            self.last_decision_ns = ts_ns
        elif kind in _RUN_KINDS:
            self._run.append(event)
        elif kind == "gap":
            self._gaps.append(event)
        elif kind == "position":
            self._ledger.append(event)

    def end_iteration(self, ts_ns: int, fields: dict[str, Any]) -> History:
        """Write the iteration's end down and return its history; a new one begins."""
        self.emit(ts_ns, "iteration", fields)
        now = [
            event for event in self._ledger if event["kind"] == "position" and _is_of(event, fields["index"])
        ]
        self._ledger = [*now, {"ts_ns": ts_ns, "kind": "iteration", **fields}]
        self._gaps = []
        ended, self.history = self.history, History.of(self.carried)
        return ended

    def missing_ns(self, from_ns: int, until_ns: int, symbols: int) -> int:
        """Return how much of a stretch of this iteration was gaps, as the mean over the symbols."""
        overlaps = (min(gap["to_ns"], until_ns) - max(gap["from_ns"], from_ns) for gap in self._gaps)
        return int(sum(max(0, overlap) for overlap in overlaps)) // max(1, symbols)


def _is_of(event: Event, index: int) -> bool:
    return bool(event["iteration"] == index)


def _no_journal(ts_ns: int, kind: str, fields: Event) -> object:
    raise BugError(f"a {kind} event at {ts_ns} before the journal was opened: {sorted(fields)}")
