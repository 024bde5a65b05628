"""
One record of a statement, and the questions that an importer asks of it.

Every answer is either believed or an InputError that names file, line, field and fix: no importer
reads a cell in any other way.
"""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import Any

from ..model.errors import InputError, Where
from . import amounts, markets, stamps
from .entry import Source

YES, NO = frozenset({"true", "yes", "1", "y"}), frozenset({"false", "no", "0", "n"})
BUYS = frozenset({"buy", "b", "bid"})
SELLS = frozenset({"sell", "s", "a", "ask"})


@dataclass(frozen=True)
class Reading:
    """
    What a file's cells mean where they leave it open: order of a date, a comma, the zone.

    `spelt` is how the file itself writes each column, for the errors that name one.
    """

    order: stamps.DateOrder = "ymd"
    comma: amounts.Comma = "refuse"
    zone: dt.tzinfo = dt.UTC
    zones: Mapping[str, dt.tzinfo] = field(default_factory=dict)
    spelt: Mapping[str, str] = field(default_factory=dict)


NO_CONTEXT: Mapping[str, str] = {}


@lru_cache(maxsize=4096)
def plain_name(name: str) -> str:
    """Return a column's name without case, spaces and marks, which venues change from year to year."""
    text = (
        name.replace("\ufeff", "")
        .replace("\u200b", "")
        .replace("\u00a0", " ")
        .strip()
        .strip("\"',:;")
        .strip()
    )
    if len(text) > 1:
        text = text.lstrip("?")
    return re.sub(r"[\s_.\-]+", "", text.lower())


class Record:
    """Cells by name; in JSON `fee.cost` is the field of a field."""

    __slots__ = ("_cells", "context", "reading", "source")

    def __init__(
        self,
        cells: Mapping[str, Any],
        source: Source,
        reading: Reading,
        context: Mapping[str, str] = NO_CONTEXT,
    ) -> None:
        self._cells, self.source, self.reading, self.context = cells, source, reading, context

    def names(self) -> list[str]:
        """Return the names of the cells."""
        return list(self._cells)

    def raw(self, name: str) -> Any:
        """Return the cell as it stands, None if there is none."""
        cells = self._cells
        if name in cells:
            return cells[name]
        if "." in name:
            value: Any = cells
            for part in name.split("."):
                value = value.get(part) if isinstance(value, dict) else None
            if value is not None:
                return value
        return cells.get(plain_name(name))

    def maybe(self, name: str) -> str | None:
        """Return the text of the cell, None if it is empty or absent."""
        value = self.raw(name)
        if isinstance(value, str):
            return value.strip() or None
        if value is None or isinstance(value, dict | list):
            return None
        return str(value).lower() if isinstance(value, bool) else str(value)

    def text(self, name: str) -> str:
        """Return the text of a cell that has to be there."""
        found = self.maybe(name)
        if found is None:
            raise self.refuse(name, "is missing" if self.raw(name) is None else "is empty")
        return found

    def word(self, name: str) -> str:
        """Return a venue's word in lower case, with single spaces; empty if there is none."""
        return " ".join((self.maybe(name) or "").lower().split())

    def amount(self, name: str) -> Decimal:
        """Return the amount of a cell that has to have one."""
        found = self.amount_or_none(name)
        if found is None:
            raise self.refuse(name, "has no amount")
        return found

    def amount_or_none(self, name: str) -> Decimal | None:
        """Return the amount of a cell, None if it says that there is none."""
        value = self.raw(name)
        if value is None or isinstance(value, str):
            if value is None or amounts.is_nothing(value):
                return None
            text, comma = value.strip(), self.reading.comma
        elif isinstance(value, int | Decimal) and not isinstance(value, bool):
            text, comma = str(value), "refuse"
        else:
            raise self.refuse(name, f"is not a number but {type(value).__name__}")
        found: Decimal = self._believed(name, lambda: amounts.amount(text, comma))
        return found

    def positive(self, name: str) -> Decimal:
        """Return an amount above zero, as a price or a quantity is, whatever sign the venue writes."""
        found = abs(self.amount(name))
        if not found:
            raise self.refuse(name, "is zero")
        return found

    def worded(self, name: str, known: tuple[str, ...] = ()) -> tuple[Decimal, str | None]:
        """Return the amount and the unit of a cell like `0.5 BTC`."""
        text = self.text(name)
        found: tuple[Decimal, str | None] = self._believed(
            name, lambda: amounts.with_unit(text, known, self.reading.comma)
        )
        return found[0], None if found[1] is None else markets.currency(found[1])

    def stamp(self, name: str, zone: dt.tzinfo | None = None) -> int:
        """Return the time of a cell in nanoseconds UTC."""
        value = self.raw(name)
        if value is None or value == "" or isinstance(value, bool | dict | list):
            raise self.refuse(name, "has no time")
        meant = zone or self.reading.zones.get(plain_name(name)) or self.reading.zone
        found: int = self._believed(name, lambda: stamps.stamp(value, self.reading.order, meant))
        return found

    def side(self, name: str) -> str:
        """Return `buy` or `sell`."""
        word = self.word(name).replace("-", "_")
        if word in BUYS or word.endswith("_buy") or word.startswith("buy_"):
            return "buy"
        if word in SELLS or word.endswith("_sell") or word.startswith("sell_"):
            return "sell"
        raise self.refuse(name, f"{self.maybe(name) or ''!r} is neither buy nor sell")

    def flag(self, name: str) -> bool:
        """Return whether a cell says yes; it has to say yes or no."""
        word = self.word(name)
        if word not in YES | NO:
            raise self.refuse(name, f"{self.maybe(name) or ''!r} is neither true nor false")
        return word in YES

    def currency(self, name: str) -> str:
        """Return the code of a currency."""
        text = self.text(name)
        if len(text) > 40 or not re.fullmatch(r"[^\s,;\"']+", text) or re.fullmatch(r"[-+]?[0-9.]+", text):
            raise self.refuse(name, f"{text[:40]!r} is not a currency")
        return markets.currency(text)

    def market(self, name: str, *hints: str | None) -> tuple[str, str]:
        """Return (base, quote) of a spot market."""
        text = self.text(name)
        found: tuple[str, str] = self._believed(name, lambda: markets.split(text, hints))
        return found

    def refuse(self, name: str, message: str, fix: str | None = None) -> InputError:
        """Return the error to raise about a field."""
        return InputError(
            message,
            where=Where(self.source.file, self.source.line, self.reading.spelt.get(plain_name(name), name)),
            fix=fix or "correct the line, or export the statement again",
        )

    def _believed(self, name: str, ask: Any) -> Any:
        try:
            return ask()
        except (ValueError, ArithmeticError) as error:
            raise self.refuse(name, str(error) or "cannot be read") from error
