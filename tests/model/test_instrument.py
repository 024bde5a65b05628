from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from seatrial.model.errors import InputError
from seatrial.model.instrument import Contract, Instrument

D = Decimal
LINEAR = Instrument(
    symbol="BTCUSDT",
    venue="binance-futures",
    base="BTC",
    quote="USDT",
    tick_size=D("0.1"),
    lot_size=D("0.001"),
)
INVERSE = Instrument(
    symbol="BTCUSD",
    venue="binance-delivery",
    contract=Contract.INVERSE,
    base="BTC",
    quote="USD",
    tick_size=D("0.1"),
    lot_size=D(1),
    contract_size=D(100),
)


def test_linear_money_is_price_times_quantity_in_quote() -> None:
    """0.002 BTC at 63943.9 is worth 127.8878 USDT, to the last digit."""
    assert LINEAR.notional(639439, 2) == D("127.8878")
    assert LINEAR.settle == "USDT"


def test_inverse_money_is_contracts_over_price_in_base() -> None:
    """Five contracts of 100 USD at 50000 are worth 0.01 BTC; counting them in USD is a 50000-fold error."""
    assert INVERSE.notional(500000, 5) == D("0.01")
    assert INVERSE.settle == "BTC"


@given(st.integers(1, 2**31 - 1), st.integers(-(2**40), 2**40))
def test_ticks_and_lots_come_back_whole(ticks: int, lots: int) -> None:
    """The engine lives in integers; a round trip through money must not move a price by a tick."""
    assert LINEAR.ticks(LINEAR.price(ticks)) == ticks
    assert LINEAR.lots(LINEAR.qty(lots)) == lots


@given(st.integers(1, 10**8), st.integers(-(10**9), 10**9))
def test_notional_is_never_negative_and_blind_to_side(ticks: int, lots: int) -> None:
    """All bps are over notional: a negative one would turn a loss into a gain."""
    for instrument in (LINEAR, INVERSE):
        assert instrument.notional(ticks, lots) == instrument.notional(ticks, -lots) >= 0


@pytest.mark.parametrize("price", ["0.05", "63943.95", "0.1000001"])
def test_a_price_off_the_grid_is_refused_and_not_rounded(price: str) -> None:
    """Rounding a recorded price invents a market that was not there."""
    with pytest.raises(InputError, match=r"not a multiple of the tick 0\.1"):
        LINEAR.ticks(D(price))


def test_a_quantity_off_the_grid_is_refused_and_not_rounded() -> None:
    """As for prices."""
    with pytest.raises(InputError, match=r"not a multiple of the lot 0\.001"):
        LINEAR.lots(D("0.0005"))


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity"])
def test_a_price_that_is_no_number_is_refused(value: str) -> None:
    """NaN reaches importers from CSV files and must stop there."""
    with pytest.raises(InputError):
        LINEAR.ticks(D(value))


@pytest.mark.parametrize(
    "wrong",
    [
        {"tick_size": 0},
        {"lot_size": -1},
        {"contract_size": 0},
        {"min_notional": -1},
        {"symbol": ""},
        {"tik": 1},
    ],
)
def test_an_instrument_that_cannot_be_is_refused(wrong: dict[str, object]) -> None:
    """A zero tick divides by zero an hour into a run."""
    right = {"symbol": "X", "venue": "v", "tick_size": "0.1", "lot_size": "1"}

    with pytest.raises(ValidationError):
        Instrument.model_validate({**right, **wrong})


def test_an_instrument_survives_its_json() -> None:
    """Journals carry instruments; their decimals must come back exact."""
    assert Instrument.model_validate_json(INVERSE.model_dump_json()) == INVERSE
