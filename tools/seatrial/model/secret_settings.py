"""
Where secrets are kept: references in a profile, never values.

A reference is `[provider:]place[#field]`, as in `vault:bybit/live#api_key`; the provider of the
section is taken when none is named. What looks like a key itself is refused and, so that the error
cannot spread it, known to redaction from then on.
"""

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from .config import Config, PositiveInt
from .redact import KNOWN

_REFERENCE = re.compile(
    r"(?:(?P<provider>[a-z][a-z0-9_]*):(?!:))?(?P<place>[^#\s]*[^#\s:])(?:#(?P<field>[^#\s]+))?"
)
_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
_SENSITIVE = re.compile(
    r"(^|[_.-])(secret|password|passwd|passphrase|token|api[_-]?key|private[_-]?key|credentials?)$",
    re.IGNORECASE,
)
_RUN = re.compile(r"[A-Za-z0-9+=]{16,}")
_WORD_LENGTH, _MIXED_LENGTH, _DISTINCT = 20, 16, 10


@dataclass(frozen=True)
class Reference:
    """Where one secret is kept: a provider, a place in it, and a field of what stands there."""

    provider: str
    place: str
    field: str | None = None

    def __str__(self) -> str:
        return f"{self.provider}:{self.place}" + (f"#{self.field}" if self.field else "")


def reference(text: str, provider: str) -> Reference:
    """Read a reference; ValueError, without the text, when it is none or looks like a secret itself."""
    if looks_literal(text):
        _hide(text)
        raise ValueError("looks like a secret and not like the place of one")
    found = _REFERENCE.fullmatch(text)
    if found is None:
        raise ValueError("is not a reference")
    if found["provider"] == "arn":
        return Reference(provider, text.partition("#")[0], found["field"])
    return Reference(found["provider"] or provider, found["place"], found["field"])


def looks_literal(text: str) -> bool:
    """
    Return whether a text looks like a key rather than like a path or a name.

    A key has a long run without separators in which letters and digits are mixed; a path, a
    variable's name, a UUID or an ARN has not.
    """
    if "-----BEGIN" in text:
        return True
    return any(_is_key(run) for run in _RUN.findall(text))


def _is_key(run: str) -> bool:
    has_digit = any(char.isdigit() for char in run)
    cases = any(char.isupper() for char in run) + any(char.islower() for char in run)
    least = _MIXED_LENGTH if cases == 2 else _WORD_LENGTH
    return has_digit and cases > 0 and len(run) >= least and len(set(run)) >= _DISTINCT


def _names_are_references(names: dict[str, str]) -> dict[str, str]:
    for name, text in names.items():
        if not _NAME.fullmatch(name):
            raise ValueError(f"the name {name!r} is not lower-case letters, digits and underscores")
        try:
            reference(text, "env")
        except ValueError as error:
            raise ValueError(
                f"{name} {error}: write where it is kept, such as env:BYBIT_API_KEY or vault:bybit#api_key"
            ) from None
    return names


def _no_secret_among(params: dict[str, Any]) -> dict[str, Any]:
    for name, value in _texts(params):
        if _SENSITIVE.search(name) and len(value) >= 8 and not _is_reference(value):
            _hide(value)
            raise ValueError(
                f"{name} looks like a secret: keep it in a provider and name its place under secrets.names"
            )
    return params


def _outside_vault(text: str) -> str:
    """Check the place of what opens Vault: it cannot lie in Vault, and it is no token itself."""
    if not re.fullmatch(r"(env|file):[^\s]+", text) or looks_literal(text):
        _hide(text)
        raise ValueError("the token or secret id is not a place outside Vault, such as env:VAULT_TOKEN")
    return text


def _without_login(address: str | None) -> str | None:
    parts = urlsplit(address or "")
    if parts.username or parts.password:
        _hide(parts.password or "")
        raise ValueError("an address holds no user and no password: leave out what stands before the @")
    return address


def _hide(value: str) -> None:
    """Keep a secret that somebody has just put into a profile out of the error about it."""
    with suppress(ValueError):
        KNOWN.learn(value)


def _texts(params: Mapping[str, Any]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for name, value in params.items():
        if isinstance(value, dict):
            found += _texts(value)
        elif isinstance(value, str):
            found.append((name, value))
    return found


def _is_reference(text: str) -> bool:
    found = _REFERENCE.fullmatch(text)
    return found is not None and found["provider"] is not None and not looks_literal(text)


FreeParams = Annotated[dict[str, Any], AfterValidator(_no_secret_among)]
OutsideVault = Annotated[str, AfterValidator(_outside_vault)]
Address = Annotated[str | None, AfterValidator(_without_login)]
Names = Annotated[dict[str, str], AfterValidator(_names_are_references)]


class AwsSettings(Config):
    """AWS Secrets Manager; the credentials come from AWS's own chain."""

    region: str | None = Field(None, description="Region; none: the one of AWS's own configuration.")
    endpoint: Address = Field(None, description="Another endpoint: https, or http on this machine.")


class VaultSettings(Config):
    """HashiCorp Vault, key-value engine version 2."""

    address: Address = Field(None, description="https address; none: VAULT_ADDR.")
    mount: str = Field("secret", description="Mount path of the key-value engine.")
    namespace: str | None = None
    token: OutsideVault = Field(
        "env:VAULT_TOKEN", description="Where the token is kept: a reference to env or file."
    )
    role_id: str | None = Field(None, description="Log in by AppRole with this role instead of a token.")
    secret_id: OutsideVault = Field(
        "env:VAULT_SECRET_ID", description="Where the AppRole's secret id is kept."
    )
    approle_mount: str = "approle"
    ca_file: str | None = Field(None, description="Certificate authority; none: the system's.")


class SecretsSettings(Config):
    """Where the keys are kept, and how old they may get."""

    provider: str = Field("env", description="Provider of references that name none.")
    names: Names = Field(default_factory=dict, description="Name of a secret -> where it is kept.")
    rotation_days: PositiveInt = Field(90, description="Older than this: FAIL; from 80 % of it: WARN.")
    timeout_s: Annotated[float, Field(gt=0, le=60)] = Field(5.0, description="Patience with a provider.")
    access_log: str = Field("artifacts/secrets/access.jsonl", description="Who read which secret, and when.")
    aws: AwsSettings = AwsSettings()
    vault: VaultSettings = VaultSettings()
