"""
A secret replaced: the new value goes to its keeper, the old one stays where the keeper keeps it.

The order is that of a careful person: write down what is about to happen, change it, read it back,
write down that it happened. A kill in between leaves the intention in the log.
"""

from ...model.errors import OutsideError, SeatrialError, UsageError
from ...model.outcome import Outcome
from ...model.secret import Secret
from ...model.secret_settings import Reference, SecretsSettings
from .opening import Access, keeper_of, note, outcome_of, place_of
from .provider.interface import Provider, Written
from .refusals import MissingSecretError

LARGEST_INPUT = 16_384


def rotate(settings: SecretsSettings, name: str, value: str, purpose: str, access: Access) -> Outcome:
    """Replace the secret called `name` and return where the old value is kept."""
    place = place_of(settings, name)
    try:
        keeper = keeper_of(settings, place, access)
        secret = Secret(name, value.removesuffix("\n").removesuffix("\r"))
        _must_be_new(keeper, place, secret)
        note(access, name, place, purpose, ("rotating", None))
        written = keeper.write(place, secret)
        _must_be_there(keeper, place, secret)
    except SeatrialError as error:
        note(access, name, place, purpose, (outcome_of(error), error.message))
        raise
    note(access, name, place, purpose, ("rotated", written.version))
    return _told(name, place, written)


def _must_be_new(keeper: Provider, place: Reference, secret: Secret) -> None:
    try:
        current = keeper.read(place, secret.name).secret
    except MissingSecretError:
        return
    if current.same_as(secret):
        raise UsageError(f"{place} has this value already", fix="make a new key at the venue first")


def _must_be_there(keeper: Provider, place: Reference, secret: Secret) -> None:
    if not keeper.read(place, secret.name).secret.same_as(secret):
        raise OutsideError(f"{place} was written and reads back as something else", fix="look at it by hand")


def _told(name: str, place: Reference, written: Written) -> Outcome:
    kept = f"the value before it: {written.previous}" if written.previous else "there was no value before it"
    return Outcome(
        "secrets.rotate",
        data={
            "name": name,
            "provider": place.provider,
            "place": str(place),
            "version": written.version,
            "previous": written.previous,
        },
        lines=(
            kept,
            f"rotated {name} at {place}: restart what uses it, then revoke the old key at the venue",
        ),
    )
