"""A secret shows its value through one door only."""

import copy
import json
import logging
import pickle
import pprint
import traceback

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seatrial.model.config import Config
from seatrial.model.errors import InputError, OutsideError, UsageError, Where
from seatrial.model.redact import MARK, unfit
from seatrial.model.secret import Secret

VALUE = "hK2nQ8xTk3pL0wZ9aB"
VALUES = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=8, max_size=30).filter(
    lambda value: unfit(value) is None and value not in "Secret('api_key')"
)

pytestmark = pytest.mark.usefixtures("forgetful")


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=VALUES)
def test_no_way_of_showing_it_shows_the_value(value: str) -> None:
    """Settings get printed, formatted, logged and dumped by code that does not know what it holds."""
    secret = Secret("api_key", value)
    shown = [
        repr(secret),
        str(secret),
        f"{secret}{secret!r}{secret!s}{secret:>40}",
        "%s %r" % (secret, secret),  # noqa: UP031 -- how older code formats
        pprint.pformat({"key": [secret]}),
        orjson.dumps({"key": secret}, default=str).decode(),
        logging.makeLogRecord({"msg": "%s", "args": (secret,)}).getMessage(),
        repr(dir(secret)),
    ]

    assert [text for text in shown if value in text] == []
    assert secret.reveal() == value


def test_a_traceback_with_local_variables_does_not_show_it() -> None:
    """Error trackers send the variables of every frame."""
    secret = Secret("api_key", VALUE)
    try:
        raise ValueError(secret)
    except ValueError as error:
        told = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())

    assert "Secret('api_key')" in told
    assert f"secret = {VALUE}" not in told


def test_it_cannot_leave_the_process_by_accident() -> None:
    """A pickle goes to disks and other machines; JSON to everywhere."""
    secret = Secret("api_key", VALUE)

    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        with pytest.raises(TypeError, match="cannot be pickled"):
            pickle.dumps(secret, protocol)
    with pytest.raises(TypeError):
        json.dumps(secret)
    with pytest.raises(TypeError):
        vars(secret)
    assert copy.deepcopy([secret]) == [secret]
    assert copy.copy(secret) is secret


def test_it_cannot_become_a_setting() -> None:
    """A resolved configuration goes into every record."""

    class Wrong(Config):
        key: str

    with pytest.raises(ValueError, match="valid string"):
        Wrong(key=Secret("api_key", VALUE))


def test_two_secrets_are_compared_by_a_method_only() -> None:
    """`==` on secrets ends up in a test of a guess, letter by letter."""
    one, other = Secret("a", VALUE), Secret("b", VALUE)

    assert one != other
    assert one.same_as(other)
    assert not one.same_as(Secret("c", VALUE + "x"))


@pytest.mark.parametrize("value", ["short7!", "123456789012", ""])
def test_what_cannot_be_protected_is_refused(value: str) -> None:
    """A key that cannot be kept out of a log is better changed than leaked."""
    with pytest.raises(UsageError) as caught:
        Secret("api_key", value)

    assert not value or value not in caught.value.line


def test_errors_made_after_it_do_not_tell_it() -> None:
    """The text of an error goes to alerts, reports and public threads."""
    Secret("api_key", VALUE)

    error = OutsideError(f"401 for {VALUE}", where=Where(f"/x/{VALUE}", 3), fix=f"change {VALUE}")

    assert VALUE not in f"{error}{error.line}{error.message}{error!r}"
    assert error.message == f"401 for {MARK}"
    assert VALUE not in str(InputError(f"bad {VALUE}"))
