"""Executions and transaction log of one account: a fill in both counts once."""

from dataclasses import replace
from pathlib import Path

from tests.finops.desk import book, cash
from tests.finops.test_journal_rows import compared
from tests.finops.venue import LINEAR, bybit_log, ccxt_files, record, voyage

from seatrial.finops.entry import Kind
from seatrial.finops.ledger_answer import LedgerAsk, ledger
from seatrial.finops.views import without_second_views
from seatrial.model.profile import FinopsSettings
from seatrial.model.verdict import Verdict


def test_two_views_of_one_account_count_once(tmp_path: Path) -> None:
    """Who gives the log for its funding and the executions for their roles gets no false duplicates."""
    events = voyage(LINEAR)
    ours = record(tmp_path / "record", LINEAR, events)
    log = bybit_log(tmp_path / "log.json", LINEAR, events)

    found = compared(ours, *ccxt_files(tmp_path, LINEAR, events), log)
    books = ledger(LedgerAsk([log, ccxt_files(tmp_path, LINEAR, events)[0]]), FinopsSettings())

    fills = sum(kind == "fill" for _, kind, _ in events)
    assert (found.matched, found.copies >= fills) == (fills, True)
    assert found.breaks == []
    assert books.verdict is Verdict.PASS


def test_a_fill_that_stands_twice_in_one_kind_of_statement_stays_twice() -> None:
    """Two pages of one export are no two views: what is in both was told twice."""
    rows = book(10)

    files, copies = without_second_views([rows[:6], rows[5:]])

    assert (sum(map(len, files)), copies) == (11, 0)


def test_payments_of_a_second_view_are_left_out_and_others_kept() -> None:
    """Funding in both is one payment; a deposit that only one of them knows is kept."""
    rich = [*book(4), cash(50, "-1", word="SETTLEMENT")]
    poor = [replace(row, word="EXEC") for row in book(4)]
    poor = [replace(row, fill=replace(row.fill, liquidity=None)) for row in poor if row.fill]
    poor += [
        cash(50, "-1", word="Funding"),
        cash(60, "100", kind=Kind.TRANSFER),
        cash(90, "-1", word="Funding"),
    ]

    files, copies = without_second_views([poor, rich])

    assert copies == 5
    assert [row.movements[0].amount for row in files[0]] == [100, -1]
    assert files[1] == rich
