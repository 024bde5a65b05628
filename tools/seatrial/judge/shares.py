"""
Shares: what each single fill, payment and carried position added to the net.

The decomposition says how much; whoever asks where and when groups these. They are the addends of
the decomposition itself, so any grouping of them adds up to it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Context, Decimal, localcontext
from typing import TYPE_CHECKING

from .components import HORIZON, pool_rates, windows
from .slices import Slice
from .window import Window

if TYPE_CHECKING:
    from .history import History

_PRECISION = 60
_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Share:
    """
    One addend, in the pooled currency; `parts` are in the order of `money.PARTS`.

    `ts_ns`, `side` and `age_ms` are None for what is no fill: a payment has a time only, a carried
    position not even that.
    """

    symbol: str
    ts_ns: int | None
    side: int | None
    age_ms: float | None
    notional: Decimal
    parts: tuple[Decimal, ...]
    missing: bool = False

    @property
    def net(self) -> Decimal:
        """Return the sum of the parts."""
        return sum(self.parts, _ZERO)


@dataclass(frozen=True)
class Shares:
    """Every addend of a stretch; `reason` says why there is no common sum."""

    rows: tuple[Share, ...]
    currency: str
    reason: str = ""


def shares(part: Slice, horizon: str = HORIZON) -> Shares:
    """Return the addends of a slice's decomposition, exact in 60 digits."""
    with localcontext(Context(prec=_PRECISION)):
        found, reason = windows(part, horizon)
        if reason:
            return Shares((), "", reason)
        currencies = {name: window.end.currency for name, window in found.items() if window.end}
        currency, rates, reason = pool_rates(part.history, currencies)
        if reason:
            return Shares((), "", reason)
        rows = [row for name, window in found.items() for row in _of(window, name, rates[name], part.history)]
    return Shares(tuple(rows), currency)


def _of(window: Window, name: str, rate: Decimal, history: "History") -> Iterator[Share]:
    fills, scale = history.fills, window.size * rate
    for row, (gross, adverse, inventory, lost) in window.split(window.mark):
        fee = fills.fee.exact(row) * rate
        trading = (gross * scale, adverse * scale, inventory * scale)
        yield Share(
            symbol=name,
            ts_ns=fills.ts[row],
            side=fills.side[row],
            age_ms=_known(fills.age_ms[row]),
            notional=fills.notional.exact(row) * rate,
            parts=(*trading, fee, _ZERO, lost * scale),
            missing=window.is_missing(row),
        )
    for row in window.payments:
        paid = history.funding.amount.exact(row) * rate
        parts = (_ZERO, _ZERO, _ZERO, _ZERO, paid, _ZERO)
        yield Share(name, history.funding.ts[row], None, None, _ZERO, parts)
    held = window.held(window.mark) * rate
    if held:
        yield Share(name, None, None, None, _ZERO, (_ZERO, _ZERO, held, _ZERO, _ZERO, _ZERO))


def _known(value: float | None) -> float | None:
    return None if value is None or value != value else value  # noqa: PLR0124 - NaN is not itself
