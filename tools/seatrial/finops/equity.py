"""
Daily equity as an investor reads it: what each day began with, earned, paid, and ended with.

Money that was moved in or out is not a return: a day's return is its result over what it began with
plus what came in. The wallet is what is counted, so open positions show when they are realised.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, localcontext

from .entry import Kind, Row
from .ledger import EXACT, ZERO
from .saying import DAY_NS, day

FLOWS = frozenset({Kind.TRANSFER, Kind.CONVERSION})
TRADING = frozenset({Kind.TRADE, Kind.REALIZED, Kind.LIQUIDATION, Kind.INSURANCE})
COSTS = frozenset({Kind.FEE, Kind.REBATE})
MAX_DAYS = 40_000


@dataclass
class EquityDay:
    """One UTC day of one currency."""

    day: str
    opening: Decimal = ZERO
    trading: Decimal = ZERO
    fees: Decimal = ZERO
    funding: Decimal = ZERO
    other: Decimal = ZERO
    flows: Decimal = ZERO
    peak: Decimal = field(default=ZERO, repr=False)

    @property
    def result(self) -> Decimal:
        """Return what the day earned, without what was moved in or out."""
        with localcontext(EXACT):
            return self.trading + self.fees + self.funding + self.other

    @property
    def closing(self) -> Decimal:
        """Return what the day ended with."""
        with localcontext(EXACT):
            return self.opening + self.result + self.flows

    @property
    def return_ratio(self) -> Decimal | None:
        """Return the day's result over the money at work, None where there was none."""
        base = self.opening + max(self.flows, ZERO)
        with localcontext(EXACT):
            return self.result / base if base > 0 else None


@dataclass
class EquitySums:
    """What each day did to each currency; feed it rows in any order."""

    sums: dict[str, dict[int, EquityDay]] = field(default_factory=lambda: defaultdict(dict))

    def add(self, row: Row) -> None:
        """Take one row."""
        at = row.ts_ns // DAY_NS
        for movement in row.movements:
            days = self.sums[movement.currency]
            one = days.get(at)
            if one is None:
                one = days[at] = EquityDay(day(row.ts_ns))
            name = _column(movement.kind)
            with localcontext(EXACT):
                setattr(one, name, getattr(one, name) + movement.amount)

    def days(self, openings: Mapping[str, Decimal | None]) -> dict[str, list[EquityDay]]:
        """
        Return the days of each currency from the first row to the last, days without a row included.

        `openings` are the books' opening balances; one that is not known counts from zero.
        """
        with localcontext(EXACT):
            return {
                currency: _chain(days, openings.get(currency) or ZERO)
                for currency, days in sorted(self.sums.items())
            }


def daily_equity(rows: Iterable[Row], openings: Mapping[str, Decimal | None]) -> dict[str, list[EquityDay]]:
    """Return the days of these rows; see `EquitySums`."""
    sums = EquitySums()
    for row in rows:
        sums.add(row)
    return sums.days(openings)


def _column(kind: Kind) -> str:
    if kind in TRADING:
        return "trading"
    if kind in COSTS:
        return "fees"
    if kind is Kind.FUNDING:
        return "funding"
    return "flows" if kind in FLOWS else "other"


def _chain(days: dict[int, EquityDay], opening: Decimal) -> list[EquityDay]:
    first, last = min(days), max(days)
    every = range(first, last + 1) if last - first < MAX_DAYS else sorted(days)
    chain = []
    for at in every:
        one = days.get(at) or EquityDay(day(at * DAY_NS))
        one.opening = opening
        opening = one.closing
        chain.append(one)
    return chain


def drawdowns(days: Iterable[EquityDay]) -> list[Decimal]:
    """Return how far each day's growth of one unit stands below its peak, 0 to 1; flows are left out."""
    value = peak = Decimal(1)
    found = []
    with localcontext(EXACT):
        for one in days:
            value *= 1 + (one.return_ratio or ZERO)
            peak = max(peak, value)
            found.append(1 - value / peak)
    return found
