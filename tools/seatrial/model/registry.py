"""
A family of plug-ins by name: KPIs, bots, importers, reports.

A second owner of a name is an error, never a silent win; an unknown name says what was meant.
"""

import difflib
from collections.abc import Iterator
from importlib.metadata import entry_points
from typing import Generic, TypeVar

from .errors import BugError, UsageError

Member = TypeVar("Member")


class Registry(Generic[Member]):
    """Members of one family, in the order in which they were added."""

    def __init__(self, family: str) -> None:
        self.family = family
        self._members: dict[str, Member] = {}
        self._strangers_loaded = False

    def add(self, name: str, member: Member) -> Member:
        """Register `member` under `name` and return it."""
        if name in self._members:
            raise BugError(f"two members of the family {self.family} are called {name!r}")
        self._members[name] = member
        return member

    def get(self, name: str) -> Member:
        """Return the member called `name`, looking at installed entry points too."""
        if name not in self._members:
            self._load_strangers()
        if name not in self._members:
            near = difflib.get_close_matches(name, self._members, n=1)
            fix = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(self._members)}"
            raise UsageError(f"no {self.family} is called {name!r}", fix=fix)
        return self._members[name]

    def names(self) -> tuple[str, ...]:
        """Return every registered name, entry points included."""
        self._load_strangers()
        return tuple(self._members)

    def __iter__(self) -> Iterator[tuple[str, Member]]:
        """Iterate over (name, member)."""
        self._load_strangers()
        return iter(tuple(self._members.items()))

    def _load_strangers(self) -> None:
        if self._strangers_loaded:
            return
        self._strangers_loaded = True
        for point in entry_points(group=f"seatrial.{self.family}"):
            if point.name not in self._members:
                self._members[point.name] = point.load()
