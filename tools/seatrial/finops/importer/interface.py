"""
What an importer is: the fields by which a format is known, and how its records become rows.

A format says nothing of files. Reading (`finops.reading`) decodes, finds the header and asks the
formats which of them knows it; an importer sees records and returns rows, one statement line each.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from functools import cached_property
from typing import Literal

from ...model.registry import Registry
from ..amounts import Comma
from ..entry import Row
from ..record import Record, plain_name
from ..stamps import DateOrder

Shape = Literal["table", "json"]
BOTH: tuple[Shape, ...] = ("table", "json")
TABLE: tuple[Shape, ...] = ("table",)
JSON: tuple[Shape, ...] = ("json",)
Importer = Callable[[Iterable[Record]], Iterator[Row]]


@dataclass(frozen=True)
class Format:
    """
    One format of one venue.

    `needs` are the columns (or JSON fields) without which it is another format, `also` those that
    make it likelier; the format that knows the most fields of a file reads it. `names` gives the
    venue's other words for a column. `check` looks into the first record where names do not
    suffice. `order` and `comma` are what the venue means where a cell leaves it open; with
    `locale_dates` the venue writes dates as its user likes them, and the whole file is looked at.
    """

    name: str
    venue: str
    title: str
    needs: tuple[str, ...]
    rows: Importer
    shapes: tuple[Shape, ...] = TABLE
    also: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    check: Callable[[Record], bool] | None = None
    order: DateOrder = "ymd"
    locale_dates: bool = False
    stamp_field: str = ""
    comma: Comma = "refuse"
    zone: tzinfo = UTC

    def column(self, name: str) -> str:
        """Return the name under which the importer knows a column."""
        plain = plain_name(name)
        return self._plain_names.get(plain, plain)

    @cached_property
    def _plain_names(self) -> dict[str, str]:
        return {plain_name(theirs): plain_name(ours) for theirs, ours in self.names.items()}

    @cached_property
    def fields(self) -> frozenset[str]:
        """Return the columns that the importer asks for."""
        return frozenset(plain_name(name) for name in (*self.needs, *self.also))

    def known(self, columns: Iterable[str]) -> int:
        """Return how many of a table's columns speak for this format; 0 if a needed one is missing."""
        have = {self.column(name) for name in columns}
        return self._count(have, plain_name)

    def known_keys(self, keys: Iterable[str]) -> int:
        """Return how many fields of a JSON record speak for this format; 0 if a needed one is missing."""
        return self._count(set(keys), str)

    def _count(self, have: set[str], spelt: Callable[[str], str]) -> int:
        if not all(spelt(name) in have for name in self.needs):
            return 0
        return len(self.needs) + sum(spelt(name) in have for name in self.also)


def each(row: Callable[[Record], Row]) -> Importer:
    """Return the importer of a format in which each record is one row, whatever came before."""

    def rows(records: Iterable[Record]) -> Iterator[Row]:
        for record in records:
            yield row(record)

    return rows


FORMATS: Registry[Format] = Registry("statement_importer")
