"""Secrets in the environment."""

import pytest
from tests.live.secrets.stage import Stage, settings

from seatrial.live.secrets.provider.env import EnvProvider
from seatrial.live.secrets.refusals import MissingSecretError
from seatrial.model.errors import UsageError
from seatrial.model.secret import Secret
from seatrial.model.secret_settings import Reference

KEY = Reference("env", "BYBIT_API_KEY")
VALUE = "hK2nQ8xTk3pL0wZ9aB"


def test_a_variable_is_read_and_has_no_date(stage: Stage) -> None:
    """The environment does not know since when it holds a value, so nobody may claim it is fresh."""
    stage.env["BYBIT_API_KEY"] = VALUE

    held = EnvProvider(settings(), stage.around).read(KEY, "api_key", dated=True)

    assert held.secret.reveal() == VALUE
    assert (held.changed_ns, held.exact) == (None, False)


@pytest.mark.parametrize("value", [None, ""])
def test_an_empty_variable_is_a_missing_secret(stage: Stage, value: str | None) -> None:
    """An empty key would be refused by the venue an hour later, with a worse message."""
    if value is not None:
        stage.env["BYBIT_API_KEY"] = value

    with pytest.raises(MissingSecretError, match="export BYBIT_API_KEY"):
        EnvProvider(settings(), stage.around).read(KEY, "api_key")


@pytest.mark.parametrize(
    "place",
    [
        Reference("env", "A-B"),
        Reference("env", "A", "b"),
        Reference("env", "SEATRIAL_KEY"),
        Reference("env", "SOAK_KEY"),
    ],
)
def test_what_cannot_be_a_variable_of_a_secret_is_refused(stage: Stage, place: Reference) -> None:
    """A SEATRIAL_ variable would be taken for an override of a setting, and shown."""
    stage.env[place.place] = VALUE

    with pytest.raises(UsageError):
        EnvProvider(settings(), stage.around).read(place, "api_key")


def test_it_cannot_be_written(stage: Stage) -> None:
    """A process that changes its own copy has rotated nothing."""
    with pytest.raises(UsageError, match="only its own environment") as caught:
        EnvProvider(settings(), stage.around).write(KEY, Secret("api_key", VALUE))
    assert "keyring" in str(caught.value.fix)
