"""
Secrets in HashiCorp Vault: `vault:PATH#FIELD` of a key-value engine, version 2.

Login is a token or an AppRole, whose own secret is a reference to env or file. The age is that of
the field, read from the versions; `rotate` writes the next version under check-and-set, so that
two people cannot undo each other, and Vault keeps the ones before.
"""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from ....model.errors import OutsideError, RefusedError, SeatrialError, UsageError, Where
from ....model.secret import Secret
from ....model.secret_settings import Reference, SecretsSettings, reference
from ..refusals import DeniedSecretError, MissingSecretError, missing
from .aws import must_be_sealed
from .env import EnvProvider
from .file import FileProvider
from .interface import Factory, Held, Older, Surroundings, Written, last_change, library

NAME = "vault"
MOST_VERSIONS = 10


class VaultProvider:
    """Speaks to Vault through hvac."""

    def __init__(self, settings: SecretsSettings, around: Surroundings) -> None:
        self._vault = settings.vault
        self._address = settings.vault.address or around.env.get("VAULT_ADDR")
        if not self._address:
            raise UsageError(
                "no Vault is named", where=Where(field="secrets.vault.address"), fix="set it, or VAULT_ADDR"
            )
        must_be_sealed(self._address, "secrets.vault.address")
        self._hvac: Any = library("hvac")
        self._http: Any = library("requests.exceptions")
        self._client = self._logged_in(settings, around)

    def read(self, place: Reference, name: str, *, dated: bool = False) -> Held:
        """Return the newest value and, dated, when it last changed."""
        data = self._version(place)
        facts = data["metadata"]
        value = _value(place, data)
        if not value:
            raise missing(place)
        secret, number = Secret(name, value), int(facts["version"])
        if not dated:
            return Held(secret, version=str(number))
        older = self._older(place, number)
        whole = number <= MOST_VERSIONS
        changed_ns, exact = last_change(value, _ns(facts["created_time"]), older, whole=whole)
        return Held(secret, changed_ns, exact=exact, version=str(number))

    def write(self, place: Reference, secret: Secret) -> Written:
        """Write the next version with this field replaced and the others as they are."""
        field = _field(place)
        try:
            data = self._version(place)
            fields, number = dict(data["data"]), int(data["metadata"]["version"])
        except MissingSecretError:
            fields, number = {}, self._newest(place)
        answer = self._call(
            place,
            lambda: self._client.secrets.kv.v2.create_or_update_secret(
                place.place, {**fields, field: secret.reveal()}, cas=number, mount_point=self._vault.mount
            ),
        )
        previous = f"{place}, version {number}" if fields else None
        return Written(version=str(answer["data"]["version"]), previous=previous)

    def _older(self, place: Reference, number: int) -> Iterator[Older]:
        for version in range(number - 1, max(0, number - MOST_VERSIONS), -1):
            try:
                data = self._version(place, version)
                yield _ns(data["metadata"]["created_time"]), True, _value(place, data)
            except (MissingSecretError, DeniedSecretError):
                # Deleted or destroyed: what stood there is not known any more.
                yield 0, False, None
                return

    def _version(self, place: Reference, version: int | None = None) -> dict[str, Any]:
        _field(place)
        answer = self._call(
            place,
            lambda: self._client.secrets.kv.v2.read_secret_version(
                place.place, version=version, mount_point=self._vault.mount, raise_on_deleted_version=True
            ),
        )
        data: dict[str, Any] = answer["data"]
        return data

    def _newest(self, place: Reference) -> int:
        """Return the number of the newest version, deleted or not; 0 when there never was one."""
        try:
            answer = self._call(
                place,
                lambda: self._client.secrets.kv.v2.read_secret_metadata(
                    place.place, mount_point=self._vault.mount
                ),
            )
        except MissingSecretError:
            return 0
        return int(answer["data"]["current_version"])

    def _logged_in(self, settings: SecretsSettings, around: Surroundings) -> Any:
        vault = self._vault
        make = self._hvac.Client
        common = {
            "url": self._address,
            "namespace": vault.namespace,
            "timeout": settings.timeout_s,
            "verify": vault.ca_file or True,
        }
        if vault.role_id is None:
            return make(token=_first_secret(vault.token, "vault_token", settings, around).reveal(), **common)
        client = make(token="", **common)
        secret_id = _first_secret(vault.secret_id, "vault_secret_id", settings, around)
        answer = self._call(
            Reference(NAME, f"auth/{vault.approle_mount}/login"),
            lambda: client.auth.approle.login(
                vault.role_id, secret_id.reveal(), use_token=True, mount_point=vault.approle_mount
            ),
        )
        # The token is a secret of its own from here on.
        Secret("vault_token", str(answer["auth"]["client_token"]), passing=True)
        return client

    def _call(self, place: Reference, ask: Callable[[], Any]) -> Any:
        try:
            return ask()
        except self._hvac.exceptions.VaultError as error:
            raise self._refusal(place, error) from None
        except self._http.RequestException as error:
            raise OutsideError(
                f"Vault at {self._address} does not answer: {type(error).__name__}",
                fix="is it up, and reachable?",
            ) from None

    def _refusal(self, place: Reference, error: Any) -> SeatrialError:
        known = self._hvac.exceptions
        told = ", ".join(str(said) for said in error.errors or ()) or type(error).__name__
        if isinstance(error, known.InvalidPath):
            return missing(place)
        if isinstance(error, known.Forbidden | known.Unauthorized):
            return DeniedSecretError(
                f"Vault refuses {place}: {told}", fix="renew the token, or allow the path in its policy"
            )
        if isinstance(error, known.InvalidRequest) and "check-and-set" in told:
            return RefusedError(f"somebody else has just written {place}", fix="look at it and run it again")
        if isinstance(error, known.InvalidRequest):
            return DeniedSecretError(
                f"Vault does not take the request for {place}: {told}", fix="mend the settings"
            )
        return OutsideError(f"Vault at {self._address} lets us down: {told}", fix="is it sealed or starting?")


def _first_secret(text: str, name: str, settings: SecretsSettings, around: Surroundings) -> Secret:
    """Return the secret that opens Vault; it must be kept outside of it."""
    kept: dict[str, Factory] = {"env": EnvProvider, "file": FileProvider}
    try:
        place = reference(text, "env")
    except ValueError as error:
        raise UsageError(str(error), where=Where(field=f"secrets.{name.replace('_', '.', 1)}")) from None
    if place.provider not in kept:
        raise UsageError(f"{name} cannot be kept in {place.provider}", fix="write env:NAME or file:PATH")
    try:
        return kept[place.provider](settings, around).read(place, name).secret
    except MissingSecretError as error:
        # What is missing is the key to Vault; what lies in Vault is not known to be missing.
        raise DeniedSecretError(f"Vault stays closed: {error.message}", fix=error.fix) from None


def _value(place: Reference, data: dict[str, Any]) -> str | None:
    value = (data["data"] or {}).get(place.field)
    return value if value is None or isinstance(value, str) else str(value)


def _field(place: Reference) -> str:
    if place.field is None:
        raise UsageError(f"{place} names no field", fix="write vault:PATH#FIELD")
    return place.field


def _ns(text: str) -> int:
    """Return an RFC 3339 time, whose fraction may have nine digits, as ns to the second."""
    return int(datetime.fromisoformat(re.sub(r"\.\d+", "", text)).timestamp()) * 10**9


PROVIDER: Factory = VaultProvider
