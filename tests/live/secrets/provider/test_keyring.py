"""Secrets in the keyring, with a real back end of it in a folder of its own."""

from collections.abc import Iterator
from typing import Any

import pytest
from tests.live.secrets.stage import NOON_NS, Stage, settings

from seatrial.live.secrets.provider.keyring import KeyringProvider
from seatrial.live.secrets.refusals import MissingSecretError
from seatrial.model.errors import OutsideError, UsageError
from seatrial.model.secret import Secret
from seatrial.model.secret_settings import Reference

PLACE = Reference("keyring", "seatrial", "bybit")
VALUE, NEXT = "hK2nQ8xTk3pL0wZ9aB", "the-next-value-77"


@pytest.fixture
def ring(stage: Stage) -> Iterator[Any]:
    """The keyring library with a file back end under the stage's folder."""
    keyring = pytest.importorskip("keyring", reason="keyring is not installed")
    files = pytest.importorskip("keyrings.alt.file", reason="keyrings.alt is not installed")
    before, backend = keyring.get_keyring(), files.PlaintextKeyring()
    backend.file_path = str(stage.folder / "ring.cfg")
    keyring.set_keyring(backend)
    yield keyring
    keyring.set_keyring(before)


def test_what_another_program_stored_is_read_and_has_no_date(ring: Any, stage: Stage) -> None:
    """Most keys get there by the desktop's own dialogue."""
    ring.set_password("seatrial", "bybit", VALUE)

    held = KeyringProvider(settings(), stage.around).read(PLACE, "api_key", dated=True)

    assert (held.secret.reveal(), held.changed_ns, held.exact) == (VALUE, None, False)


def test_rotation_dates_the_value_and_keeps_the_one_before(ring: Any, stage: Stage) -> None:
    """The keyring has neither dates nor versions, so two entries beside it hold them."""
    provider = KeyringProvider(settings(), stage.around)
    assert provider.write(PLACE, Secret("api_key", VALUE)).previous is None
    stage.clock.days_pass(30)

    written = provider.write(PLACE, Secret("api_key", NEXT))

    held = provider.read(PLACE, "api_key", dated=True)
    assert (held.secret.reveal(), held.exact) == (NEXT, True)
    assert held.changed_ns == NOON_NS + 30 * 86_400 * 10**9
    assert ring.get_password("seatrial", "bybit.previous") == VALUE
    assert written.previous == "keyring:seatrial#bybit.previous"


def test_a_missing_entry_says_how_to_make_it(ring: Any, stage: Stage) -> None:
    """With the library's own command."""
    with pytest.raises(MissingSecretError, match="keyring set seatrial bybit"):
        KeyringProvider(settings(), stage.around).read(PLACE, "api_key")


def test_a_place_without_a_user_is_refused(ring: Any, stage: Stage) -> None:
    """A service alone names nothing."""
    with pytest.raises(UsageError, match="SERVICE#USERNAME"):
        KeyringProvider(settings(), stage.around).read(Reference("keyring", "seatrial"), "api_key")


def test_a_machine_without_a_keyring_is_an_outside_failure(ring: Any, stage: Stage) -> None:
    """A server has none; the error says what to take instead."""
    fail = pytest.importorskip("keyring.backends.fail")
    ring.set_keyring(fail.Keyring())

    with pytest.raises(OutsideError, match="no keyring"):
        KeyringProvider(settings(), stage.around).read(PLACE, "api_key")
