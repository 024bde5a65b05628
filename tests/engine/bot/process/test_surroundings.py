"""The bot's environment: addresses in, our secrets out, and no secret in a record."""

import pytest

from seatrial.engine.bot.process.surroundings import (
    environment,
    filled,
    is_secret,
    secrets_of,
    without_secrets,
)
from seatrial.model.errors import UsageError
from seatrial.model.process import ProcessSettings

OURS = {"PATH": "/bin", "SEATRIAL_LIVE__KEY": "ours", "AWS_SECRET_ACCESS_KEY": "ours too", "MY_KEY": "handed"}
MARK = ("_SEATRIAL_MARK", "m")


def test_only_what_is_asked_for_reaches_the_bot() -> None:
    """A bot that inherits the production keys of its tester trades with them."""
    settings = ProcessSettings(env={"URL": "{rest}/v5", "N": "1"}, pass_env=("MY_KEY",))

    env = environment(settings, OURS, {"rest": "http://127.0.0.1:1"}, MARK)

    assert env == {
        "PATH": "/bin",
        "MY_KEY": "handed",
        "URL": "http://127.0.0.1:1/v5",
        "N": "1",
        "_SEATRIAL_MARK": "m",
    }
    assert secrets_of(env) == ["handed"]


def test_what_is_missing_is_said_before_anything_starts() -> None:
    """A bot without its key, or with an address of nothing, would run and prove nothing."""
    with pytest.raises(UsageError, match="GONE is not set"):
        environment(ProcessSettings(pass_env=("GONE",)), OURS, {}, MARK)
    with pytest.raises(UsageError, match=r"there is no address \{rest\}"):
        filled("{rest}", {}, "bot.command")


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        ("API_KEY", True), ("BYBIT_APIKEY", True), ("APIKEY", True), ("api_secret", True),
        ("DB_PASSWORD", True), ("BYBIT_API_KEY", True), ("AUTH_TOKEN", True), ("PRIVATE_PEM", True),
        ("KEYBOARD", True), ("MONKEY", False), ("URL", False), ("SYMBOL", False),
    ],
)  # fmt: skip
def test_a_name_says_whether_its_value_is_a_secret(name: str, secret: bool) -> None:
    """Blotting out too much costs a look at the profile; too little costs the account."""
    assert is_secret(name) is secret


def test_a_record_keeps_no_secret() -> None:
    """Records are sent around; that is what they are for."""
    values = {"bot": {"process": {"env": {"API_SECRET": "s3cret", "URL": "u"}}}, "x": 1}

    assert without_secrets(values)["bot"]["process"]["env"] == {"API_SECRET": "***", "URL": "u"}
    assert values["bot"]["process"]["env"]["API_SECRET"] == "s3cret"  # type: ignore[index]
    assert without_secrets({"bot": 1}) == {"bot": 1}


def test_the_address_of_a_key_is_none() -> None:
    """`{api_key}` says where the exchange's key goes; blotted out, the soak could not be resumed."""
    env = {"API_KEY": "{api_key}"}

    assert without_secrets({"bot": {"process": {"env": env}}}) == {"bot": {"process": {"env": env}}}
    assert secrets_of(env) == []


def test_a_secret_that_the_record_lacks_comes_from_the_environment() -> None:
    """A resumed soak has only the record, and the record has no secrets."""
    settings = ProcessSettings(env={"MY_KEY": "***"})

    assert environment(settings, OURS, {}, MARK)["MY_KEY"] == "handed"
    with pytest.raises(UsageError, match="set MY_KEY"):
        environment(settings, {}, {}, MARK)
