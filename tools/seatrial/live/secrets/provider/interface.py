"""
What a keeper of secrets must be able to do, and what it hands over.

A new keeper is one file with a `NAME` and a `PROVIDER`, or an entry point of the group
`seatrial.secret_provider`.
"""

import importlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Protocol

from ....model.errors import UsageError
from ....model.secret import Secret
from ....model.secret_settings import Reference, SecretsSettings


@dataclass(frozen=True)
class Held:
    """
    A secret as its keeper has it.

    `changed_ns` is when the value last changed, None when nobody knows. Without `exact` it is only
    known to be at least that old: a file's time says that it was written, not that it changed.
    """

    secret: Secret
    changed_ns: int | None = None
    exact: bool = False
    version: str | None = None


@dataclass(frozen=True)
class Written:
    """What replacing a value did: the new version, and where the old value is kept."""

    version: str | None = None
    previous: str | None = None


@dataclass(frozen=True)
class Surroundings:
    """What a provider may know of the process: its environment and the time."""

    env: Mapping[str, str]
    now_ns: Callable[[], int]


class Provider(Protocol):
    """One kind of keeper."""

    def read(self, place: Reference, name: str, *, dated: bool = False) -> Held:
        """Return the secret at `place`, to be called `name`; its age only when it is asked for."""

    def write(self, place: Reference, secret: Secret) -> Written:
        """Replace the value at `place`, keeping the one before it where that is possible."""


Factory = Callable[[SecretsSettings, Surroundings], Provider]


def library(name: str) -> ModuleType:
    """Import a provider's library; absent, it is one clear error with the command that brings it."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        raise UsageError(
            f"{name.partition('.')[0]} is not installed", fix="pip install 'seatrial[secrets]'"
        ) from error


# (when a version was made, whether it can be read, the value in it)
Older = tuple[int, bool, str | None]


def last_change(value: str, made_ns: int, older: Iterable[Older], *, whole: bool) -> tuple[int, bool]:
    """
    Return when a value last changed, and whether that is exact, from the versions before it.

    A new version of a place with several fields is no new value of each: who rotates one half of a
    pair has not rotated the other. `older` begins with the newest; `whole` says that it ends with
    the very first version, so that there was nothing before.
    """
    for made, readable, before in older:
        if not readable:
            return made_ns, False
        if before != value:
            return made_ns, True
        made_ns = made
    return made_ns, whole
