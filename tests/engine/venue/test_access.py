"""Whether orders cost something behind an address; in doubt they do."""

import pytest

from seatrial.engine.venue.access import Access, is_loopback
from seatrial.model.live_settings import VenueSettings


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:80", "https://127.9.9.9", "http://localhost/x", "http://[::1]:1"]
)
def test_this_machine_is_this_machine(url: str) -> None:
    """A served exchange needs no permission."""
    assert is_loopback(url)


@pytest.mark.parametrize(
    "url",
    [
        None, "", "http://127.0.0.1.example.com", "http://example.com#127.0.0.1", "http://0.0.0.0",
        "127.0.0.1",
        "http://user@127.0.0.1@example.com", "http://localhost.example.com", "http://2130706433", "http://10.0.0.1",
    ],
)  # fmt: skip
def test_what_only_looks_like_it_is_not(url: str | None) -> None:
    """A name that begins with a loopback address is anybody's."""
    assert not is_loopback(url)


def test_a_value_never_shows_in_the_open() -> None:
    """An access that is printed in an error shows no key."""
    access = Access(VenueSettings(), ("BTCUSDT",), "the-key", "the-secret", "the-pass")

    assert "the-" not in repr(access)
    assert not access.costs_money
    assert Access(VenueSettings(testnet=False), ("BTCUSDT",)).costs_money
