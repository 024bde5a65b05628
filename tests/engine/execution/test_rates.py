"""Rates hold from their moment on."""

from decimal import Decimal

import pytest

from seatrial.engine.execution.rates import DatedRates

RATES = DatedRates({("BNB", "USDT"): [(200, Decimal(410)), (100, Decimal(400))]})


@pytest.mark.parametrize(("at", "rate"), [(99, None), (100, 400), (199, 400), (200, 410), (10**18, 410)])
def test_a_rate_holds_until_the_next(at: int, rate: int | None) -> None:
    """Before the first there is none: a fee of that day stays not valued."""
    assert RATES.at("BNB", "USDT", at) == rate


def test_a_currency_is_worth_itself() -> None:
    """And a pair that nobody gave is not known."""
    assert RATES.at("USDT", "USDT", 0) == 1
    assert RATES.at("KCS", "USDT", 500) is None
