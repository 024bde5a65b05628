"""What every keeper of secrets must satisfy, whatever it is."""

import re
from collections.abc import Iterator

import pytest
from tests.live.secrets.stage import DAY_NS, NOON_NS, Stage, moto, settings
from tests.live.secrets.vault_server import WRITER, running

from seatrial.live.secrets.provider import PROVIDERS
from seatrial.live.secrets.provider.interface import Provider
from seatrial.live.secrets.refusals import MissingSecretError
from seatrial.model.redact import KNOWN
from seatrial.model.secret import Secret
from seatrial.model.secret_settings import Reference

pytestmark = pytest.mark.usefixtures("forgetful")

VALUES = [
    "hK2nQ8xTk3pL0wZ9aB",
    "p\"ss'w<rd>&\\n+/ %é: #\U0001f511=",
    "012345678x",
    " padded ",
    "-----BEGIN KEY-----\nMIIEvQIBADAN\n-----END KEY-----",
]
WRITERS = ["file.yaml", "file.json", "file.env", "keyring", "aws", "vault"]


@pytest.fixture(scope="module")
def aws() -> Iterator[str]:
    """A local AWS."""
    pytest.importorskip("moto", reason="moto is not installed")
    with moto() as address:
        yield address


@pytest.fixture
def keeper(
    request: pytest.FixtureRequest, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Provider, Reference]]:
    """A real keeper on this machine, and a place in it where nothing is yet."""
    kind = request.param
    name = kind.partition(".")[0]
    make = PROVIDERS.get(name)
    if name == "env":
        yield make(settings(), stage.around), Reference("env", "API_KEY")
    elif name == "file":
        yield (
            make(settings(), stage.around),
            Reference("file", str(stage.folder / f"keys{kind[4:]}"), "API_KEY"),
        )
    elif name == "keyring":
        library = pytest.importorskip("keyring")
        backend = pytest.importorskip("keyrings.alt.file").PlaintextKeyring()
        backend.file_path = str(stage.folder / "ring.cfg")
        before = library.get_keyring()
        library.set_keyring(backend)
        yield make(settings(), stage.around), Reference("keyring", "seatrial", "API_KEY")
        library.set_keyring(before)
    elif name == "aws":
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
        where = {"region": "eu-west-1", "endpoint": request.getfixturevalue("aws")}
        place = Reference("aws", f"contract/{re.sub(r'[^A-Za-z0-9]', '_', request.node.name)}", "API_KEY")
        yield make(settings(aws=where), stage.around), place
    else:
        pytest.importorskip("hvac")
        with running() as vault:
            vault.now_ns, stage.env["VAULT_TOKEN"] = NOON_NS, WRITER
            yield (
                make(settings(vault={"address": vault.address}), stage.around),
                Reference("vault", "x/y", "API_KEY"),
            )


@pytest.fixture
def stage(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """A machine of its own."""
    return Stage(tmp_path_factory.mktemp("stage"))


@pytest.mark.parametrize("keeper", WRITERS, indirect=True)
@pytest.mark.parametrize("value", VALUES)
def test_what_is_written_is_read_and_known_to_redaction(
    keeper: tuple[Provider, Reference], value: str
) -> None:
    """Any key that a venue may issue, to the byte; and from then on in no text."""
    provider, place = keeper

    provider.write(place, Secret("api_key", value))
    held = provider.read(place, "api_key")

    assert held.secret.reveal() == value
    assert value not in KNOWN.text(f"<{value}>")
    assert value not in repr(held)


@pytest.mark.parametrize("keeper", ["env", *WRITERS], indirect=True)
def test_what_is_not_there_is_missing_and_says_where(keeper: tuple[Provider, Reference]) -> None:
    """One error for all keepers, exit code 2."""
    provider, place = keeper

    with pytest.raises(MissingSecretError, match=place.place) as caught:
        provider.read(place, "api_key")
    assert caught.value.exit_code == 2
    assert caught.value.fix


@pytest.mark.parametrize("keeper", WRITERS, indirect=True)
def test_rotation_says_where_the_value_before_is_and_dates_the_new_one(
    keeper: tuple[Provider, Reference], stage: Stage
) -> None:
    """Without the one before there is no way back; without the date no green light."""
    provider, place = keeper
    first = provider.write(place, Secret("api_key", VALUES[0]))

    second = provider.write(place, Secret("api_key", VALUES[1]))

    held = provider.read(place, "api_key", dated=True)
    assert (first.previous, held.secret.reveal(), held.exact) == (None, VALUES[1], True)
    assert second.previous
    assert str(place) in second.previous
    assert held.changed_ns is not None
    assert place.provider == "aws" or abs(held.changed_ns - NOON_NS) < DAY_NS
