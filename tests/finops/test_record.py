"""A record answers what it is asked, or says where and why it cannot."""

from decimal import Decimal
from typing import Any

import pytest

from seatrial.finops.entry import Source
from seatrial.finops.record import Reading, Record, plain_name
from seatrial.model.errors import InputError


def record(**cells: Any) -> Record:
    """Return a record on line 7 of a file."""
    return Record(cells, Source("f.csv", 7), Reading(spelt={"price": "The Price"}))


def test_an_error_names_the_column_as_the_file_writes_it() -> None:
    """The person looks for what stands in the file, not for what we call it."""
    with pytest.raises(InputError) as caught:
        record(price="x").amount("price")

    assert caught.value.line == (
        "f.csv:7: The Price: 'x' is not a number (correct the line, or export the statement again)"
    )


def test_none_is_not_zero() -> None:
    """An empty cell is not measured."""
    one = record(a="", b="-", c="0", d=None, e=0)

    assert [one.amount_or_none(name) for name in "abcdex"] == [None, None, Decimal(0), None, Decimal(0), None]
    for name in "abdx":
        with pytest.raises(InputError, match="has no amount"):
            one.amount(name)
    with pytest.raises(InputError, match="is zero"):
        one.positive("c")


def test_a_field_of_a_field_and_its_flat_twin_are_one() -> None:
    """A table made of JSON writes `fee.cost` into one column."""
    assert record(fee={"cost": "1"}).amount("fee.cost") == 1
    assert record(feecost="1").amount("fee.cost") == 1
    assert record(fee=None).amount_or_none("fee.cost") is None


@pytest.mark.parametrize(
    ("value", "side"), [("BUY", "buy"), ("Sell", "sell"), ("b", "buy"), ("market-sell", "sell")]
)
def test_a_side_has_two_words(value: str, side: str) -> None:
    """And the venues' ways of writing them."""
    assert record(s=value).side("s") == side


@pytest.mark.parametrize("value", ["", "BYU", "long", "1", "sold", None, True])
def test_what_is_no_side_is_refused(value: object) -> None:
    """A guess would turn a sale into a purchase."""
    with pytest.raises(InputError, match="neither buy nor sell"):
        record(s=value).side("s")


@pytest.mark.parametrize("value", ["", "1.5", "US D", "a,b", "x" * 50, None])
def test_what_is_no_currency_is_refused(value: object) -> None:
    """A number in a currency's column means that the columns have slipped."""
    with pytest.raises(InputError, match=r"currency|empty|missing"):
        record(c=value).currency("c")


def test_flags_say_yes_or_no() -> None:
    """A missing one is not a no."""
    assert record(f=True).flag("f")
    assert not record(f="False").flag("f")
    for value in (None, "", "perhaps"):
        with pytest.raises(InputError, match="neither true nor false"):
            record(f=value).flag("f")


def test_columns_are_the_same_however_they_are_spelt() -> None:
    """Case, spaces and marks change from one export to the next."""
    names = ["Order ID", "orderId", "\ufeff order_id ", '"Order-ID"', "ORDER.ID:", "?Order id"]

    assert {plain_name(name) for name in names} == {"orderid"}
    assert plain_name("#") == "#"
