"""
Columns: the facts of a long run in a few bytes each.

A run of days leaves millions of events; an object per event would not fit. A column is an array,
and money stays exact: a decimal string of up to 15 digits survives a trip through a double, and
the rare longer one is kept beside it.
"""

from array import array
from collections.abc import Sequence
from decimal import Decimal
from math import isnan
from typing import TypeAlias

Ints: TypeAlias = "array[int]"
Floats: TypeAlias = "array[float]"

NOT_MEASURED = float("nan")
_SAFE_LENGTH = 16  # a point and 15 digits: always the same decimal again after a double


class ExactColumn:
    """
    Decimal strings, 8 bytes a row, read back as the very same `Decimal`; None is not measured.

    `floats` is the same column for charts and statistics, with NaN for None.
    """

    __slots__ = ("_longer", "floats")

    def __init__(self) -> None:
        self.floats: Floats = array("d")
        self._longer: dict[int, Decimal] = {}

    def append(self, text: str | None) -> None:
        """Add one value."""
        self.floats.append(NOT_MEASURED)
        if text is not None:
            self.put(len(self.floats) - 1, text)

    def put(self, row: int, text: str) -> None:
        """Set the value of one row; ValueError when it is not a finite decimal."""
        value = float(text)
        if value - value != 0.0:
            raise ValueError(f"{text!r} is not a finite number")
        self.floats[row] = value
        if len(text) > _SAFE_LENGTH:
            exact = Decimal(text)
            if exact != Decimal(repr(value)):
                self._longer[row] = exact

    def __getitem__(self, row: int) -> Decimal | None:
        """Return the exact value of a row, or None where nothing was measured."""
        value = self.floats[row]
        if isnan(value):
            return None
        longer = self._longer.get(row)
        return Decimal(repr(value)) if longer is None else longer

    def exact(self, row: int) -> Decimal:
        """Return the exact value of a row that is always measured."""
        value = self[row]
        if value is None:
            raise ValueError(f"row {row} holds no value")
        return value

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.floats)


def number(text: str | None) -> float:
    """Return a decimal string as a float, NaN for None."""
    return NOT_MEASURED if text is None else float(text)


def part(column: "Floats | Ints", rows: range) -> "Sequence[float]":
    """Return some rows of a column without copying them."""
    return memoryview(column)[rows.start : rows.stop]
