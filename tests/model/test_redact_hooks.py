"""Logs and uncaught exceptions: what Python writes by itself holds no secret either."""

import io
import logging
import subprocess
import sys
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seatrial.model.redact import KNOWN, MARK, Redactor
from seatrial.model.redact_hooks import RedactingFilter, guard

VALUE = "wJalrXUtn/FEMI+K7MDENG"

pytestmark = pytest.mark.usefixtures("forgetful")


@pytest.fixture
def said() -> Iterator[tuple[logging.Logger, io.StringIO]]:
    """A logger with a plain handler, and what it wrote."""
    KNOWN.learn(VALUE)
    guard()
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    logger = logging.getLogger("a.library.of.strangers")
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
    yield logger, stream
    logger.removeHandler(handler)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cut=st.integers(0, len(VALUE)), form=st.sampled_from(["%s%s", "%s%s\n", "key: %s%s", "%r %s%s"]))
def test_a_value_in_pieces_is_found(said: tuple[logging.Logger, io.StringIO], cut: int, form: str) -> None:
    """The arguments of a log call may each hold a half."""
    logger, stream = said
    arguments = (VALUE,) if "%r" in form else ()

    logger.debug(form, *arguments, VALUE[:cut], VALUE[cut:])

    assert VALUE not in stream.getvalue()
    assert MARK in stream.getvalue()


def test_a_logged_exception_and_its_cause_are_clean(said: tuple[logging.Logger, io.StringIO]) -> None:
    """Libraries put the URL that they called into the exception."""
    logger, stream = said
    try:
        try:
            raise ValueError(f"GET https://venue/?sign={quote(VALUE, safe='')}")
        except ValueError as error:
            raise RuntimeError(f"while using {VALUE}") from error
    except RuntimeError:
        logger.exception("order failed with %s", VALUE, stack_info=True)

    text = stream.getvalue()
    assert "RuntimeError: while using [redacted]" in text
    assert f"sign={MARK}" in text
    assert VALUE not in text
    assert quote(VALUE, safe="") not in text


def test_a_record_without_secrets_is_not_touched(said: tuple[logging.Logger, io.StringIO]) -> None:
    """Handlers that read message and arguments apart go on doing so."""
    logger, stream = said
    records: list[logging.LogRecord] = []

    class Keeping(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            records.append(record)

    handler = Keeping()
    logger.addHandler(handler)

    logger.info("filled %d at %s", 3, "1.5")

    assert (records[0].msg, records[0].args) == ("filled %d at %s", (3, "1.5"))
    assert stream.getvalue() == "filled 3 at 1.5\n"
    logger.removeHandler(handler)


def test_a_record_whose_arguments_do_not_fit_is_clean_too(said: tuple[logging.Logger, io.StringIO]) -> None:
    """A handler prints the arguments of a broken log call to stderr."""
    logger, stream = said

    logger.info("only %d", VALUE)

    assert stream.getvalue() == f"only %d ('{MARK}',)\n"


def test_the_filter_cleans_fields_that_a_caller_added() -> None:
    """A JSON formatter writes every attribute of a record."""
    known = Redactor()
    known.learn(VALUE)
    record = logging.makeLogRecord({"msg": "x", "headers": {"X-KEY": VALUE}, "token": VALUE, "count": 3})

    assert RedactingFilter(known).filter(record)

    assert vars(record)["token"] == MARK
    assert VALUE not in repr(vars(record))
    assert vars(record)["count"] == 3


_CRASH = """
import sys, threading
from seatrial.model.secret import Secret
key = Secret("api_key", sys.argv[1])
def work(): raise ValueError("in a thread: " + key.reveal())
thread = threading.Thread(target=work); thread.start(); thread.join()
class Bad:
    def __del__(self): raise ValueError("unraisable: " + key.reveal())
bad = Bad(); del bad
raise ValueError("at the end: " + key.reveal())
"""


def test_uncaught_exceptions_of_any_thread_are_clean() -> None:
    """Nobody redirects the stderr of a service into a safe."""
    done = subprocess.run([sys.executable, "-c", _CRASH, VALUE], capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert VALUE not in done.stderr
    assert [
        word for word in ("in a thread", "unraisable", "at the end") if f"{word}: {MARK}" not in done.stderr
    ] == []
