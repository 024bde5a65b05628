"""The reports of a ledger."""

from decimal import Decimal

import pytest
from tests.finops.desk import cash
from tests.golden_extension import Golden

from seatrial.finops.entry import Kind
from seatrial.finops.equity import daily_equity
from seatrial.finops.ledger import books, gather
from seatrial.finops.report.books import BooksTold, daily_csv, page
from seatrial.model.verdict import Verdict

DAY = 86_400


@pytest.fixture
def story() -> BooksTold:
    """A week of one wallet, and one that nobody knows the balance of."""
    rows = [
        cash(0, "1000", kind=Kind.TRANSFER, balance="1000"),
        cash(60, "12.5", kind=Kind.REALIZED, balance="1012.5"),
        cash(60, "-0.25", kind=Kind.FEE, balance="1012.25"),
        cash(DAY, "-3", kind=Kind.FUNDING, balance="1009.25"),
        cash(4 * DAY, "-20", kind=Kind.REALIZED, balance="989.25"),
        cash(4 * DAY, "0.01", "BNB", Kind.REBATE),
    ]
    wallets = gather(rows)
    found = books(wallets)
    equity = daily_equity(rows, {currency: book.opening for currency, book in found.items()})
    reasons = ("BNB: no opening or closing balance is known",)
    return BooksTold("statement.csv", Verdict.UNKNOWN, reasons, wallets, found, equity)


def test_the_daily_equity(story: BooksTold, golden: Golden) -> None:
    """What an investor is sent."""
    assert daily_csv(story).decode() == golden("csv")


def test_the_page(story: BooksTold, golden: Golden) -> None:
    """What a person opens in a browser."""
    assert page(story).decode() == golden("html")
    assert story.books["USDT"].residual == Decimal(0)
