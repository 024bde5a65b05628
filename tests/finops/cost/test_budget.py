"""Budgets: over is red, nearly is yellow, and a cost that nobody measured is never green."""

import pytest
from tests.finops.cost.test_account import charge
from tests.finops.desk import book

from seatrial.finops.cost.account import CostAccount, Units, units
from seatrial.finops.cost.budget import check
from seatrial.finops.cost.trading import Trading
from seatrial.model.profile import BudgetSettings
from seatrial.model.verdict import Verdict


def budget(measure: str, hard: float | None = None, soft: float | None = None, **more: str) -> BudgetSettings:
    """Return a budget."""
    return BudgetSettings.model_validate(
        {"measure": measure, "at_most": {"hard": hard, "soft": soft}, **more}
    )


@pytest.fixture
def account() -> CostAccount:
    """Two days in two environments, one run tagged."""
    found = CostAccount()
    found.take([charge("10"), charge("4", environment="dev"), charge("20", 1, run="r1")], {})
    return found


@pytest.mark.parametrize(
    ("one", "verdict", "what"),
    [
        (budget("total", 33), Verdict.FAIL, ""),
        (budget("total", 34), Verdict.PASS, ""),
        (budget("day", 25, 19), Verdict.WARN, "2025-07-02"),
        (budget("environment", 29), Verdict.FAIL, "prod"),
        (budget("environment", 5, environment="dev"), Verdict.PASS, "dev"),
        (budget("environment", 5, environment="staging"), Verdict.UNKNOWN, ""),
        (budget("run", 19), Verdict.FAIL, "r1"),
        (budget("million_notional", 1), Verdict.UNKNOWN, ""),
    ],
)
def test_the_costliest_decides(
    account: CostAccount, one: BudgetSettings, verdict: Verdict, what: str
) -> None:
    """One day over budget is over budget; a mean would hide it."""
    found = check(one, account, Units(0))

    assert (found.verdict, found.what) == (verdict, what)


def test_unit_budgets_are_judged_where_bill_and_trading_meet(account: CostAccount) -> None:
    """Cost per order and per million of notional, and cost less what makers were paid."""
    trading = Trading()
    trading.take("r1", book(30), {})
    found = units(account, trading, 1)

    verdicts = [
        check(budget(measure, 1_000), account, found).verdict
        for measure in ("order", "million_notional", "net")
    ]

    assert verdicts == [Verdict.PASS] * 3
    assert check(budget("net", 13), account, found).verdict is Verdict.FAIL


def test_no_bill_is_unknown() -> None:
    """An empty bill is not a cheap month."""
    assert check(budget("total", 1), CostAccount(), Units(0)).verdict is Verdict.UNKNOWN
