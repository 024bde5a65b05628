"""
From the venue's decimal strings to whole ticks and lots, exactly.

A column of values is kept as integers at the finest number of decimals seen so far; when a finer
value comes, what is held is multiplied up. The tick is then the grid on which every value lies.
Nothing is ever rounded, so nothing is ever wrong by a float's hair.
"""

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from math import gcd
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

CACHE_VALUES_MAX = 200_000
DECIMALS_MAX = 18
VALUE_MAX = 2**62
# With fewer values than this, a grid coarser than the decimals may be chance.
SURE_VALUES = 1_000


class Scale:
    """
    One column of one instrument (prices, or quantities) as exact integers.

    `column` holds the values taken since the last `cut`, all times 10**decimals.
    """

    def __init__(self, *, zero_allowed: bool) -> None:
        self.decimals = 0
        self.values = 0
        self.column: list[int] = []
        self._zero_allowed = zero_allowed
        self._gcd = 0
        self._known: dict[str, int] = {}

    def extend(self, texts: Iterable[str]) -> None:
        """
        Append values to the column; `decimals` may grow by this call.

        ValueError with a plain reason for what is not a number, not finite, negative or too big.
        """
        known, column = self._known, self.column
        for text in texts:
            value = known.get(text)
            # Parsing may rescale the column, so the value goes in only after it.
            column.append(self._parse(text) if value is None else value)

    def add(self, text: str) -> None:
        """Append one value; see `extend`."""
        value = self._known.get(text)
        self.column.append(self._parse(text) if value is None else value)

    def blank(self, count: int = 1) -> None:
        """Append zeros for rows that have no such value."""
        self.column.extend([0] * count)

    def cut(self) -> "np.ndarray":
        """Take the column out as int64, and its values into the common grid."""
        import numpy as np

        values = np.array(self.column, np.int64)
        self.column.clear()
        self.values += int(np.count_nonzero(values))
        self._gcd = gcd(self._gcd, int(np.gcd.reduce(values))) if len(values) else self._gcd
        return values

    def step(self, *, halves: bool) -> Decimal:
        """
        Return the grid of everything seen: 10**n, or with `halves` also 2 and 5 times that.

        Below SURE_VALUES values it is the finest decimal seen, and never coarser than 1.
        """
        power = Decimal(1).scaleb(-self.decimals)
        if not self._gcd:
            return power
        tens = self._tens()
        if self.values < SURE_VALUES:
            return _plain(min(power.scaleb(tens), Decimal(1)))
        rest = self._gcd // 10**tens
        factor = next((f for f in (5, 2) if halves and rest % f == 0), 1)
        return _plain(power.scaleb(tens) * factor)

    def keeps(self, step: Decimal) -> bool:
        """Say whether everything seen lies on the grid of `step`."""
        return (Decimal(self._gcd).scaleb(-self.decimals) / step) % 1 == 0

    def _tens(self) -> int:
        tens, rest = 0, self._gcd
        while rest % 10 == 0:
            rest //= 10
            tens += 1
        return tens

    def _parse(self, text: str) -> int:
        number = _finite(text)
        if number < 0:
            raise ValueError(f"{text} is negative")
        if not number and not self._zero_allowed:
            raise ValueError("it is zero")
        exponent = number.normalize().as_tuple().exponent
        decimals = -exponent if isinstance(exponent, int) else 0
        if decimals > DECIMALS_MAX:
            raise ValueError(f"{text} has more than {DECIMALS_MAX} decimals")
        if decimals > self.decimals:
            self._refine(decimals)
        value = int(number.scaleb(self.decimals))
        if value > VALUE_MAX:
            raise ValueError(f"{text} is too big for the {self.decimals} decimals seen")
        if len(self._known) >= CACHE_VALUES_MAX:
            self._known.clear()
        self._known[text] = value
        return value

    def _refine(self, decimals: int) -> None:
        factor = 10 ** (decimals - self.decimals)
        if max(self.column, default=0) * factor > VALUE_MAX:
            raise ValueError(f"values with {decimals} decimals stand beside ones too big for that")
        self.column[:] = [value * factor for value in self.column]
        self._gcd *= factor
        self.decimals = decimals
        self._known.clear()


def _plain(step: Decimal) -> Decimal:
    """Return the same number written without an exponent, as people and files write a tick."""
    return Decimal(f"{step.normalize():f}")


def _finite(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except (InvalidOperation, TypeError, ValueError):
        raise ValueError(f"{text!r} is not a number") from None
    if not number.is_finite():
        raise ValueError(f"{text!r} is not a finite number")
    return number


def steps(step: Decimal, decimals: int) -> tuple[int, int]:
    """Return (multiply, divide): whole numbers that turn values at `decimals` into counts of `step`."""
    ratio = Decimal(1).scaleb(-decimals) / step
    over, under = ratio.as_integer_ratio()
    return over, under
