"""Budgets: bounds on unit costs, as data in the profile; what was not measured is UNKNOWN."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from ...model.profile import BudgetSettings
from ...model.verdict import Verdict
from ..saying import amount
from .account import CostAccount, Units


@dataclass(frozen=True)
class BudgetResult:
    """One budget, the value that came nearest to its bound, and the verdict."""

    measure: str
    what: str
    verdict: Verdict
    value: Decimal | None
    reason: str


def check(budget: BudgetSettings, account: CostAccount, units: Units) -> BudgetResult:
    """Return the verdict of one budget: the costliest day, environment or run counts."""
    values = {what: value for what, value in _values(budget, account, units) if value is not None}
    name = budget.measure.replace("_", " ")
    if not values:
        return BudgetResult(budget.measure, "", Verdict.UNKNOWN, None, f"cost per {name} was not measured")
    what, value = max(values.items(), key=lambda item: (item[1], item[0]))
    bounds, verdict, limit = budget.at_most, Verdict.PASS, None
    if bounds.soft is not None and value > Decimal(str(bounds.soft)):
        verdict, limit = Verdict.WARN, bounds.soft
    if bounds.hard is not None and value > Decimal(str(bounds.hard)):
        verdict, limit = Verdict.FAIL, bounds.hard
    words = f"{name} {what}".strip()
    said = f"{amount(round(value, 6))} {account.currency}"
    reason = f"{words}: {said}" + (
        " is within budget" if limit is None else f" is over the budget of {limit:g}"
    )
    return BudgetResult(budget.measure, what, verdict, value, reason)


def _values(
    budget: BudgetSettings, account: CostAccount, units: Units
) -> Iterator[tuple[str, Decimal | None]]:
    if not account.rows:
        return
    if budget.measure == "total":
        yield "", account.total
    elif budget.measure in {"day", "environment", "run"}:
        sums = {"day": account.days, "environment": account.environments, "run": account.runs}[budget.measure]
        for what, value in sums.items():
            if budget.environment in {None, what} or budget.measure != "environment":
                yield what, value
        if budget.measure == "run" and not sums:
            yield "", units.per_run
    else:
        yield (
            "",
            {"million_notional": units.per_million_notional, "order": units.per_order, "net": units.net}[
                budget.measure
            ],
        )
