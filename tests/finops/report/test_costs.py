"""The reports of costs."""

from decimal import Decimal

import pytest
from tests.finops.cost.test_account import charge
from tests.finops.desk import book
from tests.golden_extension import Golden

from seatrial.finops.cost.account import CostAccount, odd_days, units
from seatrial.finops.cost.budget import check
from seatrial.finops.cost.trading import Trading
from seatrial.finops.report.costs import CostTold, costs_csv, page
from seatrial.finops.waterfall import of_rows
from seatrial.model.profile import Bounds, BudgetSettings, FinopsSettings
from seatrial.model.verdict import Verdict


@pytest.fixture
def story() -> CostTold:
    """Ten days of a bill with one odd day, and the trading of the first."""
    account, trading = CostAccount(), Trading()
    account.take([charge(str(10 + day % 3), day) for day in range(10)], {})
    account.take(
        [charge("45", 6, service="GPU", environment="dev", run="r7"), charge("-2", 3, service="=Credit")], {}
    )
    trading.take("r1", book(30), {})
    found = units(account, trading, 1)
    budget = BudgetSettings(measure="day", at_most=Bounds(hard=50))
    fall = of_rows(book(30), {}, -(found.cost or Decimal(0)))
    assert fall is not None
    return CostTold(
        Verdict.FAIL, ("day 2025-07-07: 55 USD is over the budget of 50",), account, found,
        (check(budget, account, found),), tuple(odd_days(account, FinopsSettings())), {"r1": fall},
    )  # fmt: skip


def test_the_cost_list(story: CostTold, golden: Golden) -> None:
    """One line per day, environment and service."""
    assert costs_csv(story).decode() == golden("csv")


def test_the_page(story: CostTold, golden: Golden) -> None:
    """What a person opens in a browser: the waterfall from gross edge to net, with infrastructure."""
    assert page(story).decode() == golden("html")
