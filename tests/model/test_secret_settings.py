"""A profile says where secrets are, and refuses to hold one."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from seatrial.config.manager import ConfigManager
from seatrial.model.errors import UsageError
from seatrial.model.profile import BotSettings, Profile
from seatrial.model.secret_settings import Reference, SecretsSettings, looks_literal, reference

pytestmark = pytest.mark.usefixtures("forgetful")

KEYS = [
    "hK2nQ8xTk3pL0wZ9aB",
    "AKIAIOSFODNN7EXAMPLE1",
    "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
    "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY12",
    "5f4dcc3b5aa765d61d8327deb882cf99",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N",
    "-----BEGIN PRIVATE KEY-----",
]
PLACES = [
    "env:BYBIT_API_KEY", "BYBIT_API_KEY_2026", "file:/run/secrets/api_key", "file:keys.yaml#api_key",
    "vault:trading/bybit/live-2026#api_key", "keyring:seatrial-bybit#alice@example.org",
    "aws:arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/bybit-AbCdEf#api_key",
    "aws:prod/bybit/550e8400-e29b-41d4-a716-446655440000",
]  # fmt: skip


@pytest.mark.parametrize("text", KEYS)
def test_a_key_is_told_from_a_place(text: str) -> None:
    """A profile is committed, shown and copied into every record."""
    assert looks_literal(text)
    with pytest.raises(ValueError, match="env:BYBIT_API_KEY") as caught:
        SecretsSettings(names={"api_key": text})
    assert text not in str(caught.value.errors(include_input=False)[0]["msg"])  # type: ignore[attr-defined]


@pytest.mark.parametrize("text", PLACES)
def test_a_place_is_not_taken_for_a_key(text: str) -> None:
    """A refusal of an honest path would be worked around."""
    assert SecretsSettings(names={"api_key": text}).names == {"api_key": text}


@given(st.from_regex(r"[A-Za-z0-9]{24,64}", fullmatch=True))
@settings(max_examples=200)
def test_random_keys_are_recognised(text: str) -> None:
    """Venues issue random letters and digits."""
    mixed = f"{text}aB3xY9kQ2mZ7"

    assert looks_literal(mixed)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("env:A_KEY", Reference("env", "A_KEY")),
        ("bybit/live#key", Reference("vault", "bybit/live", "key")),
        ("file:/a/b.yaml#key", Reference("file", "/a/b.yaml", "key")),
        ("arn:aws:x#key", Reference("vault", "arn:aws:x", "key")),
        ("aws:arn:aws:x#key", Reference("aws", "arn:aws:x", "key")),
    ],
)
def test_a_reference_is_provider_place_and_field(text: str, expected: Reference) -> None:
    """The same words lead to the same place on every machine."""
    assert reference(text, "vault") == expected


@pytest.mark.parametrize("text", ["", "#", "a b", "env:", "file:x#", "a#b#c"])
def test_what_is_no_reference_is_refused(text: str) -> None:
    """Half a reference would be looked up somewhere else."""
    with pytest.raises(ValidationError, match="api_key is not a reference"):
        SecretsSettings(names={"api_key": text})


@pytest.mark.parametrize("name", ["API_KEY", "api key", "", "1key", "a" * 65])
def test_a_name_is_a_word(name: str) -> None:
    """Names go into logs, file names and command lines."""
    with pytest.raises(ValidationError, match="lower-case"):
        SecretsSettings(names={name: "env:A_KEY"})


@pytest.mark.parametrize(
    "params",
    [{"api_secret": "hunter2hunter2"}, {"venue": {"passphrase": "correct horse"}}, {"api-key": "abcdefgh"}],
)
def test_a_secret_among_a_bots_arguments_is_refused(params: dict[str, str]) -> None:
    """That is where people put it when nobody tells them of a better place."""
    with pytest.raises(ValidationError, match=r"secrets\.names"):
        BotSettings(params=params)


def test_ordinary_arguments_of_a_bot_stay() -> None:
    """A token pair and a checksum are no secrets."""
    params = {
        "token": "BNB",
        "model_sha256": "5f4dcc3b5aa765d61d8327deb882cf99",
        "api_key": "env:BYBIT_API_KEY",
    }

    assert BotSettings(params=params).params == params


@pytest.mark.parametrize(
    "vault",
    [
        {"token": "hvs.CAESIJlU02LQZq"},
        {"secret_id": "vault:x#y"},
        {"address": "https://root:s3cretpass@vault.example.org"},
    ],
)
def test_vault_settings_hold_no_key_to_vault(vault: dict[str, str]) -> None:
    """What opens the safe must not lie in the profile, nor in the safe."""
    with pytest.raises(ValidationError, match=r"place outside Vault|no user and no password"):
        SecretsSettings.model_validate({"vault": vault})


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(key=st.from_regex(r"[a-f0-9]{40}", fullmatch=True))
def test_the_error_about_a_key_in_a_profile_does_not_repeat_it(tmp_path: Path, key: str) -> None:
    """The error is what gets pasted into a ticket."""
    key = f"{key}ab12cd34ef567890"
    file = tmp_path / "p.yaml"
    file.write_text(f"secrets:\n  names:\n    api_key: {key}\n")
    tries: list[Callable[[], object]] = [
        lambda: ConfigManager().resolve(file),
        lambda: ConfigManager().resolve(None, sets=[f"secrets.names.api_key={key}"]),
        lambda: ConfigManager({"SEATRIAL_SECRETS__NAMES__API_KEY": key}).resolve(),
    ]

    for attempt in tries:
        with pytest.raises(UsageError) as caught:
            attempt()
        assert key not in caught.value.line
        assert "secrets.names.api_key" in caught.value.line


def test_the_error_names_the_line_in_the_profile(tmp_path: Path) -> None:
    """The fix is made there."""
    file = tmp_path / "p.yaml"
    file.write_text(
        f"name: x\nsecrets:\n  rotation_days: 30\n  names:\n    good: env:A_KEY\n    bad: {KEYS[0]}\n"
    )

    with pytest.raises(UsageError) as caught:
        ConfigManager().resolve(file)
    assert (caught.value.where.line, caught.value.where.field) == (6, "secrets.names.bad")


def test_the_defaults_are_those_that_the_documents_name() -> None:
    """Ninety days, five seconds."""
    held = Profile().secrets

    assert (held.provider, held.rotation_days, held.timeout_s) == ("env", 90, 5.0)
