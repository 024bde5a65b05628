"""
The account of costs: charges by day, environment, run and service, and what a unit of trading costs.

A charge that covers several days is shared out over them by time, to the last digit. A unit cost
compares a bill with the trading of the same days only; where the two do not meet it is not measured.
"""

import hashlib
import statistics
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal, localcontext

from ...model.errors import UsageError
from ...model.profile import FinopsSettings
from ..ledger import EXACT, ZERO
from ..saying import DAY_NS, day
from .anomaly import Anomaly, anomalies
from .bill import UNTAGGED, Charge
from .trading import Trading

DOLLARS = frozenset({"USD", "USDT", "USDC", "FDUSD", "BUSD"})
MILLION = Decimal(1_000_000)
Sums = dict[str, Decimal]


def _sums() -> Sums:
    return defaultdict(Decimal)


@dataclass
class CostAccount:
    """All charges of some bills, summed; feed it with `take`."""

    days: Sums = field(default_factory=_sums)
    environments: Sums = field(default_factory=_sums)
    runs: Sums = field(default_factory=_sums)
    services: Sums = field(default_factory=_sums)
    service_days: dict[str, Sums] = field(default_factory=lambda: defaultdict(_sums))
    environment_days: dict[str, Sums] = field(default_factory=lambda: defaultdict(_sums))
    total: Decimal = ZERO
    credits: Decimal = ZERO
    rows: int = 0
    copies: int = 0
    currency: str = ""
    _seen: set[bytes] = field(default_factory=set)

    def take(self, charges: Iterable[Charge], rates: dict[str, Decimal]) -> None:
        """Add the charges of one bill; a line that another file has told already is a copy."""
        with localcontext(EXACT):
            for one in charges:
                if self._is_copy(one.identity):
                    self.copies += 1
                    continue
                self._add(one, one.cost * self._rate(one.currency, rates))

    def _is_copy(self, identity: str) -> bool:
        """Return whether a line with this identity was taken already; a line without one never is."""
        if not identity.strip("|"):
            return False
        digest = hashlib.blake2b(identity.encode(), digest_size=16).digest()
        known = digest in self._seen
        self._seen.add(digest)
        return known

    def _rate(self, currency: str, rates: dict[str, Decimal]) -> Decimal:
        self.currency = self.currency or currency
        if is_par(currency, self.currency):
            return Decimal(1)
        if currency in rates and self.currency in DOLLARS:
            return rates[currency]
        raise UsageError(
            f"bills in {self.currency} and {currency} cannot be added up",
            fix=f"give finops.rates.{currency}, or one bill at a time",
        )

    def _add(self, one: Charge, cost: Decimal) -> None:
        self.rows += 1
        self.total += cost
        self.credits += min(cost, ZERO)
        self.environments[one.environment] += cost
        self.services[one.service] += cost
        if one.run != UNTAGGED:
            self.runs[one.run] += cost
        for when, part in shared_out(one, cost):
            self.days[when] += part
            self.service_days[one.service][when] += part
            self.environment_days[one.environment][when] += part


def is_par(one: str, other: str) -> bool:
    """Return whether two currencies are one, or dollars both."""
    return one == other or {one, other} <= DOLLARS


def shared_out(one: Charge, cost: Decimal) -> list[tuple[str, Decimal]]:
    """Return the parts of a charge by day; they add up to it exactly."""
    first, last = one.from_ns // DAY_NS, max(one.from_ns, one.until_ns - 1) // DAY_NS
    if first == last:
        return [(day(one.from_ns), cost)]
    span = one.until_ns - one.from_ns
    parts = []
    for at in range(first, last):
        begin, end = max(one.from_ns, at * DAY_NS), (at + 1) * DAY_NS
        parts.append((day(begin), cost * (end - begin) / span))
    parts.append((day(last * DAY_NS), cost - sum((part for _, part in parts), ZERO)))
    return parts


@dataclass(frozen=True)
class Units:
    """What a unit of trading cost on the days that bill and trading share; None is not measured."""

    days: int
    cost: Decimal | None = None
    notional: Decimal | None = None
    orders: int | None = None
    runs: int | None = None
    rebates: Decimal | None = None
    fees: Decimal | None = None
    funding: Decimal | None = None
    per_million_notional: Decimal | None = None
    per_order: Decimal | None = None
    per_run: Decimal | None = None
    net: Decimal | None = None


def units(account: CostAccount, trading: Trading, runs: int) -> Units:
    """Return the unit costs of the days that both know."""
    both = sorted(account.days.keys() & trading.days.keys())
    if not both:
        return Units(0)
    with localcontext(EXACT):
        traded = [trading.days[when] for when in both]
        cost = sum((account.days[when] for when in both), ZERO)
        notional = sum((one.notional for one in traded), ZERO)
        rebates = sum((one.rebates for one in traded), ZERO)
        orders = len(set().union(*(one.orders for one in traded)))
        return Units(
            days=len(both), cost=cost, notional=notional, orders=orders, runs=runs, rebates=rebates,
            fees=sum((one.fees for one in traded), ZERO), funding=sum((one.funding for one in traded), ZERO),
            per_million_notional=cost / notional * MILLION if notional else None,
            per_order=cost / orders if orders else None, per_run=cost / runs if runs else None,
            net=cost - rebates,
        )  # fmt: skip


def odd_days(account: CostAccount, settings: FinopsSettings) -> list[Anomaly]:
    """Return the anomalies of the whole and of each environment and service, the first day first."""
    if not account.days:
        return []
    ordinary = statistics.median(account.days.values())
    series = {"total": account.days}
    series |= {f"environment {name}": costs for name, costs in account.environment_days.items()}
    series |= {f"service {name}": costs for name, costs in account.service_days.items()}
    found: list[Anomaly] = []
    with localcontext(EXACT):
        for name, costs in sorted(series.items()):
            # A day without a charge cost nothing; leaving it out would hide that a service stopped.
            whole = {when: costs.get(when, ZERO) for when in account.days}
            found += anomalies(name, whole, settings.anomaly_score, ordinary)
    return sorted(found, key=lambda one: (one.day, one.series))
