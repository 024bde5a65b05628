from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.engine.stage import instrument

from seatrial.engine import grid as module
from seatrial.engine.grid import Grid, money

FINE = instrument(tick_size=Decimal("0.1"), lot_size=Decimal("0.00001"))


@given(st.integers(1, 2**31), st.integers(-(10**12), 10**12))
def test_text_is_exact(ticks: int, lots: int) -> None:
    """What is written down is the number itself, not a float next to it."""
    grid = Grid(FINE)

    assert Decimal(grid.price(ticks)) == FINE.price(ticks)
    assert Decimal(grid.qty(lots)) == FINE.qty(lots)
    assert grid.mid(2 * ticks + 1) == f"{(2 * ticks + 1) * Decimal('0.05'):f}"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("0", "0"),
        ("-0.00", "0"),
        ("1.500", "1.5"),
        ("100", "100"),
        ("1E+3", "1000"),
        ("1E-9", "0.000000001"),
        ("-2.50", "-2.5"),
    ],
)
def test_money_is_plain_decimal_text(value: str, text: str) -> None:
    """No exponent, no padding: the same number has one spelling."""
    assert money(Decimal(value)) == text


def test_a_missing_mid_is_missing() -> None:
    """Zero says that there is none; it must not be written as a price."""
    assert Grid(FINE).mid(0) is None


def test_the_texts_that_are_kept_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A market that visits every price must not fill the memory with their names."""
    monkeypatch.setattr(module, "KEPT_MAX", 10)
    grid = Grid(FINE)

    assert [grid.price(ticks) for ticks in range(1, 50)] == [
        money(FINE.price(ticks)) for ticks in range(1, 50)
    ]
    assert len(grid._prices) <= 10
