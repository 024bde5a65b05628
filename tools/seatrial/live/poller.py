"""
The poller: asks the venue on connections of its own, so that the bot's loop never waits for it.

One thread brings books, another orders, executions and positions. Working orders that a complete
list does not show are asked for one by one. Answers queue up until the loop takes them; a question
that failed is told as well, because silence is not news.
"""

import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Generic, TypeVar

from ..engine.execution.reconcile import Statement, ask
from ..engine.venue.port import Handle, Venue, VenueBook, VenueOrder, VenueUnreachable

_KEPT = 256
_LOOKED_UP_MAX = 10
_YOUNG_NS = 2_000_000_000
_LONGEST_JOIN_S = 5.0
News = TypeVar("News")


@dataclass(frozen=True)
class Book:
    """A book and when it came, by our clock."""

    book: VenueBook
    seen_ns: int


@dataclass(frozen=True)
class State:
    """What the venue stated, what it said of single orders, and when it was asked."""

    statement: Statement
    looked_up: Mapping[str, VenueOrder | None]
    asked_ns: int


@dataclass(frozen=True)
class Wanted:
    """What the loop wants to know: executions since when, and which orders work."""

    since_ns: int = 0
    working: tuple[tuple[Handle, int], ...] = ()
    """Handle and moment of sending."""


class Post(Generic[News]):
    """Takes what has come, one after another; the newest `_KEPT`, because a later one says it all again."""

    def __init__(self) -> None:
        self._kept: deque[News] = deque(maxlen=_KEPT)

    def put(self, news: News) -> None:
        """Leave something for the loop."""
        self._kept.append(news)

    def take(self) -> list[News]:
        """Take everything that is there."""
        found: list[News] = []
        with suppress(IndexError):
            while True:
                found.append(self._kept.popleft())
        return found


class Poller:
    """Two threads with a connection each; `nudge` asks for the orders at once."""

    def __init__(
        self,
        venue: Venue,
        symbols: Sequence[str],
        now_ns: Callable[[], int],
        *,
        book_ms: float,
        orders_ms: float,
    ) -> None:
        self.books: Post[Book] = Post()
        self.states: Post[State] = Post()
        self.wanted = Wanted()
        self.silent_since_ns: int | None = None
        self.trouble: str | None = None
        self._symbols, self._now_ns = tuple(symbols), now_ns
        self._stopping, self._nudged = threading.Event(), threading.Event()
        self._venues = (venue.twin(), venue.twin())
        self._book_s, self._orders_s = book_ms / 1_000, orders_ms / 1_000
        self._threads = (
            threading.Thread(target=self._bring_books, name="poll-books", daemon=True),
            threading.Thread(target=self._bring_states, name="poll-orders", daemon=True),
        )

    def start(self) -> None:
        """Begin to ask."""
        for thread in self._threads:
            thread.start()

    def nudge(self) -> None:
        """Ask for the orders now."""
        self._nudged.set()

    def stop(self) -> None:
        """Ask nothing more."""
        self._stopping.set()
        self._nudged.set()
        for thread in self._threads:
            if thread.is_alive():
                thread.join(_LONGEST_JOIN_S)
        for venue in self._venues:
            venue.close()

    def dead(self) -> str | None:
        """Return which thread has ended, None while both work."""
        return next((thread.name for thread in self._threads if not thread.is_alive()), None)

    def _bring_books(self) -> None:
        while not self._stopping.is_set():
            for symbol in self._symbols:
                try:
                    self.books.put(Book(self._venues[0].book(symbol), self._now_ns()))
                except VenueUnreachable as error:
                    # The view grows stale by itself; the loop needs no other word for it.
                    self.trouble = error.message
            self._stopping.wait(self._book_s)

    def _bring_states(self) -> None:
        while not self._stopping.is_set():
            asked_ns, wanted = self._now_ns(), self.wanted
            self._nudged.clear()
            statement = ask(self._venues[1], wanted.since_ns)
            looked_up = self._look_up(statement, wanted, asked_ns) if not statement.unanswered else {}
            self.trouble = statement.unanswered[0] if statement.unanswered else None
            if not statement.unanswered:
                self.silent_since_ns = None
            elif self.silent_since_ns is None:
                self.silent_since_ns = asked_ns
            self.states.put(State(statement, looked_up, asked_ns))
            self._nudged.wait(self._orders_s)

    def _look_up(self, statement: Statement, wanted: Wanted, asked_ns: int) -> dict[str, VenueOrder | None]:
        """Ask for each working order that a complete list does not show; a few at a time."""
        shown = {stated.handle.client_id for stated in statement.open_orders.items}
        absent = [
            handle
            for handle, sent_ns in wanted.working
            if handle.client_id not in shown and asked_ns - sent_ns >= _YOUNG_NS
        ]
        found: dict[str, VenueOrder | None] = {}
        for handle in absent[:_LOOKED_UP_MAX]:
            with suppress(VenueUnreachable):
                found[handle.client_id] = self._venues[1].order(handle)
        return found
