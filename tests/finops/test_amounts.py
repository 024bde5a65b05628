"""An amount is read exactly, or not at all: a wrong comma is a factor of a thousand."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatrial.finops.amounts import amount, is_nothing, with_unit

DECIMALS = st.decimals(allow_nan=False, allow_infinity=False, places=8, min_value=-(10**12), max_value=10**12)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.50", "1.50"), ("-3.605E-05", "-0.00003605"), ("+7", "7"), (".5", "0.5"), ("1,234.5", "1234.5"),
        ("1.234,5", "1234.5"), ("1.234.567,89", "1234567.89"), ("1,234,567", "1234567"), ("0,00014346",
        "0.00014346"),
        ("12,5", "12.5"), ("9 212.82428$", "9212.82428"), ("1\u00a0674.86", "1674.86"), ("1'234.5", "1234.5"),
        ("\u20ac3343.11", "3343.11"), ("-\u20ac597.49", "-597.49"), ("(1.5)", "-1.5"), ("\u22122.5", "-2.5"),
    ],
)  # fmt: skip
def test_what_can_mean_one_thing_is_read(text: str, value: str) -> None:
    """Venues and spreadsheets write the same number in many ways."""
    assert amount(text) == Decimal(value)


@pytest.mark.parametrize(
    "text",
    ["", "abc", "1,234", "1.2.3", "1,23,4", "1e999", "0x1", "1_000", "--1", "1-", "NaN", "inf",
    "1.234,567.8", "1,,2",
     "9" * 120, "0,1,2"],
)  # fmt: skip
def test_what_can_mean_two_things_or_none_is_not(text: str) -> None:
    """`1,234` may be a thousand or one and a bit; a guess would be somebody's money."""
    with pytest.raises(ValueError, match=r"\w"):
        amount(text)


def test_the_file_may_say_what_a_comma_is() -> None:
    """A venue is known to group by thousands, or a mapping file says that it does not."""
    assert amount("1,234", "thousands") == 1234
    assert amount("1,234", "decimal") == Decimal("1.234")
    assert amount("0,5", "thousands") == Decimal("0.5")


@given(DECIMALS)
def test_every_decimal_comes_back_as_it_was(value: Decimal) -> None:
    """Exactly as many digits as were written."""
    assert str(amount(str(value))) == str(value)
    assert amount(f"{value:,f}", "thousands") == value


@given(DECIMALS)
def test_the_german_way_is_the_same_number(value: Decimal) -> None:
    """Points for the thousands, a comma for the rest."""
    german = f"{value:,.8f}".translate(str.maketrans(",.", ".,"))

    assert amount(german) == value


@pytest.mark.parametrize(
    ("text", "known", "value", "unit"),
    [
        ("0.48SOL", (), "0.48", "SOL"), ("1.5 BTC", (), "1.5", "BTC"), ("2,500.0000ADA", (), "2500", "ADA"),
        ("5.11INCH", ("1INCH",), "5.1", "1INCH"), ("-104.97 USDT", ("LTC", "USDT"), "-104.97", "USDT"),
        ("1e-5BTC", (), "0.00001", "BTC"), ("7", (), "7", None), ("2ETH", (), "2", "ETH"),
    ],
)  # fmt: skip
def test_a_number_and_its_unit_part(text: str, known: tuple[str, ...], value: str, unit: str | None) -> None:
    """A coin may begin with a digit, so the market's own coins are tried first."""
    assert with_unit(text, known) == (Decimal(value), unit)


@pytest.mark.parametrize("text", ["SOL", "", "1..5BTC", "5 5 5 X Y"])
def test_a_unit_without_a_number_is_refused(text: str) -> None:
    """Half a cell is no amount."""
    with pytest.raises(ValueError, match=r"\w"):
        with_unit(text)


def test_nothing_is_not_zero() -> None:
    """None is not measured; zero is zero."""
    assert all(map(is_nothing, ["", " ", "-", "--", "null", "N/A", "NaN"]))
    assert not is_nothing("0")
