"""
Secrets in the keyring of the operating system: `keyring:SERVICE#USERNAME`.

A keyring keeps no dates and no versions, so what `rotate` writes gets two entries beside it: when
it was written, and the value before it. A value put there by another program has no date.
"""

import re
from typing import Any

from ....model.errors import OutsideError, UsageError
from ....model.secret import Secret
from ....model.secret_settings import Reference, SecretsSettings
from ..refusals import missing
from .interface import Factory, Held, Surroundings, Written, library

NAME = "keyring"
_DATE, _BEFORE = "rotated-ns", "previous"


class KeyringProvider:
    """Speaks to the keyring that the `keyring` library finds."""

    def __init__(self, _: SecretsSettings, around: Surroundings) -> None:
        self._library: Any = library("keyring")
        self._errors: Any = library("keyring.errors")
        self._now_ns = around.now_ns

    def read(self, place: Reference, name: str, *, dated: bool = False) -> Held:
        """Return the password of a service's user."""
        value = self._get(place)
        if not value:
            raise missing(place, fix=f"run: keyring set {place.place} {place.field}")
        date = self._get(place, _DATE) or ""
        changed_ns = int(date) if re.fullmatch(r"\d{1,19}", date) else None
        return Held(Secret(name, value), changed_ns, exact=changed_ns is not None)

    def write(self, place: Reference, secret: Secret) -> Written:
        """Set the password, its date and the one before it."""
        before = self._get(place)
        if before:
            self._set(place, before, _BEFORE)
        # The date last: a kill between the two leaves a new value that looks old, never the reverse.
        self._set(place, secret.reveal())
        self._set(place, str(self._now_ns()), _DATE)
        return Written(previous=f"{place}.{_BEFORE}" if before else None)

    def _get(self, place: Reference, suffix: str = "") -> str | None:
        try:
            held: str | None = self._library.get_password(place.place, _user(place, suffix))
        except self._errors.KeyringError as error:
            raise self._down(error) from None
        return held

    def _set(self, place: Reference, value: str, suffix: str = "") -> None:
        try:
            self._library.set_password(place.place, _user(place, suffix), value)
        except self._errors.KeyringError as error:
            raise self._down(error) from None

    def _down(self, error: Exception) -> OutsideError:
        if isinstance(error, self._errors.NoKeyringError):
            return OutsideError("this machine has no keyring", fix="keep the secret in file, aws or vault")
        told = str(error).partition("\n")[0] or type(error).__name__
        return OutsideError(f"the keyring does not open: {told}", fix="unlock it and try again")


def _user(place: Reference, suffix: str) -> str:
    if place.field is None:
        raise UsageError(f"{place} names no user", fix="write keyring:SERVICE#USERNAME")
    return f"{place.field}.{suffix}" if suffix else place.field


PROVIDER: Factory = KeyringProvider
