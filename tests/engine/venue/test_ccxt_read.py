"""From ccxt's dictionaries to values: exact, or not at all."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatrial.engine.venue import ccxt_read as read
from seatrial.model.errors import UsageError

DIGITS = st.decimals(min_value=0, max_value=10**9, places=12, allow_nan=False, allow_infinity=False)


@given(DIGITS)
def test_a_number_is_the_number_that_the_venue_wrote(value: Decimal) -> None:
    """A price through a float ends in another digit."""
    assert read.decimal(format(value, "f")) == value


@pytest.mark.parametrize("value", [None, "", "NaN", "Infinity"])
def test_what_is_no_number_is_none(value: Any) -> None:
    """Missing is not zero."""
    assert read.decimal(value) is None


@given(st.sampled_from(["open", "closed", "canceled", "expired", "rejected"]), DIGITS, DIGITS)
def test_a_filled_order_is_one_whose_quantity_is_filled(word: str, qty: Decimal, filled: Decimal) -> None:
    """Ccxt's words do not tell a filled order from one that was cancelled after a part."""
    status = read.status(word, qty, filled)

    assert (status == "filled") == (word != "open" and filled >= qty > 0)
    assert (status == "open") == (word == "open")


@pytest.mark.parametrize("word", [None, "", "Quarantined", "pending"])
def test_an_unknown_word_is_not_guessed_at(word: Any) -> None:
    """A venue's new state is neither open nor gone."""
    with pytest.raises(read.IncompleteRowError):
        read.status(word, Decimal(1), Decimal(0))


def market(**more: Any) -> dict[str, Any]:
    """A market as ccxt has it."""
    fields = {
        "id": "BTCUSDT", "base": "BTC", "quote": "USDT", "contract": True, "inverse": False,
        "contractSize": "1",
        "precision": {"price": "0.1", "amount": "0.001"}, "limits": {"cost": {"min": "5"}}, "info": {},
    }  # fmt: skip
    return fields | more


def test_decimal_places_become_a_step() -> None:
    """Older venues count digits."""
    found = read.instrument(market(precision={"price": "2", "amount": "0"}), "x", 2)

    assert (found.tick_size, found.lot_size) == (Decimal("0.01"), Decimal(1))


def test_significant_digits_are_refused() -> None:
    """There is no grid that an order could be checked against."""
    with pytest.raises(UsageError, match="no fixed step"):
        read.instrument(market(precision={"price": "5", "amount": "5"}), "x", 3)


def trade(**more: Any) -> dict[str, Any]:
    """An execution as ccxt has it."""
    fee = {"cost": "0.01", "currency": "USDT"}
    fields = {
        "id": "t", "side": "buy", "price": "1", "amount": "2", "order": "o", "timestamp": 5, "fee": fee,
        "takerOrMaker": "maker",
    }  # fmt: skip
    return fields | more


@pytest.mark.parametrize(
    ("more", "fee", "currency"),
    [
        ({}, "-0.01", "USDT"),
        ({"fee": {"cost": "-0.01", "currency": "USDT"}}, "0.01", "USDT"),
        ({"fee": {"cost": "0", "currency": "BNB"}}, "0", "BNB"),
        (
            {"fees": [{"cost": "0.01", "currency": "BNB"}, {"cost": "0.02", "currency": "BNB"}]},
            "-0.03",
            "BNB",
        ),
    ],
)
def test_a_fee_is_a_signed_cash_effect_in_its_own_currency(more: Any, fee: str, currency: str) -> None:
    """Paid is negative, a rebate positive, a third token stays that token."""
    found = read.fill(trade(**more), "BTCUSDT", "c")

    assert (found.fee, found.fee_currency) == (Decimal(fee), currency)


@pytest.mark.parametrize(
    "more",
    [
        {"fee": None},
        {"fee": {"cost": None, "currency": "USDT"}},
        {"fee": {"cost": "1", "currency": None}},
        {"fees": [{"cost": "1", "currency": "BNB"}, {"cost": "1", "currency": "USDT"}]},
        {"id": None},
        {"side": None},
        {"price": None},
        {"timestamp": None},
    ],
)
def test_an_execution_that_lacks_something_is_not_filled_in(more: dict[str, Any]) -> None:
    """A fee that was skipped with a warning was profit that never was."""
    with pytest.raises(read.IncompleteRowError):
        read.fill(trade(**more), "BTCUSDT", "c")


@pytest.mark.parametrize(("side", "qty"), [("long", "2"), ("short", "-2")])
def test_a_position_is_signed(side: str, qty: str) -> None:
    """Short is below zero."""
    row = {"side": side, "contracts": "2", "entryPrice": "10", "info": {}, "hedged": False}
    found = read.position(row, "BTCUSDT", 7)

    assert (found.qty, found.entry, found.ts_ns) == (Decimal(qty), Decimal(10), 7)


@pytest.mark.parametrize(
    "row", [{"hedged": True}, {"info": {"positionIdx": 2}}, {"info": {"positionIdx": "1"}}]
)
def test_hedge_mode_is_refused(row: dict[str, Any]) -> None:
    """Two positions of one symbol are none that can be netted."""
    with pytest.raises(UsageError, match="hedge mode"):
        read.position({"side": "long", "contracts": "1", "info": {}} | row, "BTCUSDT", 7)
