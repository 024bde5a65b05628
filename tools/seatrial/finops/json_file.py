"""
The records of a JSON statement, one after another, however long its lists are.

Venues wrap their lists (`{"result": {"list": [...]}}`), key them by id, or write one document a
line. The wrapping is walked, not loaded: of a million records one is in memory.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..model.errors import InputError, Where
from .text_file import open_text

# Names under which venues keep a list of records, or a wrapping around it.
WRAPPINGS = frozenset(
    {
        "result", "data", "list", "rows", "fills", "trades", "ledger", "ledgers", "items", "records",
        "entries", "transactions", "history", "payload", "results", "income", "executions", "logs",
        "event",
    }
)  # fmt: skip
DEEPEST = 4
# A record is a page of fields; what is larger is a list under a name that nobody knows.
MOST_VALUES = 20_000
# An answer's object with fewer fields than this is a cursor or a count, no record.
FEWEST_FIELDS = 4
PREAMBLE_LINES = 12
# Where venues say how a request went, and the codes of those that went well.
CODES = ("retCode", "ret_code", "code")
SAYINGS = ("retMsg", "ret_msg", "msg", "message", "err-msg", "errorMessage")
FINE = frozenset({"0", "200", "0000", "00000", "200000"})
MOST_CHARACTERS = 65_536


class _Utf8:
    """A text stream as the UTF-8 bytes that the parser wants."""

    def __init__(self, text: Any, begun: str) -> None:
        self._text, self._begun = text, begun

    def read(self, size: int) -> bytes:
        if size == 0:
            return b""
        begun, self._begun = self._begun, ""
        return (begun or str(self._text.read(size))).encode("utf-8")


def looks_like_json(lines: list[str]) -> bool:
    """Say whether the first lines of a file are JSON, perhaps after the lines of a request."""
    for line in lines[:PREAMBLE_LINES]:
        stripped = line.strip("\ufeff \t\r\n")
        if stripped[:1] in {"{", "["}:
            return True
        if stripped and stripped[0] not in "<>=/" and not stripped.isalpha():
            return False
    return False


def _first_json(text: Any, path: Path) -> str:
    """Return the first line of the JSON itself, whatever request was recorded before it."""
    for _ in range(PREAMBLE_LINES):
        line = str(text.readline(MOST_CHARACTERS)).lstrip("\ufeff")
        if line.lstrip()[:1] in {"{", "["}:
            return line
    raise InputError("is not JSON", where=Where(path.name, 1), fix="download the answer again")


def json_records(path: Path) -> Iterator[tuple[int, Any, dict[str, str]]]:
    """
    Return (number from 1, record, what its wrapping says) of every record in the file.

    A file without a list is one record. InputError for what is not JSON.
    """
    import ijson

    number = 0
    with open_text(path) as text:
        try:
            source = _Utf8(text, _first_json(text, path))
            events = ijson.basic_parse(source, multiple_values=True, use_float=False)
            for event, value in events:
                for record, context in _document(events, event, value):
                    number += 1
                    yield number, record, context
        except ijson.JSONError as error:
            where = Where(path.name, number + 1)
            reason = " ".join(str(error).split("\n")[0].split())[:120]
            fix = "download the whole answer again"
            raise InputError(f"is not JSON after record {number}: {reason}", where=where, fix=fix) from error
        except ArithmeticError as error:
            where = Where(path.name, number + 1)
            raise InputError(
                "holds a number beyond all measure", where=where, fix="download it again"
            ) from error
        except _AnsweredError as error:
            where = Where(path.name, number + 1)
            told = f"the venue answered with an error: {' '.join(str(error).split())[:120]}"
            raise InputError(told, where=where, fix="ask it again") from error
        except _TooLargeError as error:
            where = Where(path.name, number + 1)
            raise InputError(str(error), where=where, fix="give the list alone") from error
        except UnicodeDecodeError as error:
            where = Where(path.name, number + 1)
            raise InputError("is not UTF-8", where=where, fix="save the file as UTF-8") from error


def _error_in(answer: dict[str, Any]) -> str | None:
    """Return what a venue's answer says went wrong; a page that failed is a hole in the statement."""
    code = next((answer[name] for name in CODES if name in answer), None)
    said = next((str(answer[name]) for name in SAYINGS if answer.get(name)), "")
    errors = answer.get("error")
    if isinstance(errors, list) and errors:
        return ", ".join(map(str, errors))
    failed = answer.get("success") is False or answer.get("status") == "error"
    if failed or (code is not None and said and str(code) not in FINE):
        return said or "without a reason"
    return None


class _AnsweredError(Exception):
    """An answer that is an error of the venue's."""


class _TooLargeError(Exception):
    """A value that is not a list of records, and larger than a record."""


def _document(events: Iterator[Any], event: str, value: Any) -> Iterator[tuple[Any, dict[str, str]]]:
    """Walk one top-level value."""
    if event == "start_array":
        for record in _items(events):
            yield record, {}
    elif event == "start_map":
        yield from _Walk(events).object(0)
    else:
        yield value, {}


class _Walk:
    """One document with its wrapping: scalars on the way down become the context of the records."""

    def __init__(self, events: Iterator[Any]) -> None:
        self._events = events
        self.context: dict[str, str] = {}

    def object(self, depth: int) -> Iterator[tuple[Any, dict[str, str]]]:
        """Walk an object: it wraps records, or it is one."""
        own: dict[str, Any] = {}
        is_record = True
        for event, key in self._events:
            if event == "end_map":
                break
            inner, value = next(self._events)
            if key in WRAPPINGS and inner.startswith("start") and depth < DEEPEST:
                is_record = False
                yield from self._wrapped(str(key), inner, depth)
            else:
                own[str(key)] = _value(self._events, inner, value)
                if value is not None:
                    self.context[str(key)] = str(value)
        if depth == 0 and (reason := _error_in(own)):
            raise _AnsweredError(reason)
        if is_record and (depth == 0 or len(own) >= FEWEST_FIELDS):
            yield own, self.context

    def _wrapped(self, key: str, inner: str, depth: int) -> Iterator[tuple[Any, dict[str, str]]]:
        if inner == "start_array":
            for record in _items(self._events):
                yield record, self.context
        elif key in {"trades", "ledger"}:
            yield from self._keyed()
        else:
            yield from self.object(depth + 1)

    def _keyed(self) -> Iterator[tuple[Any, dict[str, str]]]:
        """Walk an object of records by id, as Kraken answers."""
        for event, key in self._events:
            if event == "end_map":
                return
            inner, value = next(self._events)
            record = _value(self._events, inner, value)
            if isinstance(record, dict):
                yield {"_key": str(key), **record}, self.context


def _items(events: Iterator[Any]) -> Iterator[Any]:
    for event, value in events:
        if event == "end_array":
            return
        yield _value(events, event, value)


def _value(events: Iterator[Any], event: str, value: Any) -> Any:
    """Build one value from its first event on."""
    if not event.startswith("start"):
        return value
    from ijson import ObjectBuilder

    builder = ObjectBuilder()
    builder.event(event, value)
    depth = 1
    for count, (inner, part) in enumerate(events):
        builder.event(inner, part)
        depth += inner.startswith("start") - inner.startswith("end")
        if not depth:
            break
        if count > MOST_VALUES:
            raise _TooLargeError("holds a list under a name that is not known")
    return builder.value
