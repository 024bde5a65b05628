"""The reports of a reconciliation: one story in every form, byte for byte."""

import csv
import io
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from tests.finops.desk import START, book, cells, planted, with_fill, write_table
from tests.golden_extension import Golden

from seatrial.finops.entry import Row
from seatrial.finops.reconcile import ReconcileAsk, reconcile
from seatrial.finops.reconcile_answer import judge
from seatrial.finops.report.reconciliation import MEMBERS, Told, breaks_csv, page, summary, write
from seatrial.finops.waterfall import of_rows
from seatrial.model.profile import FeeScheduleSettings, FinopsSettings

SETTINGS = FinopsSettings(rates={"BNB": Decimal(600)})
ACCEPT = "- {key: T0000012, class: late, owner: ada, reason: the bank holiday, expires: 2025-12-31}\n"


def told(tmp_path: Path, ours: list[Row], theirs: list[Row], settings: FinopsSettings = SETTINGS) -> Told:
    """Reconcile two books into what there is to tell."""
    paths = [
        write_table(tmp_path / f"{name}.csv", rows) for name, rows in (("ours", ours), ("theirs", theirs))
    ]
    accept = tmp_path / "accept.yaml"
    accept.write_text(ACCEPT)
    ask = ReconcileAsk(
        paths[0], paths[1:], date(2025, 8, 1), accept=accept, as_of_ns=START + 6 * 86_400 * 10**9
    )
    found = reconcile(ask, settings)
    return Told(judge(found, settings), "ours.csv against theirs.csv", of_rows(ours, {"BNB": Decimal(600)}))


@pytest.fixture
def story(tmp_path: Path) -> Told:
    """Books with one mistake of every class."""
    desk = planted(40, each=1, seed=4)
    return told(tmp_path, desk.ours, desk.theirs)


def test_the_summary(story: Told, golden: Golden) -> None:
    """What a person reads in a pull request."""
    assert summary(story).decode() == golden("md")


def test_the_break_list(story: Told, golden: Golden) -> None:
    """What a person opens in a spreadsheet."""
    assert breaks_csv(story).decode() == golden("csv")


def test_the_page(story: Told, golden: Golden) -> None:
    """What a person opens in a browser."""
    assert page(story).decode() == golden("html")


def test_the_summary_names_lost_rebates(tmp_path: Path, golden: Golden) -> None:
    """Fees against the published table, with the sum to claim."""
    fees = FeeScheduleSettings(venue="bybit", tier="MM2")

    assert summary(told(tmp_path, book(5), book(5), FinopsSettings(fees=fees))).decode() == golden("md")


def test_the_parquet_list_says_what_the_csv_says(story: Told, tmp_path: Path) -> None:
    """Two lists that differ would be two truths."""
    duckdb = pytest.importorskip("duckdb")
    write(story, tmp_path / "out")

    query = f"SELECT class, key, value_quote FROM '{tmp_path / 'out' / 'breaks.parquet'}'"
    rows = duckdb.connect().execute(query).fetchall()
    listed = csv.DictReader(io.StringIO(breaks_csv(story).decode()))
    assert rows == [(row["class"], row["key"], Decimal(row["value_quote"])) for row in listed]


def test_reconciling_twice_writes_the_same_bytes(tmp_path: Path) -> None:
    """A report that changes by itself cannot be audited."""
    desk = planted(60, each=1, seed=4)
    shuffled = sorted(desk.theirs, key=lambda row: str(cells(row)))

    first, second = told(tmp_path, desk.ours, desk.theirs), told(tmp_path, desk.ours, desk.theirs)
    third = told(tmp_path, desk.ours, shuffled)

    assert [member(first) for member in MEMBERS.values()] == [member(second) for member in MEMBERS.values()]
    assert summary(first) == summary(third)


def test_markup_in_a_symbol_is_text(tmp_path: Path) -> None:
    """A symbol comes from a file that somebody else wrote."""
    ours = [with_fill(row, symbol="<script>alert(1)</script>") for row in book(2)]

    text = page(told(tmp_path, ours, book(1))).decode()

    assert "<script" not in text


def test_a_cell_that_would_be_a_formula_is_text(tmp_path: Path) -> None:
    """A spreadsheet runs what begins with an equals sign."""
    ours = [with_fill(row, trade_id="=HYPERLINK(1)") for row in book(1)]

    assert "'=HYPERLINK(1)" in breaks_csv(told(tmp_path, ours, [])).decode()
