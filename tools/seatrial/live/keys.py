"""The secrets of a live run, by their names: asked for once, when they are needed."""

from ..model.errors import UsageError, Where
from ..model.live_settings import VenueSettings
from ..model.profile import Profile


def latch_password(profile: Profile) -> str | None:
    """Return the password of the latch's channel, None when the profile names none."""
    return _value(profile, profile.live.latch.password, "the latch of the kill switch")


def venue_keys(profile: Profile) -> tuple[str | None, str | None, str | None]:
    """Return the account's key, its secret and its passphrase; an account without a key is an error."""
    venue: VenueSettings = profile.live.venue
    for name in ("api_key", "api_secret"):
        if getattr(venue, name) is None:
            raise UsageError(
                "the profile does not name the account's keys",
                where=Where(field=f"live.venue.{name}"),
                fix="name a secret there, and say where it is kept under secrets.names",
            )
    purpose = f"orders of the account {profile.live.account}"
    key, secret, password = (
        _value(profile, name, purpose) for name in (venue.api_key, venue.api_secret, venue.api_password)
    )
    return key, secret, password


def _value(profile: Profile, name: str | None, purpose: str) -> str | None:
    if name is None:
        return None
    from .secrets.opening import open_secret

    return open_secret(profile.secrets, name, purpose).reveal()
