"""What a venue is opened with, and whether real money may be at stake behind it."""

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from ...model.live_settings import VenueSettings
from .port import Venue


@dataclass(frozen=True)
class Access:
    """
    An account to be opened: settings, symbols, and the values of its secrets.

    `real_money` is the permission to place orders where they cost something; without it an adapter
    refuses to place any, whoever asks.
    """

    settings: VenueSettings
    symbols: tuple[str, ...]
    api_key: str | None = field(default=None, repr=False)
    api_secret: str | None = field(default=None, repr=False)
    api_password: str | None = field(default=None, repr=False)
    real_money: bool = False

    @property
    def costs_money(self) -> bool:
        """Return whether orders there are real: neither a test network nor this very machine."""
        return not (self.settings.testnet or is_loopback(self.settings.url))


Kind = Callable[[Access], Venue]


def is_loopback(url: str | None) -> bool:
    """Return whether an address is on this machine; a name other than localhost is not trusted to be."""
    host = urlsplit(url or "").hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
