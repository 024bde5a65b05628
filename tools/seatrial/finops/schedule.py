"""
Fee schedules: what a venue publishes as its rates, dated and with the source, as data.

A row is (venue, product, tier, region) with maker and taker in basis points from a day on, negative
for a rebate. The account's own rate, where it is configured, wins over any table. A fill's expected
fee is minus rate times what it is charged on; a rebate that a maker's fill did not get is lost.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal, localcontext
from functools import cache
from importlib.resources import files

from ..model.errors import UsageError
from ..model.profile import FinopsSettings
from .breaks import Break, fee_money, in_quote, key_of, source_of
from .entry import Row
from .ledger import EXACT, ZERO
from .matching.rules import BreakClass, charged_on, currencies_of, fill_of
from .matching.tolerance import Tolerance
from .saying import amount, day


@dataclass(frozen=True)
class FeeRate:
    """One row of a published table; rates in basis points, negative is a rebate."""

    venue: str
    product: str
    tier: str
    maker_bps: Decimal
    taker_bps: Decimal
    valid_from: str
    seen_on: str
    source: str
    criterion: str = ""
    region: str = ""
    verified: bool = True

    def bps(self, liquidity: str) -> Decimal:
        """Return the rate of a maker or a taker."""
        return self.maker_bps if liquidity == "maker" else self.taker_bps


@cache
def tables() -> tuple[FeeRate, ...]:
    """Return every published rate that comes with the program."""
    folder = files("seatrial.finops").joinpath("schedules")
    rows: list[FeeRate] = []
    for place in sorted(folder.iterdir(), key=lambda one: one.name):
        if place.name.endswith(".json"):
            # A rate is money: read as text, never as a float.
            for table in json.loads(place.read_text("utf-8"), parse_float=Decimal, parse_int=Decimal):
                rows += _rows(table)
    return tuple(rows)


def _rows(table: dict[str, object]) -> Iterator[FeeRate]:
    tiers = table["tiers"]
    assert isinstance(tiers, list), "a table has a list of tiers"
    for tier, taker_pct, maker_pct, *rest in tiers:
        yield FeeRate(
            venue=str(table["venue"]), product=str(table["product"]), tier=str(tier),
            maker_bps=Decimal(maker_pct) * 100, taker_bps=Decimal(taker_pct) * 100,
            valid_from=str(table["valid_from"]), seen_on=str(table["seen_on"]), source=str(table["source"]),
            criterion=str(rest[0]) if rest else "", region=str(table.get("region", "")),
            verified=bool(table["verified"]),
        )  # fmt: skip


class Schedule:
    """The rates that one account should pay, by day."""

    def __init__(self, rates: Iterable[FeeRate]) -> None:
        self.rates = sorted(rates, key=lambda rate: (rate.valid_from, rate.seen_on))

    @classmethod
    def of(cls, settings: FinopsSettings, venue: str | None) -> "Schedule | None":
        """Return what the profile asks for: own rates, a tier of a table, None when it asks for nothing."""
        fees = settings.fees
        if fees.maker_bps is not None or fees.taker_bps is not None:
            if fees.maker_bps is None or fees.taker_bps is None:
                raise UsageError(
                    "finops.fees needs both maker_bps and taker_bps", fix="set the other one too"
                )
            own = "the profile's own rates"
            return cls([FeeRate("", "", "own", fees.maker_bps, fees.taker_bps, "", "", own)])
        if fees.tier is None:
            return None
        wanted = (venue or fees.venue or "").lower()
        near = [rate for rate in tables() if (rate.venue, rate.product) == (wanted, fees.product)]
        found = [rate for rate in near if (rate.tier, rate.region) == (fees.tier, fees.region)]
        if not found:
            known = sorted({rate.tier for rate in near})
            names = sorted({f"{rate.venue} {rate.product}" for rate in tables()})
            fix = f"known tiers: {', '.join(known)}" if known else f"known tables: {', '.join(names)}"
            raise UsageError(
                f"no fee table has {wanted or 'no venue'} {fees.product} tier {fees.tier!r}", fix=fix
            )
        return cls(found)

    def at(self, ts_ns: int) -> FeeRate:
        """Return the rate of a day: the newest that was valid by then, or the oldest that is known."""
        when = day(ts_ns)
        return next((rate for rate in reversed(self.rates) if rate.valid_from <= when), self.rates[0])


@dataclass
class FeeCheck:
    """Charged against published fees: the breaks, what was checked, and rebates that did not come."""

    schedule: Schedule
    tolerance: Tolerance
    rates: dict[str, Decimal]
    breaks: list[Break] = field(default_factory=list)
    checked: int = 0
    unchecked: int = 0
    expected: dict[str, Decimal] = field(default_factory=dict)
    charged: dict[str, Decimal] = field(default_factory=dict)
    lost_rebates: dict[str, Decimal] = field(default_factory=dict)

    def take(self, row: Row) -> None:
        """Compare the fee of one fill; one whose role, fee or rate is not known is counted apart."""
        expected = expected_fee(row, self.schedule, self.rates)
        charged = fee_money(row)
        if expected is None or charged is None:
            self.unchecked += 1
            return
        self.checked += 1
        currency, paid = charged
        with localcontext(EXACT):
            self.expected[currency] = self.expected.get(currency, ZERO) + expected
            self.charged[currency] = self.charged.get(currency, ZERO) + paid
            short = paid - expected
        if abs(short) > self.tolerance.of_fee(expected):
            self._differs(row, currency, expected, paid)

    def _differs(self, row: Row, currency: str, expected: Decimal, paid: Decimal) -> None:
        fill, rate = fill_of(row), self.schedule.at(row.ts_ns)
        with localcontext(EXACT):
            short = paid - expected
            lost = expected > 0 and short < 0
            if lost:
                self.lost_rebates[currency] = self.lost_rebates.get(currency, ZERO) - short
        words = f"published {amount(rate.bps(fill.liquidity or ''))} bps for tier {rate.tier} ({rate.source})"
        self.breaks.append(
            Break(
                BreakClass.FEE_AMOUNT,
                key_of(row),
                "fee_schedule",
                f"{amount(round(expected, 12))} {currency}",
                f"{amount(paid)} {currency}",
                in_quote(abs(short), currency, row, self.rates),
                fill.symbol,
                row.ts_ns,
                source_of(row),
                theirs_row=row,
                cause=f"lost rebate: {words}" if lost else f"charged otherwise than {words}",
            )
        )


def expected_fee(row: Row, schedule: Schedule, rates: dict[str, Decimal]) -> Decimal | None:
    """Return the published fee of a fill, in the currency that the fee was charged in; None: not known."""
    fill, money = fill_of(row), fee_money(row)
    if fill.liquidity not in {"maker", "taker"} or money is None:
        return None
    base, quote = currencies_of(fill.symbol)
    with localcontext(EXACT):
        fee = -charged_on(row) * schedule.at(row.ts_ns).bps(fill.liquidity) / 10_000
        if money[0] == (base if fill.inverse else quote):
            return fee
        if money[0] == base and fill.price:
            return fee / fill.price
        rate = rates.get(money[0])
        return None if not rate else fee / rate
