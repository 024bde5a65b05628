"""The one way to a secret: it is written down, before the value is handed over."""

import os
import pwd
from pathlib import Path

import pytest
from tests.live.secrets.stage import NOON_NS, Stage, settings

from seatrial.live.secrets.opening import access_of, open_secret
from seatrial.live.secrets.refusals import MissingSecretError
from seatrial.model.errors import OutsideError, UsageError
from seatrial.model.redact import KNOWN

VALUE = "hK2nQ8xTk3pL0wZ9aB"
NAMES = {"api_key": "env:BYBIT_API_KEY", "other": "env:OTHER"}


def test_an_access_leaves_one_line_that_says_everything_but_the_value(stage: Stage) -> None:
    """Who, when, what, from where, for what, how it ended."""
    stage.env["BYBIT_API_KEY"] = VALUE

    secret = open_secret(settings(NAMES), "api_key", "sign orders\nfor the desk", stage.access)

    assert secret.reveal() == VALUE
    assert stage.logged() == [
        {
            "ts_ns": NOON_NS,
            "user": "alice",
            "pid": os.getpid(),
            "name": "api_key",
            "provider": "env",
            "place": "env:BYBIT_API_KEY",
            "purpose": "sign orders for the desk",
            "outcome": "granted",
            "detail": None,
        }
    ]
    assert VALUE not in stage.log_path.read_text()


def test_an_opened_secret_is_known_to_redaction_at_once(stage: Stage) -> None:
    """The first log line after it may be the one that leaks."""
    stage.env["BYBIT_API_KEY"] = VALUE

    open_secret(settings(NAMES), "api_key", "test", stage.access)

    assert KNOWN.text(f"key {VALUE}") == "key [redacted]"


def test_a_failed_access_is_written_down_too(stage: Stage) -> None:
    """Somebody who tries the doors is of interest."""
    with pytest.raises(MissingSecretError):
        open_secret(settings(NAMES), "api_key", "test", stage.access)

    assert [(entry["outcome"], entry["name"]) for entry in stage.logged()] == [("missing", "api_key")]


def test_without_its_log_no_secret_is_handed_over(stage: Stage) -> None:
    """An access that nobody knows of is what the log is there to prevent."""
    stage.env["BYBIT_API_KEY"] = VALUE
    stage.log_path.parent.write_text("in the way")

    with pytest.raises(OutsideError, match="written down"):
        open_secret(settings(NAMES), "api_key", "test", stage.access)


def test_a_name_that_nobody_configured_says_which_there_are(stage: Stage) -> None:
    """Exit code 2, and no line in the log: there is no such door."""
    with pytest.raises(UsageError, match="known: api_key, other"):
        open_secret(settings(NAMES), "api_kye", "test", stage.access)
    with pytest.raises(UsageError, match=r"secrets\.names\.x=env:BYBIT_API_KEY"):
        open_secret(settings(), "x", "test", stage.access)
    assert not stage.log_path.exists()


def test_a_provider_that_nobody_knows_is_one_clear_error(stage: Stage) -> None:
    """A typing mistake in a reference."""
    with pytest.raises(UsageError, match="did you mean 'keyring'"):
        open_secret(settings({"a": "keyrnig:x#y"}), "a", "test", stage.access)


def test_the_real_access_takes_the_user_from_the_kernel(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """USER and LOGNAME say what somebody wants them to say."""
    monkeypatch.setenv("USER", "somebody-else")
    monkeypatch.setenv("LOGNAME", "somebody-else")

    access = access_of(settings(access_log=str(tmp_path / "a")))

    assert access.user == pwd.getpwuid(os.geteuid()).pw_name
    assert access.env["USER"] == "somebody-else"
