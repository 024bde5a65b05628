"""
Secrets in the environment: `env:BYBIT_API_KEY`.

The simplest keeper and the weakest: children inherit it, and it has no date, so its rotation is
UNKNOWN for ever. Written it cannot be: a process changes only its own copy.
"""

import re

from ....config.environment import OLD_PREFIX, PREFIX
from ....model.errors import UsageError
from ....model.secret import Secret
from ....model.secret_settings import Reference, SecretsSettings
from ..refusals import missing
from .interface import Factory, Held, Surroundings, Written

NAME = "env"
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class EnvProvider:
    """Reads the environment that it is given."""

    def __init__(self, _: SecretsSettings, around: Surroundings) -> None:
        self._env = around.env

    def read(self, place: Reference, name: str, *, dated: bool = False) -> Held:
        """Return the value of a variable."""
        _must_be_a_variable(place)
        value = self._env.get(place.place, "")
        if not value:
            raise missing(place, fix=f"export {place.place} in the shell or service that starts this")
        return Held(Secret(name, value))

    def write(self, place: Reference, secret: Secret) -> Written:
        """Refuse: whoever starts this process owns its environment."""
        raise UsageError(
            f"{place} cannot be rotated from here: a process changes only its own environment",
            fix="change it where it is set, or keep the secret in file, keyring, aws or vault",
        )


def _must_be_a_variable(place: Reference) -> None:
    if place.field is not None or not _VARIABLE.fullmatch(place.place):
        raise UsageError(f"{place} does not name an environment variable", fix="write env:BYBIT_API_KEY")
    if place.place.startswith((PREFIX, OLD_PREFIX)):
        raise UsageError(
            f"{place} would be read as an override of a setting",
            fix=f"use a name that does not begin with {PREFIX}",
        )


PROVIDER: Factory = EnvProvider
