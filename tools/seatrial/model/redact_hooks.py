"""
Redaction where Python itself does the writing: log records and uncaught exceptions.

Libraries log what they send when somebody turns their debug level on, and an exception in a thread
goes straight to stderr. So with the first secret that a process learns these ways out are guarded:
every log record, of whatever logger and handler, is finished and searched as it is made (its
arguments may each hold a piece of a value), and so is every uncaught traceback. What holds no
secret goes on exactly as before.
"""

import logging
import sys
import threading
import traceback
from typing import Any

from .redact import KNOWN, Redactor

_PLAIN = logging.Formatter()
_OURS = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}
_ON: list[bool] = []


class RedactingFilter(logging.Filter):
    """A filter that takes secrets out of a record, the fields that a caller added included."""

    def __init__(self, known: Redactor = KNOWN) -> None:
        super().__init__()
        self._known = known

    def filter(self, record: logging.LogRecord) -> bool:
        """Clean the record in place; it is always let through."""
        if self._known.armed:
            clean(record, self._known)
        return True


def clean(record: logging.LogRecord, known: Redactor = KNOWN) -> None:
    """Replace what holds a secret in a record's message, exception, stack and added fields."""
    said = _message(record)
    if known.text(said) != said:
        record.msg, record.args = known.text(said), ()
    if record.exc_info and not record.exc_text:
        told = _PLAIN.formatException(record.exc_info) if isinstance(record.exc_info, tuple) else ""
        if known.text(told) != told:
            # A formatter takes the finished text before it looks at the exception.
            record.exc_text, record.exc_info = known.text(told), None
    elif record.exc_text:
        record.exc_text = known.text(record.exc_text)
    if record.stack_info:
        record.stack_info = known.text(record.stack_info)
    for key in vars(record).keys() - _OURS:
        held = getattr(record, key)
        shown = held if isinstance(held, str) else repr(held)
        if known.text(shown) != shown:
            setattr(record, key, known.text(shown))


def guard() -> None:
    """Guard this process's logs and uncaught exceptions; once is enough."""
    if _ON:
        return
    _ON.append(True)
    make, screen = logging.getLogRecordFactory(), RedactingFilter()

    def made(*args: Any, **kwargs: Any) -> logging.LogRecord:
        record = make(*args, **kwargs)
        screen.filter(record)
        return record

    logging.setLogRecordFactory(made)
    for handler in logging.getLogger().handlers:
        # Fields that a caller adds arrive after the record was made.
        handler.addFilter(screen)
    _guard_tracebacks()


def _guard_tracebacks() -> None:
    main, thread, unraisable = sys.excepthook, threading.excepthook, sys.unraisablehook

    def on_main(kind: Any, error: Any, trace: Any) -> None:
        _told_clean(error) or main(kind, error, trace)

    def on_thread(args: Any) -> None:
        _told_clean(args.exc_value) or thread(args)

    def on_unraisable(args: Any) -> None:
        _told_clean(args.exc_value) or unraisable(args)

    sys.excepthook, threading.excepthook, sys.unraisablehook = on_main, on_thread, on_unraisable


def _told_clean(error: BaseException | None) -> bool:
    """Write the traceback without its secrets, and return whether there were any."""
    if error is None:
        return False
    told = "".join(traceback.format_exception(error))
    shown = KNOWN.text(told)
    if shown == told:
        return False
    sys.stderr.write(shown)
    return True


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except (TypeError, ValueError, KeyError):
        # A record whose arguments do not fit is reported by its handler, arguments and all.
        return f"{record.msg} {record.args}"
