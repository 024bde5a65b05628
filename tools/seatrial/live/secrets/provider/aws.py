"""
Secrets in AWS Secrets Manager: `aws:NAME_OR_ARN#FIELD`, or without a field the whole string.

Credentials, region and retries are AWS's own business; the age is that of the value and not of the
description, which changes with every tag. `rotate` makes a new version and AWS keeps the one
before as AWSPREVIOUS.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from ....model.errors import InputError, OutsideError, SeatrialError, UsageError, Where
from ....model.secret import Secret
from ....model.secret_settings import Reference, SecretsSettings
from ..refusals import DeniedSecretError, MissingSecretError, missing
from .interface import Factory, Held, Older, Surroundings, Written, last_change, library

NAME = "aws"
MOST_VERSIONS = 10
LOOPBACK = {"127.0.0.1", "::1", "localhost"}
_ABSENT = {"ResourceNotFoundException"}
_DENIED = {
    "AccessDeniedException", "AccessDenied", "UnrecognizedClientException", "InvalidClientTokenId",
    "InvalidSignatureException", "ExpiredTokenException", "ExpiredToken", "DecryptionFailure",
}  # fmt: skip
_WRONG = {"ValidationException", "InvalidParameterException", "InvalidRequestException"}


class AwsProvider:
    """Speaks to Secrets Manager through boto3."""

    def __init__(self, settings: SecretsSettings, _: Surroundings) -> None:
        must_be_sealed(settings.aws.endpoint, "secrets.aws.endpoint")
        boto3: Any = library("boto3")
        config: Any = library("botocore.config")
        self._errors: Any = library("botocore.exceptions")
        patience = config.Config(
            connect_timeout=settings.timeout_s,
            read_timeout=settings.timeout_s,
            retries={"total_max_attempts": 2},
        )
        try:
            self._client = boto3.session.Session().client(
                "secretsmanager",
                region_name=settings.aws.region,
                endpoint_url=settings.aws.endpoint,
                config=patience,
            )
        except self._errors.BotoCoreError as error:
            raise UsageError(
                f"AWS is not set up: {error}", fix="set secrets.aws.region or AWS_REGION"
            ) from None

    def read(self, place: Reference, name: str, *, dated: bool = False) -> Held:
        """Return the current value and, dated, when it last changed."""
        answer = self._call(place, "get_secret_value", SecretId=place.place)
        value = _value(place, answer.get("SecretString"))
        if not value:
            raise missing(place)
        version = str(answer["VersionId"])
        if not dated:
            return Held(Secret(name, value), version=version)
        secret = Secret(name, value)
        listed = self._versions(place)
        older = self._older(
            place, [row for row in listed if row["VersionId"] != version], answer["CreatedDate"]
        )
        # Versions without a stage are dropped in time, so the oldest there is need not be the first.
        made = _ns(answer["CreatedDate"])
        changed_ns, exact = last_change(value, made, older, whole=len(listed) == 1)
        return Held(secret, changed_ns, exact=exact, version=version)

    def write(self, place: Reference, secret: Secret) -> Written:
        """Make a new version; a secret that is not there yet is created."""
        try:
            held = self._call(place, "get_secret_value", SecretId=place.place).get("SecretString")
        except MissingSecretError:
            text = _merged(place, None, secret.reveal())
            made = self._call(place, "create_secret", Name=place.place, SecretString=text)
            return Written(version=made["VersionId"])
        text = _merged(place, held, secret.reveal())
        made = self._call(place, "put_secret_value", SecretId=place.place, SecretString=text)
        return Written(version=made["VersionId"], previous=f"{place}, stage AWSPREVIOUS")

    def _versions(self, place: Reference) -> list[dict[str, Any]]:
        try:
            answer = self._call(
                place, "list_secret_version_ids", SecretId=place.place, IncludeDeprecated=True, MaxResults=100
            )
        except DeniedSecretError:
            # Without the list nothing is known of what was before.
            return []
        return list(answer["Versions"])

    def _older(self, place: Reference, listed: list[dict[str, Any]], before: datetime) -> Iterator[Older]:
        rows = sorted(
            (row for row in listed if row["CreatedDate"] <= before), key=lambda row: row["CreatedDate"]
        )
        for row in reversed(rows[-MOST_VERSIONS:]):
            try:
                answer = self._call(
                    place, "get_secret_value", SecretId=place.place, VersionId=row["VersionId"]
                )
                yield _ns(row["CreatedDate"]), True, _value(place, answer.get("SecretString"))
            except (DeniedSecretError, MissingSecretError, InputError):
                yield _ns(row["CreatedDate"]), False, None
                return

    def _call(self, place: Reference, verb: str, **arguments: Any) -> dict[str, Any]:
        try:
            answer: dict[str, Any] = getattr(self._client, verb)(**arguments)
        except self._errors.ClientError as error:
            raise self._refusal(place, error) from None
        except (self._errors.NoCredentialsError, self._errors.PartialCredentialsError):
            raise DeniedSecretError(
                f"AWS has no credentials for {place}", fix="log in, or give this machine a role"
            ) from None
        except self._errors.ParamValidationError:
            raise UsageError(f"{place} is not a name that AWS takes") from None
        except self._errors.BotoCoreError as error:
            raise OutsideError(f"AWS does not answer for {place}: {error}", fix="try again") from None
        return answer

    def _refusal(self, place: Reference, error: Any) -> SeatrialError:
        code = error.response.get("Error", {}).get("Code", "")
        if code in _ABSENT:
            return missing(place)
        if code in _DENIED:
            return DeniedSecretError(
                f"AWS refuses {place}: {code}", fix="allow it in the policy, or log in again"
            )
        if code in _WRONG:
            told = error.response.get("Error", {}).get("Message", "")
            return MissingSecretError(
                f"AWS cannot give {place}: {told or code}", fix="restore it, or mend its place"
            )
        return OutsideError(f"AWS lets us down over {place}: {code}", fix="try again")


def must_be_sealed(address: str | None, field: str) -> None:
    """Refuse an address over which a secret would travel in the clear."""
    if address is None:
        return
    parts = urlsplit(address)
    if parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK):
        return
    raise UsageError(
        "the secret would travel in the clear", where=Where(field=field), fix="use an https address"
    )


def _value(place: Reference, text: str | None) -> str | None:
    """Return a field of a secret's string, or all of it; None when it is not there."""
    if text is None:
        raise InputError(f"{place} is binary", fix="store it as a string")
    return text if place.field is None else fields_of(place, text).get(place.field)


def _merged(place: Reference, held: str | None, value: str) -> str:
    if place.field is None:
        return value
    return json.dumps({**(fields_of(place, held) if held else {}), place.field: value})


def fields_of(place: Reference, text: str) -> dict[str, Any]:
    """Return the fields of a secret that is a JSON object, as they are."""
    try:
        held = json.loads(text)
    except ValueError:
        held = None
    if not isinstance(held, dict):
        raise InputError(f"{place} is not a JSON object", fix=f"leave out #{place.field}, or store an object")
    return held


def _ns(stamp: datetime) -> int:
    return int(stamp.timestamp() * 1_000) * 1_000_000


PROVIDER: Factory = AwsProvider
