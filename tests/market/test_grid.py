"""Decimal strings become whole ticks and lots, exactly or not at all."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatrial.market.grid import SURE_VALUES, Scale, steps

decimals = st.decimals(min_value=0, max_value=10**6, places=None, allow_nan=False, allow_infinity=False).map(
    lambda number: round(number, 8)
)


def scale_of(*texts: str, zero_allowed: bool = True) -> Scale:
    scale = Scale(zero_allowed=zero_allowed)
    scale.extend(texts)
    return scale


@given(st.lists(decimals, min_size=1, max_size=30))
def test_every_value_comes_back_exactly(values: list[Decimal]) -> None:
    """Whatever the order in which finer values appear, nothing is rounded."""
    scale = scale_of(*(str(value) for value in values))

    column = scale.cut().tolist()

    assert [Decimal(count).scaleb(-scale.decimals) for count in column] == values


@given(st.lists(decimals.filter(bool), min_size=1, max_size=30))
def test_every_value_lies_on_the_derived_grid(values: list[Decimal]) -> None:
    """A tick that a price does not keep would be a wrong tick."""
    scale = scale_of(*(str(value) for value in values))
    column = scale.cut()

    step = scale.step(halves=True)

    over, under = steps(step, scale.decimals)
    assert scale.keeps(step)
    assert all(count * over % under == 0 for count in column.tolist())


def test_trailing_zeros_say_nothing_about_the_grid() -> None:
    """Venues print 63943.90 with a tick of 0.1."""
    scale = scale_of("63943.90", "63944.00")
    scale.cut()

    assert scale.step(halves=True) == Decimal("0.1")


@pytest.mark.parametrize(("texts", "step"), [(("0.5", "1.0", "2.5"), "0.5"), (("0.02", "0.04"), "0.02")])
def test_a_tick_of_two_or_five_is_found_when_many_prices_say_so(texts: tuple[str, ...], step: str) -> None:
    """BitMEX quotes bitcoin in halves; with a few prices that may be chance."""
    scale = scale_of(*texts)
    scale.cut()
    assert scale.step(halves=True) == Decimal(1).scaleb(-scale.decimals)

    scale.extend(texts * SURE_VALUES)
    scale.cut()

    assert scale.step(halves=True) == Decimal(step)
    assert scale.step(halves=False) == Decimal(1).scaleb(-scale.decimals)


def test_a_few_round_prices_do_not_make_a_coarse_tick() -> None:
    """64000 and 63900 do not prove a tick of 100."""
    scale = scale_of("64000", "63900")
    scale.cut()

    assert scale.step(halves=True) == 1


@pytest.mark.parametrize(("text", "step"), [("64000", "1000"), ("0.00000300", "0.000001")])
def test_a_tick_is_written_without_an_exponent(text: str, step: str) -> None:
    """It stands in datasets, records and error messages."""
    scale = scale_of(*[text] * SURE_VALUES)
    scale.cut()

    assert str(scale.step(halves=False)) == step


def test_a_finer_value_refines_what_was_cut_before() -> None:
    """The common grid follows, also over columns that have left memory."""
    scale = scale_of("0.5", "1.5")
    scale.cut()
    scale.extend(["0.025"])
    scale.cut()

    assert scale.decimals == 3
    assert scale.keeps(Decimal("0.025"))
    assert not scale.keeps(Decimal("0.1"))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("abc", "'abc' is not a number"),
        ("", "'' is not a number"),
        ("NaN", "'NaN' is not a finite number"),
        ("-Infinity", "'-Infinity' is not a finite number"),
        ("-1", "-1 is negative"),
        ("1e19", "1e19 is too big"),
        ("1e-19", "more than 18 decimals"),
    ],
)
def test_what_is_no_usable_number_says_why(text: str, reason: str) -> None:
    """The caller adds file and line; the reason must stand alone."""
    with pytest.raises(ValueError, match=reason):
        scale_of(text)


def test_zero_is_refused_where_it_makes_no_sense() -> None:
    """A price of nothing is a broken field, a size of nothing removes a level."""
    with pytest.raises(ValueError, match="it is zero"):
        scale_of("0.00", zero_allowed=False)

    assert scale_of("0.00").cut().tolist() == [0]


def test_a_column_of_mixed_magnitudes_never_overflows_silently() -> None:
    """Refining what is held must fail loudly rather than wrap around."""
    with pytest.raises(ValueError, match="too big"):
        scale_of("1000000000000000000", "0.000000001")


def test_blank_rows_hold_zero() -> None:
    """Rows without a value keep the columns of equal length."""
    scale = scale_of("1.5")
    scale.blank(2)

    assert scale.cut().dtype == np.int64
    assert scale.column == []
