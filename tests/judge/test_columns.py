from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatrial.judge.columns import ExactColumn

DECIMALS = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12)


@given(value=st.one_of(DECIMALS, DECIMALS.map(lambda one: one / 7)))
def test_money_comes_back_as_the_very_same_decimal(value: Decimal) -> None:
    """A double alone would lose digits of a long quotient, and books that nearly close do not close."""
    column = ExactColumn()

    column.append(str(value))

    assert column[0] == value


def test_none_is_not_measured_and_not_zero() -> None:
    """A missing mid that reads as zero would value a fill at nothing."""
    column = ExactColumn()

    column.append(None)
    column.append("0")

    assert (column[0], column[1]) == (None, Decimal(0))
    with pytest.raises(ValueError, match="row 0"):
        column.exact(0)


@pytest.mark.parametrize("text", ["nan", "inf", "-Infinity", "1e999", "ten"])
def test_what_is_no_finite_number_is_refused(text: str) -> None:
    """One NaN in a sum makes every gate on it undecidable; it must be named where it enters."""
    with pytest.raises(ValueError, match=r"finite|convert"):
        ExactColumn().append(text)
