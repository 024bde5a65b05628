"""
One row of somebody's file, read by column name.

Files of one kind differ by version: a column may be missing, renamed, empty or hold nonsense.
What is missing is None; what makes no sense is None too, and listed.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from .telling import Origin, Side, Told

_FLOAT_DIGITS = 17
_SMALLEST, _LARGEST = Decimal("1e-30"), Decimal("1e30")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ISO = re.compile(r"(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d)(?:\.(\d{1,9})\d*)?\s*(Z|[+-]\d\d:?\d\d| ?UTC)?")
_EMPTY = frozenset({"", "none", "null", "nan", "nat", "<na>"})
# Nothing was traded by bots before; nanoseconds since 1970 end in 2262.
_FIRST_NS, _LAST_NS = 1_230_768_000 * 10**9, 9_214_646_400 * 10**9
_UNITS = ((10**11, 10**9), (10**14, 10**6), (10**17, 10**3))
_SIDES: dict[str, Side] = {
    "buy": "buy", "b": "buy", "bid": "buy", "long": "buy", "1": "buy",
    "sell": "sell", "s": "sell", "ask": "sell", "short": "sell", "2": "sell",
}  # fmt: skip


def decimal_of(value: Any) -> Decimal | None:
    """
    Return a number as a finite decimal, None for an empty cell; ValueError for anything else.

    A number of more digits than a double has is a double written out in full: what was meant is
    the shortest decimal that names that double.
    """
    if value is None or isinstance(value, bool):
        return None if value is None else Decimal(int(value))
    text = repr(value) if isinstance(value, float) else str(value).strip()
    if text.lower() in _EMPTY:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise ValueError(f"{text[:40]!r} is not a number") from error
    if not number.is_finite():
        raise ValueError(f"{text[:40]!r} is not a finite number")
    if number and not _SMALLEST <= abs(number) < _LARGEST:
        raise ValueError(f"{text[:40]!r} is no price, no quantity and no amount of money")
    if len(number.as_tuple().digits) > _FLOAT_DIGITS:
        number = Decimal(repr(float(number)))
    return number


def nanoseconds(value: Any) -> int | None:
    """
    Return a time as nanoseconds UTC, None for an empty cell; ValueError for what is no time.

    A number is seconds, milli-, micro- or nanoseconds by its size; a date without a zone is UTC.
    """
    text = "" if value is None else str(value).strip()
    if text.lower() in _EMPTY:
        return None
    found = _ISO.fullmatch(text)
    if found:
        return _in_range(_iso_ns(found), text)
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise ValueError(f"{text[:40]!r} is not a time") from error
    if not number.is_finite():
        raise ValueError(f"{text[:40]!r} is not a time")
    scale = next((factor for limit, factor in _UNITS if abs(number) < limit), 1)
    return _in_range(int(number * scale), text)


def _iso_ns(found: re.Match[str]) -> int:
    zone = (found[3] or "Z").strip()
    moment = datetime.fromisoformat(found[1] + ("+00:00" if zone in {"Z", "UTC"} else zone))
    since = moment - _EPOCH
    whole_s = since.days * 86_400 + since.seconds
    return whole_s * 10**9 + int((found[2] or "").ljust(9, "0"))


def _in_range(ts_ns: int, text: str) -> int:
    if not _FIRST_NS <= ts_ns < _LAST_NS:
        raise ValueError(f"{text[:40]!r} is not a time between 2009 and 2262")
    return ts_ns


class Cells:
    """A row and where it stands; anomalies go to `told`."""

    def __init__(self, row: Mapping[str, Any], origin: Origin, told: Told) -> None:
        self.row, self.origin, self.told = row, origin, told

    def raw(self, *names: str) -> Any:
        """Return the first cell among these columns that holds something."""
        for name in names:
            value = self.row.get(name)
            if value is not None and not (isinstance(value, str) and value.strip().lower() in _EMPTY):
                return value
        return None

    def text(self, *names: str) -> str | None:
        """Return a cell as text."""
        value = self.raw(*names)
        return None if value is None else str(value).strip()

    def number(self, *names: str) -> Decimal | None:
        """Return a cell as a decimal; nonsense is listed."""
        try:
            return decimal_of(self.raw(*names))
        except ValueError as error:
            self.impossible(f"{names[0]}: {error}")
            return None

    def positive(self, *names: str) -> Decimal | None:
        """Return a price or a quantity; what is not above zero is listed and is None."""
        value = self.number(*names)
        if value is not None and value <= 0:
            self.impossible(f"{names[0]}: {value} is not above zero")
            return None
        return value

    def some(self, *names: str) -> Decimal | None:
        """Return a price or a quantity of an order, where zero means that there is none."""
        value = self.number(*names)
        if value is not None and value < 0:
            self.impossible(f"{names[0]}: {value} is below zero")
        return value if value is not None and value > 0 else None

    def ts_ns(self, *names: str) -> int | None:
        """Return a time in nanoseconds UTC; nonsense is listed."""
        try:
            return nanoseconds(self.raw(*names))
        except ValueError as error:
            self.impossible(f"{names[0]}: {error}")
            return None

    def side(self, *names: str) -> Side | None:
        """Return buy or sell; another word is listed."""
        value = self.text(*names)
        side = _SIDES.get(value.lower().rpartition(".")[2]) if value else None
        if value and side is None:
            self.impossible(f"{names[0]}: {value[:40]!r} is no side")
        return side

    def liquidity(self, *names: str) -> Literal["maker", "taker"] | None:
        """Return maker or taker, None where the file does not say."""
        value = (self.text(*names) or "").lower().rpartition(".")[2]
        words: dict[str, Literal["maker", "taker"]] = {
            "maker": "maker", "1": "maker", "m": "maker", "true": "maker",
            "taker": "taker", "2": "taker", "t": "taker", "false": "taker",
        }  # fmt: skip
        return words.get(value)

    def impossible(self, detail: str) -> None:
        """List a value that cannot be."""
        self.told.odd("impossible_values", self.origin, detail)

    def lost_fill(self) -> None:
        """Count an execution that has no place in a record."""
        self.told.lost_fills += 1
        self.told.odd("unplaceable_fills", self.origin, "an execution without a side or a time")
