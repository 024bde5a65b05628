"""Bills of two forms, in files as clouds write them; a wrong line gives one clear error."""

from decimal import Decimal
from pathlib import Path

import pytest

from seatrial.finops.cost.account import CostAccount
from seatrial.finops.cost.bill import read_bill
from seatrial.model.errors import InputError, UsageError
from seatrial.model.profile import FinopsSettings

SETTINGS = FinopsSettings()
FOCUS = (
    "BilledCost,EffectiveCost,BillingCurrency,ChargeCategory,ChargePeriodStart,ChargePeriodEnd,"
    "ServiceName,Tags\n"
)
LINE = '1.50,1.20,USD,Usage,2024-09-18 22:00:00,2024-09-18 23:00:00,Queue,"{""environment"": ""dev""}"\n'
CUR = (
    "identity/LineItemId,identity/TimeInterval,lineItem/UsageStartDate,lineItem/UsageEndDate,lineItem/CurrencyCode,"
    "lineItem/ProductCode,lineItem/LineItemType,lineItem/UnblendedCost,resourceTags/user:environment,"
    "resourceTags/user:run_id\n"
)
CUR_LINE = (
    "a,2018-10,2018-10-01T00:00:00Z,2018-10-01T01:00:00Z,USD,AmazonEC2,Usage,0.0000000001,Production,r1\n"
)


def bill(tmp_path: Path, text: str) -> Path:
    """Write a bill."""
    path = tmp_path / "bill.csv"
    path.write_text(text)
    return path


def test_a_focus_line_is_a_charge(tmp_path: Path) -> None:
    """Cost as billed or as effective, and the environment from its tag."""
    path = bill(tmp_path, FOCUS + LINE)

    (billed,), (effective,) = (list(read_bill(path, SETTINGS, basis)) for basis in ("billed", "effective"))

    assert (billed.cost, effective.cost) == (Decimal("1.50"), Decimal("1.20"))
    assert (billed.environment, billed.run, billed.service) == ("dev", "untagged", "Queue")


def test_a_cost_and_usage_line_is_a_charge_and_counts_once(tmp_path: Path) -> None:
    """The older form with slashes; a line that two files tell is one line."""
    charges = list(read_bill(bill(tmp_path, CUR + CUR_LINE), SETTINGS))
    account = CostAccount()
    account.take(charges + charges, {})

    assert (account.total, account.copies) == (Decimal("1E-10"), 1)
    assert (dict(account.environments), dict(account.runs)) == (
        {"Production": Decimal("1E-10")}, {"r1": Decimal("1E-10")},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "line", "field"),
    [
        (FOCUS + LINE + LINE.replace("1.50", "much"), 3, "BilledCost"),
        (FOCUS + LINE.replace("1.50", "NaN"), 2, "BilledCost"),
        (FOCUS + LINE.replace("2024-09-18 22", "yesterday"), 2, "ChargePeriodStart"),
        (FOCUS + LINE.replace("18 23:00", "17 23:00"), 2, "ChargePeriodEnd"),
        (FOCUS + LINE[:40] + "\n", 2, None),
        (FOCUS + LINE.replace('"{""environment"": ""dev""}"', "{dev"), 2, "Tags"),
        ("a,b\n1,2\n", 1, None),
        ("", None, None),
    ],
)
def test_a_damaged_bill_is_refused_with_its_place(
    tmp_path: Path, text: str, line: int, field: str | None
) -> None:
    """A cost that is guessed is worse than none."""
    with pytest.raises(InputError) as refused:
        list(read_bill(bill(tmp_path, text), SETTINGS))

    assert (refused.value.where.line, refused.value.where.field) == (line, field)


def test_a_cost_that_a_form_does_not_have_is_refused(tmp_path: Path) -> None:
    """Effective cost of a report that has none must not quietly be the billed one."""
    with pytest.raises(UsageError):
        list(read_bill(bill(tmp_path, CUR + CUR_LINE), SETTINGS, "effective"))


@pytest.mark.slow
def test_real_bills_add_up_to_the_last_digit(data: Path) -> None:
    """The sums that the publishers of the samples state."""
    focus = sorted((data / "infra_cost" / "focus_1_0").glob("*.csv.gz"))
    usage = sorted((data / "infra_cost" / "aws_cur_2018").glob("*2018_10.parquet"))
    if not focus or not usage:
        pytest.skip("the bills are not among the recordings")
    pytest.importorskip("duckdb")
    sums = []
    for path in (focus[0], usage[0]):
        account = CostAccount()
        account.take(read_bill(path, SETTINGS), {})
        sums.append((account.rows, round(account.total, 6), account.copies))

    assert sums == [(1_000, Decimal("20.520227"), 0), (119_307, Decimal("4064.483132"), 0)]
