"""The reports of a ledger: daily equity as CSV, and a page."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from ...model.verdict import Verdict
from ..equity import EquityDay, drawdowns
from ..ledger import Book, Wallets
from ..saying import amount
from .page import Page, Section, Table, curve, render
from .placing import put

COLUMNS = (
    "currency", "day", "opening", "trading", "fees", "funding", "other", "flows", "closing", "return_ratio",
    "drawdown_ratio",
)  # fmt: skip


@dataclass(frozen=True)
class BooksTold:
    """Closed books, and their days."""

    title: str
    verdict: Verdict
    reasons: tuple[str, ...]
    wallets: Wallets
    books: Mapping[str, Book]
    equity: Mapping[str, Sequence[EquityDay]]


def write(told: BooksTold, out: Path) -> list[str]:
    """Write the reports and return their paths, the page last."""
    return put(out, {"daily_equity.csv": daily_csv(told), "report.html": page(told)})


def daily_csv(told: BooksTold) -> bytes:
    """Return one line per currency and day."""
    sheet = io.StringIO(newline="")
    writer = csv.writer(sheet, lineterminator="\n")
    writer.writerow(COLUMNS)
    for currency, days in told.equity.items():
        for one, fallen in zip(days, drawdowns(days), strict=True):
            writer.writerow((currency, *_day(one), _ratio(one.return_ratio), _ratio(fallen)))
    return sheet.getvalue().encode()


def _day(one: EquityDay) -> tuple[str, ...]:
    amounts = (one.opening, one.trading, one.fees, one.funding, one.other, one.flows, one.closing)
    return (one.day, *(amount(value) for value in amounts))


def _ratio(value: Decimal | None) -> str:
    return "" if value is None else amount(round(value, 10))


def page(told: BooksTold) -> bytes:
    """Return the page for people."""
    return render(
        Page(
            eyebrow="ledger",
            title=told.title,
            verdict=told.verdict,
            sentence=told.reasons[0],
            reasons=told.reasons[1:],
            facts=(("Rows", f"{told.wallets.rows:,}"), ("Currencies", str(len(told.books)))),
            sections=tuple(_sections(told)),
        )
    )


def _sections(told: BooksTold) -> Iterator[Section]:
    money = frozenset({"opening", "explained", "closing", "residual"})
    rows = [
        (currency, *("not known" if value is None else amount(value) for value in _values(book)))
        for currency, book in told.books.items()
    ]
    yield Section(
        "Books", "Opening and explained entries give the closing balance; the residual is what they do not.",
        table=Table(("currency", "opening", "explained", "closing", "residual"), rows, money),
    )  # fmt: skip
    kinds = [
        (kind.value, currency, amount(value))
        for kind, sums in sorted(told.wallets.kinds.items())
        for currency, value in sorted(sums.items())
    ]
    yield Section("By type", table=Table(("type", "currency", "amount"), kinds, frozenset({"amount"})))
    for currency, days in told.equity.items():
        yield Section(
            f"Daily equity, {currency}", "The wallet at the end of each UTC day.",
            markup=curve([one.closing for one in days]), scale=(days[0].day, days[-1].day),
            table=Table(COLUMNS[1:9], [_day(one) for one in reversed(days)], frozenset(COLUMNS[2:9])),
        )  # fmt: skip


def _values(book: Book) -> tuple[Decimal | None, ...]:
    return (book.opening, book.explained, book.closing, book.residual)
