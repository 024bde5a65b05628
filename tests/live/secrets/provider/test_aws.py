"""Secrets in AWS Secrets Manager, against a local server that speaks its API."""

import json
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from tests.live.secrets.stage import Stage, settings

from seatrial.live.secrets.provider.aws import AwsProvider, must_be_sealed
from seatrial.live.secrets.refusals import DeniedSecretError, MissingSecretError
from seatrial.model.errors import InputError, OutsideError, SeatrialError, UsageError
from seatrial.model.secret import Secret
from seatrial.model.secret_settings import Reference, SecretsSettings

pytest.importorskip("boto3", reason="boto3 is not installed")

VALUE, NEXT, OTHER = "hK2nQ8xTk3pL0wZ9aB", "the-next-value-77", "the-other-value-5"


@pytest.fixture(autouse=True)
def _credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """AWS's own chain finds these, and nothing of the machine's."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")


def at(address: str) -> SecretsSettings:
    """Settings of an AWS at this address."""
    return settings(aws={"region": "eu-west-1", "endpoint": address}, timeout_s=10)


@pytest.fixture
def provider(moto: str, stage: Stage) -> AwsProvider:
    """The provider at the local server."""
    return AwsProvider(at(moto), stage.around)


@pytest.fixture
def aws(moto: str) -> Any:
    """An operator's own client."""
    boto3 = pytest.importorskip("boto3")
    return boto3.client("secretsmanager", region_name="eu-west-1", endpoint_url=moto)


def test_a_whole_secret_and_a_field_are_read(provider: AwsProvider, aws: Any) -> None:
    """Both ways of storing keys are common."""
    aws.create_secret(Name="t1/whole", SecretString=VALUE)
    aws.create_secret(Name="t1/fields", SecretString=json.dumps({"api_key": NEXT, "n": 3}))

    assert provider.read(Reference("aws", "t1/whole"), "a").secret.reveal() == VALUE
    assert provider.read(Reference("aws", "t1/fields", "api_key"), "b").secret.reveal() == NEXT


def test_the_age_is_the_value_s_and_not_the_description_s(provider: AwsProvider, aws: Any) -> None:
    """A tag added by a script changes LastChangedDate, and must not turn an old key green."""
    aws.create_secret(Name="t2/key", SecretString=VALUE)
    created = aws.list_secret_version_ids(SecretId="t2/key")["Versions"][0]["CreatedDate"]
    aws.tag_resource(SecretId="t2/key", Tags=[{"Key": "team", "Value": "desk"}])

    held = provider.read(Reference("aws", "t2/key"), "a", dated=True)

    assert (held.changed_ns, held.exact) == (int(created.timestamp()) * 10**9, True)


def test_rotation_makes_a_version_and_aws_keeps_the_one_before(provider: AwsProvider, aws: Any) -> None:
    """The venue may still know the old key only."""
    place = Reference("aws", "t3/pair", "api_key")
    aws.create_secret(Name="t3/pair", SecretString=json.dumps({"api_key": VALUE, "api_secret": OTHER}))

    written = provider.write(place, Secret("api_key", NEXT))

    held = provider.read(place, "api_key", dated=True)
    before = aws.get_secret_value(SecretId="t3/pair", VersionStage="AWSPREVIOUS")
    assert (held.secret.reveal(), held.version, held.exact) == (NEXT, written.version, True)
    assert json.loads(before["SecretString"])["api_key"] == VALUE
    assert written.previous == "aws:t3/pair#api_key, stage AWSPREVIOUS"


def test_rotating_one_half_of_a_pair_does_not_freshen_the_other(provider: AwsProvider, aws: Any) -> None:
    """One version holds both, and only one of them is new."""
    aws.create_secret(Name="t4/pair", SecretString=json.dumps({"api_key": VALUE, "api_secret": OTHER}))
    first = aws.get_secret_value(SecretId="t4/pair")
    provider.write(Reference("aws", "t4/pair", "api_key"), Secret("api_key", NEXT))

    held = provider.read(Reference("aws", "t4/pair", "api_secret"), "api_secret", dated=True)

    assert (held.secret.reveal(), held.exact) == (OTHER, False)
    assert held.changed_ns == int(first["CreatedDate"].timestamp()) * 10**9


def test_a_secret_that_is_not_there_is_created_by_rotation(provider: AwsProvider) -> None:
    """The first key is a rotation from nothing."""
    place = Reference("aws", "t5/new", "api_key")

    assert provider.write(place, Secret("api_key", VALUE)).previous is None
    assert provider.read(place, "api_key").secret.reveal() == VALUE


@pytest.mark.parametrize("place", [Reference("aws", "t6/none"), Reference("aws", "t6/fields", "none")])
def test_what_is_not_there_is_missing(provider: AwsProvider, aws: Any, place: Reference) -> None:
    """Exit code 2: somebody has to put it there."""
    if place.field:
        aws.create_secret(Name=place.place, SecretString='{"api_key": "xxxxxxxx"}')

    with pytest.raises(MissingSecretError, match=str(place)):
        provider.read(place, "a")


def test_what_waits_for_deletion_is_missing_with_aws_s_reason(provider: AwsProvider, aws: Any) -> None:
    """AWS keeps a deleted secret for days; using it then would be a surprise on the last."""
    aws.create_secret(Name="t7/gone", SecretString=VALUE)
    aws.delete_secret(SecretId="t7/gone")

    with pytest.raises(MissingSecretError, match="deleted"):
        provider.read(Reference("aws", "t7/gone"), "a")


@pytest.mark.parametrize("text", ["no json at all", "[1]"])
def test_a_field_of_what_has_none_is_told_without_quoting_it(
    provider: AwsProvider, aws: Any, text: str
) -> None:
    """A JSON reader's message would hold the value."""
    name = f"t8/{len(text)}"
    aws.create_secret(Name=name, SecretString=text)

    with pytest.raises(InputError, match="not a JSON object") as caught:
        provider.read(Reference("aws", name, "api_key"), "a")
    assert text not in caught.value.line


def test_a_binary_secret_is_refused(provider: AwsProvider, aws: Any) -> None:
    """It has no text to be taken out of logs."""
    aws.create_secret(Name="t9/binary", SecretBinary=b"\x00\x01")

    with pytest.raises(InputError, match="binary"):
        provider.read(Reference("aws", "t9/binary"), "a")


def test_an_aws_that_does_not_answer_is_an_outside_failure(stage: Stage) -> None:
    """Exit code 4: nobody at this keyboard can mend it."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{taken.getsockname()[1]}"

        with pytest.raises(OutsideError, match="does not answer"):
            AwsProvider(at(address), stage.around).read(Reference("aws", "x"), "a")


@pytest.mark.parametrize(
    ("code", "status", "error"),
    [
        ("AccessDeniedException", 400, DeniedSecretError),
        ("ExpiredTokenException", 400, DeniedSecretError),
        ("DecryptionFailure", 400, DeniedSecretError),
        ("InternalServiceError", 500, OutsideError),
        ("SomethingNew", 418, OutsideError),
    ],
)
def test_a_refusal_tells_who_must_act(
    stage: Stage, code: str, status: int, error: type[SeatrialError]
) -> None:
    """2 when a policy or a login has to change, 4 when AWS is down or says what nobody knows."""

    class Refusing(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            said = json.dumps({"__type": code, "Message": "no"}).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Refusing)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    provider = AwsProvider(at(f"http://127.0.0.1:{server.server_port}"), stage.around)
    try:
        with pytest.raises(error, match=code):
            provider.read(Reference("aws", "x"), "a")
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_missing_credentials_are_the_person_s_business(
    moto: str, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit code 2, with the way out."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)

    with pytest.raises(DeniedSecretError, match="no credentials"):
        AwsProvider(at(moto), stage.around).read(Reference("aws", "x"), "a")


def test_a_missing_region_is_one_clear_error(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first thing that is forgotten."""
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)

    with pytest.raises(UsageError, match="AWS_REGION"):
        AwsProvider(settings(), stage.around)


@pytest.mark.parametrize("address", ["http://secrets.example.org", "ftp://127.0.0.1", "127.0.0.1:8200"])
def test_an_address_in_the_clear_is_refused(address: str) -> None:
    """The value would cross the network as it is."""
    with pytest.raises(UsageError, match="in the clear"):
        must_be_sealed(address, "secrets.aws.endpoint")
