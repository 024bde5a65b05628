"""Rates hold from their moment on."""

from decimal import Decimal

import pytest

from seatrial.engine.execution.rates import DatedRates, rates_of
from seatrial.model.live_settings import RateSettings

RATES = DatedRates({("BNB", "USDT"): [(200, Decimal(410)), (100, Decimal(400))]})


@pytest.mark.parametrize(("at", "rate"), [(99, None), (100, 400), (199, 400), (200, 410), (10**18, 410)])
def test_a_rate_holds_until_the_next(at: int, rate: int | None) -> None:
    """Before the first there is none: a fee of that day stays not valued."""
    assert RATES.at("BNB", "USDT", at) == rate


def test_a_currency_is_worth_itself() -> None:
    """And a pair that nobody gave is not known."""
    assert RATES.at("USDT", "USDT", 0) == 1
    assert RATES.at("KCS", "USDT", 500) is None


def test_a_profiles_rates_hold_from_their_moment_whatever_its_zone() -> None:
    """The same moment written in two zones is one moment; the newer rate wins from then on."""
    settings = [
        RateSettings.model_validate({"currency": "BNB", "in_currency": "USDT", "since": since, "rate": rate})
        for since, rate in (("2026-11-25T02:00:00+02:00", "600"), ("2026-11-26T00:00:00Z", "610"))
    ]
    day = 1_795_564_800_000_000_000

    rates = rates_of(settings)

    assert rates.at("BNB", "USDT", day - 1) is None
    assert rates.at("BNB", "USDT", day) == 600
    assert rates.at("BNB", "USDT", day + 86_400_000_000_000) == 610


def test_a_rate_without_a_zone_is_refused() -> None:
    """Half a world of wrong is not guessed away."""
    naive = {"currency": "BNB", "in_currency": "USDT", "since": "2026-11-25T00:00:00", "rate": "1"}
    with pytest.raises(ValueError, match="timezone"):
        RateSettings.model_validate(naive)
