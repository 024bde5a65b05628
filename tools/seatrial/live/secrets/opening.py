"""
The one way to a secret: look up its place, ask its keeper, write the access down, hand it over.

Whoever needs a key (a venue adapter, the kill switch) calls `open_secret` and passes on the
`Secret` it gets; nothing else in the program reads one.
"""

import os
import pwd
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ...model.errors import OutsideError, SeatrialError, UsageError, Where
from ...model.secret import Secret
from ...model.secret_settings import Reference, SecretsSettings, reference
from .access import AccessLog
from .provider import PROVIDERS
from .provider.interface import Held, Provider, Surroundings
from .refusals import DeniedSecretError, MissingSecretError

_LONGEST_PURPOSE = 200


@dataclass(frozen=True)
class Access:
    """What an access needs from around it: environment, time, the log, and who asks."""

    env: Mapping[str, str]
    now_ns: Callable[[], int]
    log: AccessLog
    user: str


def access_of(settings: SecretsSettings) -> Access:
    """Return the access of this process: its environment, its clock, its user."""
    from ...config.environment import variables
    from ...store.clock import utc_now_ns

    return Access(variables(), utc_now_ns, AccessLog(Path(settings.access_log)), _user())


def open_secret(settings: SecretsSettings, name: str, purpose: str, access: Access | None = None) -> Secret:
    """
    Return the secret called `name` under `secrets.names`; the access and its purpose are logged.

    Raises UsageError for a name that the profile does not know, MissingSecretError and
    DeniedSecretError (all exit code 2), OutsideError (4) when the keeper or the log lets us down.
    """
    return hold(settings, name, purpose, access or access_of(settings)).secret


def hold(settings: SecretsSettings, name: str, purpose: str, access: Access, *, dated: bool = False) -> Held:
    """Return a secret with what its keeper knows of it; see `open_secret`."""
    place = place_of(settings, name)
    try:
        held = keeper_of(settings, place, access).read(place, name, dated=dated)
    except SeatrialError as error:
        note(access, name, place, purpose, (outcome_of(error), error.message))
        raise
    note(access, name, place, purpose, ("inspected" if dated else "granted", held.version))
    return held


def keeper_of(settings: SecretsSettings, place: Reference, access: Access) -> Provider:
    """Return the provider of a place, ready to be asked."""
    return PROVIDERS.get(place.provider)(settings, Surroundings(access.env, access.now_ns))


def place_of(settings: SecretsSettings, name: str) -> Reference:
    """Return where a secret is kept; a name that nobody configured is an error."""
    if name not in settings.names:
        known = ", ".join(settings.names)
        fix = f"known: {known}" if known else f"add it, such as secrets.names.{name}=env:BYBIT_API_KEY"
        raise UsageError(f"no secret is called {name!r}", where=Where(field="secrets.names"), fix=fix)
    return reference(settings.names[name], settings.provider)


def note(access: Access, name: str, place: Reference, purpose: str, ended: tuple[str, str | None]) -> None:
    """Write one access down, on the disk before this returns."""
    outcome, detail = ended
    access.log.write(
        {
            "ts_ns": access.now_ns(),
            "user": access.user,
            "pid": os.getpid(),
            "name": name,
            "provider": place.provider,
            "place": str(place),
            "purpose": " ".join(purpose.split())[:_LONGEST_PURPOSE],
            "outcome": outcome,
            "detail": detail,
        }
    )


def outcome_of(error: SeatrialError) -> str:
    """Return how a failed access is called in the log."""
    if isinstance(error, MissingSecretError):
        return "missing"
    if isinstance(error, DeniedSecretError):
        return "denied"
    return "unreachable" if isinstance(error, OutsideError) else "refused"


def _user() -> str:
    # The effective user of the kernel, not what the environment claims.
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return str(os.geteuid())
