"""Causes: what all breaks of a cluster share is the mistake to mend."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from tests.finops.desk import SECOND, book, with_fill, write_table
from tests.finops.test_reconcile import ask

from seatrial.finops.entry import Row
from seatrial.finops.reconcile import reconcile
from seatrial.model.profile import FinopsSettings

D = Decimal


def causes(tmp_path: Path, ours: list[Row], theirs: list[Row]) -> set[tuple[str, str]]:
    """Return class and the first words of the cause of each break."""
    paths = [write_table(tmp_path / f"{at}.csv", rows) for at, rows in enumerate((ours, theirs))]
    found = reconcile(ask(paths[0], *paths[1:]), FinopsSettings())
    return {(one.kind.value, one.cause.split(":")[0].split(" (")[0]) for one in found.breaks}


def changed(rows: list[Row], **how: object) -> list[Row]:
    """Return the rows with a field of each fill changed by a function of its old value."""
    return [
        with_fill(row, **{name: change(getattr(row.fill, name)) for name, change in how.items()})  # type: ignore[operator]
        for row in rows
    ]


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ({"qty": lambda qty: qty * 1_000}, ("quantity", "another unit of quantity")),
        ({"price": lambda price: round(price, 0)}, ("price", "rounded prices")),
        ({"fee": lambda fee: fee * D("2.75")}, ("fee_amount", "another fee rate")),
        ({"fee": lambda fee: -fee}, ("fee_amount", "opposite sign")),
        ({"fee_currency": lambda _: "BNB"}, ("fee_currency", "the fee was taken in BNB")),
        ({"side": lambda side: "sell" if side == "buy" else "buy"}, ("side", "opposite side")),
    ],
)
def test_a_pattern_in_all_breaks_is_named(
    tmp_path: Path, how: dict[str, object], expected: tuple[str, str]
) -> None:
    """Twenty breaks with one pattern are one mistake of a setting."""
    ours = [with_fill(row, symbol="BTCUSDT") for row in book(20)]

    assert causes(tmp_path, ours, changed(ours, **how)) == {expected}


def test_a_lost_rebate_is_named(tmp_path: Path) -> None:
    """Booked as paid to us, charged instead: money to claim."""
    ours = changed(book(5), fee=lambda fee: -fee / 4)

    assert causes(tmp_path, ours, book(5)) == {("fee_amount", "lost rebate")}


def test_rows_outside_the_other_book_s_period_are_told_apart(tmp_path: Path) -> None:
    """An export that ends early is no list of phantoms."""
    ours = book(30)
    theirs = [row for at, row in enumerate(ours) if at < 20 and at != 7]

    assert causes(tmp_path, ours, theirs) == {
        ("missing_there", "outside the statement's period"),
        ("missing_there", "the venue does not know this fill"),
    }


def test_late_bookings_on_either_side_are_told_apart(tmp_path: Path) -> None:
    """A venue that books late and a bot that books late need different cures."""
    ours = book(6)
    later = [replace(row, ts_ns=row.ts_ns + (7 + at) * SECOND) for at, row in enumerate(ours)]

    assert causes(tmp_path, ours, later) == {("timing", "the venue booked later than the bot")}
    assert causes(tmp_path, later, ours) == {("timing", "the bot booked later than the venue")}
