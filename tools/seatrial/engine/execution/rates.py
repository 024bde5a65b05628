"""
Dated rates: what one currency was worth in another, from a moment on.

A fee in a third currency needs a rate of its day to count as profit or loss. A rate holds from its
moment until the next one; before the first there is none, and nothing is made up.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from ...model.live_settings import RateSettings

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Pair = tuple[str, str]


def rates_of(settings: Iterable[RateSettings]) -> "DatedRates":
    """Return the rates of a profile."""
    rates: dict[Pair, list[tuple[int, Decimal]]] = {}
    for one in settings:
        since_ns = (one.since - _EPOCH) // timedelta(microseconds=1) * 1_000
        rates.setdefault((one.currency, one.in_currency), []).append((since_ns, one.rate))
    return DatedRates(rates)


class DatedRates:
    """Rates by (currency, in currency): a list of (from_ns, rate)."""

    def __init__(self, rates: Mapping[Pair, Iterable[tuple[int, Decimal]]]) -> None:
        self._rates = {pair: sorted(dated) for pair, dated in rates.items()}

    def at(self, currency: str, in_currency: str, ts_ns: int) -> Decimal | None:
        """Return the rate that held at a moment, None when there was none."""
        if currency == in_currency:
            return Decimal(1)
        dated = self._rates.get((currency, in_currency), [])
        at = bisect_right(dated, ts_ns, key=lambda each: each[0])
        return dated[at - 1][1] if at else None
