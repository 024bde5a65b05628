"""Daily equity as an investor reads it: deposits are no returns, and quiet days are days."""

from decimal import Decimal

from tests.finops.desk import cash

from seatrial.finops.entry import Kind
from seatrial.finops.equity import daily_equity, drawdowns

DAY = 86_400
D = Decimal


def test_days_chain_and_a_deposit_is_no_return() -> None:
    """What a day ends with the next begins with; money put in does not look earned."""
    rows = [
        cash(0, "10", kind=Kind.REALIZED),
        cash(5, "-1", kind=Kind.FEE),
        cash(DAY + 5, "100", kind=Kind.TRANSFER),
        cash(3 * DAY, "-21", kind=Kind.FUNDING),
    ]

    days = daily_equity(rows, {"USDT": D(100)})["USDT"]

    assert [(one.day, one.opening, one.result, one.flows, one.closing) for one in days] == [
        ("2025-07-01", D(100), D(9), D(0), D(109)),
        ("2025-07-02", D(109), D(0), D(100), D(209)),
        ("2025-07-03", D(209), D(0), D(0), D(209)),
        ("2025-07-04", D(209), D(-21), D(0), D(188)),
    ]
    assert [one.return_ratio for one in days[:3]] == [D("0.09"), 0, 0]


def test_a_drawdown_is_measured_from_the_peak() -> None:
    """A loss after a gain counts from the top, and a withdrawal is no loss."""
    rows = [
        cash(0, "10", kind=Kind.REALIZED),
        cash(DAY, "-55", kind=Kind.TRANSFER),
        cash(2 * DAY, "-5.5", kind=Kind.REALIZED),
    ]

    days = daily_equity(rows, {"USDT": D(100)})["USDT"]

    assert drawdowns(days) == [0, 0, D("0.1")]


def test_no_money_at_work_has_no_return() -> None:
    """Nothing divided by nothing is not zero."""
    days = daily_equity([cash(0, "5", kind=Kind.REFERRAL)], {})["USDT"]

    assert days[0].return_ratio is None
