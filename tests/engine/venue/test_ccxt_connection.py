"""The connection: every exchange of ccxt goes where it was pointed, and nowhere else."""

from typing import Any

import pytest

from seatrial.engine.venue.access import Access
from seatrial.engine.venue.ccxt_connection import _addresses, connect
from seatrial.model.errors import UsageError
from seatrial.model.live_settings import VenueSettings

ccxt = pytest.importorskip("ccxt", reason="the extra 'venues' is not installed")


def connected(**settings: Any) -> Any:
    """Ccxt's object of an account."""
    return connect(Access(VenueSettings(**settings), ("BTCUSDT",), "key", "secret"))


def test_every_exchange_can_be_pointed_at_a_local_address() -> None:
    """One address that stays behind sends a drill's orders to the real venue."""
    base = "http://127.0.0.1:1/served"
    for name in ccxt.exchanges:
        api = connected(name=name, url=base)
        assert [url for url in _addresses(api.urls["api"]) if not url.startswith(base)] == [], name
        assert api.number is str, name


@pytest.mark.parametrize("settings", [{"url": "http://127.0.0.1:1"}, {"testnet": True}])
def test_an_address_that_is_built_in_elsewhere_is_not_reached(settings: dict[str, Any]) -> None:
    """Neither a test network nor a local address may become a way to real money."""
    api = connected(**settings)

    with pytest.raises(UsageError, match=r"api\.bybit\.com, where the real money is"):
        api.fetch("https://api.bybit.com/v5/order/create", "POST", {}, "{}")


def test_a_test_network_is_the_venue_s_own() -> None:
    """And its production addresses are gone."""
    api = connected(testnet=True)

    assert {api.implode_hostname(url) for url in _addresses(api.urls["api"])} == {
        "https://api-testnet.bybit.com"
    }


def test_nothing_is_tried_twice_whatever_the_profile_says() -> None:
    """A retry of an order is a second order."""
    api = connected(options={"maxRetriesOnFailure": 5, "recvWindow": 7})

    assert api.options["maxRetriesOnFailure"] == 0
    assert api.options["recvWindow"] == 7


def test_an_urgent_one_neither_waits_for_a_schedule_nor_long_for_an_answer() -> None:
    """The kill switch's connection."""
    settings = VenueSettings(timeout_ms=20_000)
    usual, urgent = (connect(Access(settings, ("X",)), urgent=urgent) for urgent in (False, True))

    assert (usual.timeout, usual.enableRateLimit) == (20_000, True)
    assert (urgent.timeout, urgent.enableRateLimit) == (2_000, False)


@pytest.mark.parametrize("verify", [True, False])
def test_certificates_are_checked_unless_the_profile_says_otherwise(verify: bool) -> None:
    """Off only for a local server with a certificate of its own."""
    assert connected(verify_tls=verify).verify is verify
