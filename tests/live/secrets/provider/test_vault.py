"""Secrets in Vault, against a local server that speaks its API."""

import socket

import pytest
from tests.live.secrets.stage import DAY_NS, NOON_NS, Stage, settings
from tests.live.secrets.vault_server import READER, ROLE, ROLE_TOKEN, SECRET_ID, WRITER, Vault

from seatrial.live.secrets.provider.vault import VaultProvider
from seatrial.live.secrets.refusals import DeniedSecretError, MissingSecretError
from seatrial.model.errors import OutsideError, RefusedError, UsageError
from seatrial.model.redact import KNOWN
from seatrial.model.secret import Secret
from seatrial.model.secret_settings import Reference

pytest.importorskip("hvac", reason="hvac is not installed")

VALUE, NEXT, OTHER = "hK2nQ8xTk3pL0wZ9aB", "the-next-value-77", "the-other-value-5"
KEY, SECRET = Reference("vault", "bybit/live", "api_key"), Reference("vault", "bybit/live", "api_secret")


def logged_in(vault: Vault, stage: Stage, token: str = WRITER, **more: str) -> VaultProvider:
    """The provider, with a token in the environment."""
    stage.env["VAULT_TOKEN"] = token
    return VaultProvider(settings(vault={"address": vault.address, **more}), stage.around)


def test_a_field_is_read_with_its_version(vault: Vault, stage: Stage) -> None:
    """By a token that comes from the environment."""
    vault.put("bybit/live", api_key=VALUE, api_secret=OTHER)

    held = logged_in(vault, stage, READER).read(KEY, "api_key", dated=True)

    assert (held.secret.reveal(), held.version) == (VALUE, "1")
    assert (held.changed_ns, held.exact) == (NOON_NS, True)


def test_the_address_may_come_from_the_environment(vault: Vault, stage: Stage) -> None:
    """As for Vault's own tools."""
    vault.put("bybit/live", api_key=VALUE)
    stage.env |= {"VAULT_ADDR": vault.address, "VAULT_TOKEN": READER}

    assert VaultProvider(settings(), stage.around).read(KEY, "api_key").secret.reveal() == VALUE


def test_an_approle_logs_in_and_its_token_is_known_to_redaction(vault: Vault, stage: Stage) -> None:
    """The token that comes back is a secret that nobody configured."""
    vault.put("bybit/live", api_key=VALUE)
    stage.env["VAULT_SECRET_ID"] = SECRET_ID
    provider = VaultProvider(settings(vault={"address": vault.address, "role_id": ROLE}), stage.around)

    assert provider.read(KEY, "api_key").secret.reveal() == VALUE
    assert KNOWN.text(f"{ROLE_TOKEN} {SECRET_ID} {VALUE}") == "[redacted] [redacted] [redacted]"


def test_a_wrong_role_is_refused(vault: Vault, stage: Stage) -> None:
    """Exit code 2, with Vault's own reason."""
    stage.env["VAULT_SECRET_ID"] = "some-other-secret-id"

    with pytest.raises(DeniedSecretError, match="invalid role or secret ID"):
        VaultProvider(settings(vault={"address": vault.address, "role_id": ROLE}), stage.around)


def test_rotating_one_half_of_a_pair_does_not_freshen_the_other(vault: Vault, stage: Stage) -> None:
    """One version holds both, and only one of them is new."""
    vault.put("bybit/live", api_key=VALUE, api_secret=OTHER)
    vault.now_ns += 60 * DAY_NS
    provider = logged_in(vault, stage)

    written = provider.write(KEY, Secret("api_key", NEXT))

    key, secret = (provider.read(place, "x", dated=True) for place in (KEY, SECRET))
    assert (key.secret.reveal(), key.changed_ns, key.exact) == (NEXT, NOON_NS + 60 * DAY_NS, True)
    assert (secret.secret.reveal(), secret.changed_ns, secret.exact) == (OTHER, NOON_NS, True)
    assert (written.version, written.previous) == ("2", "vault:bybit/live#api_key, version 1")


def test_a_destroyed_version_leaves_the_age_a_lower_bound(vault: Vault, stage: Stage) -> None:
    """What stood there is not known any more, so the value may be older than its last visible version."""
    for days in range(3):
        vault.now_ns = NOON_NS + days * DAY_NS
        vault.put("bybit/live", api_key=VALUE)
    vault.paths["bybit/live"][0].destroyed = True

    held = logged_in(vault, stage).read(KEY, "api_key", dated=True)

    assert (held.changed_ns, held.exact) == (NOON_NS + DAY_NS, False)


def test_a_long_history_is_looked_through_to_a_bound(vault: Vault, stage: Stage) -> None:
    """A path with a thousand versions must not make the status of one key a thousand requests."""
    for days in range(30):
        vault.now_ns = NOON_NS + days * DAY_NS
        vault.put("bybit/live", api_key=VALUE)

    held = logged_in(vault, stage).read(KEY, "api_key", dated=True)

    assert (held.changed_ns, held.exact) == (NOON_NS + 20 * DAY_NS, False)
    assert len(vault.requests) == 10


def test_rotation_creates_what_is_not_there_or_was_deleted(vault: Vault, stage: Stage) -> None:
    """The first key is a rotation from nothing."""
    provider = logged_in(vault, stage)
    assert provider.write(KEY, Secret("api_key", VALUE)).previous is None
    vault.paths["bybit/live"][0].deleted = "2026-01-01T00:00:00Z"
    with pytest.raises(MissingSecretError):
        provider.read(KEY, "api_key")

    assert provider.write(KEY, Secret("api_key", NEXT)).version == "2"
    assert provider.read(KEY, "api_key").secret.reveal() == NEXT


def test_two_people_cannot_undo_each_other(
    vault: Vault, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was read is written back with one field changed; in between somebody may have written."""
    vault.put("bybit/live", api_key=VALUE, api_secret=OTHER)
    provider, write = logged_in(vault, stage), vault._write

    def late(path: str, body: dict[str, object]) -> tuple[int, dict[str, object]]:
        vault.put("bybit/live", api_key=VALUE, api_secret="somebody-else-s-new-one")
        return write(path, body)

    monkeypatch.setattr(vault, "_write", late)

    with pytest.raises(RefusedError, match="somebody else"):
        provider.write(KEY, Secret("api_key", NEXT))
    assert vault.paths["bybit/live"][-1].data["api_secret"] == "somebody-else-s-new-one"


@pytest.mark.parametrize("token", [READER, "hvs.nobody-knows-this-one"])
def test_what_the_policy_does_not_allow_is_denied(vault: Vault, stage: Stage, token: str) -> None:
    """Exit code 2: somebody has to allow it."""
    vault.put("bybit/live", api_key=VALUE)

    with pytest.raises(DeniedSecretError, match="permission denied") as caught:
        logged_in(vault, stage, token).write(KEY, Secret("api_key", NEXT))
    assert token not in caught.value.line


@pytest.mark.parametrize(
    "place", [Reference("vault", "no/where", "x"), Reference("vault", "bybit/live", "x")]
)
def test_what_is_not_there_is_missing(vault: Vault, stage: Stage, place: Reference) -> None:
    """The path, or the field in it."""
    vault.put("bybit/live", api_key=VALUE)

    with pytest.raises(MissingSecretError, match=str(place)):
        logged_in(vault, stage).read(place, "x")


def test_a_sealed_vault_is_an_outside_failure(vault: Vault, stage: Stage) -> None:
    """Exit code 4, and the error says that it is sealed."""
    vault.sealed = True

    with pytest.raises(OutsideError, match="sealed"):
        logged_in(vault, stage).read(KEY, "api_key")


def test_a_vault_that_does_not_answer_is_an_outside_failure(vault: Vault, stage: Stage) -> None:
    """Nothing listens there."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        vault.address = f"http://127.0.0.1:{taken.getsockname()[1]}"

        with pytest.raises(OutsideError, match="does not answer"):
            logged_in(vault, stage).read(KEY, "api_key")


@pytest.mark.parametrize(
    ("env", "address", "said"),
    [
        ({}, None, "no Vault is named"),
        ({"VAULT_TOKEN": WRITER}, "http://vault.example.org:8200", "in the clear"),
        ({}, "https://vault.example.org", "VAULT_TOKEN"),
        ({"VAULT_TOKEN": "root"}, "https://vault.example.org", "8 to"),
    ],
)
def test_what_is_not_set_up_is_one_clear_error(
    stage: Stage, env: dict[str, str], address: str | None, said: str
) -> None:
    """Exit code 2, before anything is asked."""
    stage.env |= env

    with pytest.raises(UsageError, match=said):
        VaultProvider(settings(vault={"address": address}), stage.around)


def test_a_place_without_a_field_is_refused(vault: Vault, stage: Stage) -> None:
    """A path of Vault holds many values."""
    with pytest.raises(UsageError, match="PATH#FIELD"):
        logged_in(vault, stage).read(Reference("vault", "bybit/live"), "x")
