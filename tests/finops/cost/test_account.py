"""Costs by day and per unit of trading; nothing is lost, and nothing is made up."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.finops.desk import START, book, cash

from seatrial.finops.cost.account import CostAccount, odd_days, shared_out, units
from seatrial.finops.cost.bill import Charge
from seatrial.finops.cost.trading import Trading
from seatrial.finops.saying import DAY_NS
from seatrial.model.errors import UsageError
from seatrial.model.profile import FinopsSettings

D = Decimal


def charge(cost: str, day: int = 0, days: float = 1, **more: str) -> Charge:
    """Return a charge over some days from the start."""
    told = {
        "currency": "USD",
        "service": "EC2",
        "environment": "prod",
        "run": "untagged",
        "category": "Usage",
        "identity": "",
        **more,
    }
    return Charge(START + day * DAY_NS, START + round((day + days) * DAY_NS), D(cost), **told)


@given(
    cost=st.decimals(min_value=-(10**6), max_value=10**6, places=12, allow_nan=False),
    start=st.integers(0, 3 * 86_400),
    length=st.integers(0, 40 * 86_400),
)
def test_a_charge_shared_out_over_days_loses_nothing(cost: Decimal, start: int, length: int) -> None:
    """A month's fee becomes thirty days that add up to it, to the last digit."""
    begin = START + start * 10**9
    one = Charge(begin, begin + length * 10**9, cost, "USD", "s", "e", "r", "Usage", "")

    parts = shared_out(one, cost)

    assert sum(part for _, part in parts) == cost
    assert len({when for when, _ in parts}) == len(parts)


def test_units_compare_the_days_that_both_know() -> None:
    """A bill of a month and a run of an hour are compared over that hour's day."""
    account, trading = CostAccount(), Trading()
    account.take([charge("30", days=30), charge("1", 0, run="r1")], {})
    trading.take("r1", [*book(30), cash(1, "-0.5", symbol="BTCUSDT")], {})
    rows = [row.fill for row in book(30) if row.fill]

    found = units(account, trading, runs=1)

    notional = sum((fill.price * fill.qty for fill in rows), D(0))
    assert (found.days, found.cost, found.orders, found.funding) == (1, D(2), 10, D("-0.5"))
    assert found.notional == notional
    assert found.per_million_notional is not None
    assert abs(found.per_million_notional - 2 / notional * 1_000_000) < D("1e-20")
    assert (found.per_order, found.per_run, found.rebates, found.net) == (D("0.2"), D(2), D(0), D(2))


def test_a_bill_of_another_month_measures_no_unit() -> None:
    """A unit cost of days that do not meet would be a made-up number."""
    account, trading = CostAccount(), Trading()
    account.take([charge("5", day=400)], {})
    trading.take("r", book(3), {})

    assert units(account, trading, 1).per_million_notional is None


def test_bills_in_two_currencies_need_a_rate() -> None:
    """Euros are not added to dollars."""
    account = CostAccount()
    account.take([charge("5")], {})

    with pytest.raises(UsageError):
        account.take([charge("5", currency="EUR")], {})
    account.take([charge("5", currency="EUR")], {"EUR": D("1.1")})
    assert account.total == D("10.5")


def test_an_odd_day_is_found_in_its_series_and_small_change_is_not() -> None:
    """A service that costs ten times as much one day, among days that vary a little."""
    account = CostAccount()
    account.take([charge(str(100 + day % 5), day) for day in range(20)], {})
    account.take([charge("60", 13, service="GPU"), charge("0.001", 14, service="Logs")], {})

    found = odd_days(account, FinopsSettings())

    assert {(one.day, one.series) for one in found} == {
        ("2025-07-14", "total"), ("2025-07-14", "service GPU"), ("2025-07-14", "environment prod"),
    }  # fmt: skip


def test_a_service_that_stops_is_an_odd_day_too() -> None:
    """A backup that no longer runs costs nothing, and that is the news."""
    account = CostAccount()
    account.take([charge("10", day) for day in range(20) if day != 11], {})
    account.take([charge("1", day, service="Other") for day in range(20)], {})

    assert ("2025-07-12", "service EC2") in {
        (one.day, one.series) for one in odd_days(account, FinopsSettings())
    }
