"""
Any history into operations.

EDN and JSON of Jepsen, Knossos, Porcupine and Elle, Jepsen's log lines, our journal and our lock history.

The form is told from the content, because the same name is used for several of them.
"""

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import orjson

from ...model.errors import InputError, Where
from ...model.journal_lines import lines
from .form import edn, jepsen_log
from .operation import Event, History, Operation, pair

JOURNAL: Final = "journal.jsonl"
LARGEST_BYTES: Final = 512 * 1024 * 1024


def read(path: Path) -> History:
    """Return the history in a file, or in the journal of a record folder."""
    path = path / JOURNAL if path.is_dir() else path
    source = str(path)
    if path.name == JOURNAL:
        return _journal(path)
    text = _text(path)
    start = text.lstrip("﻿ \t\r\n")
    first = start.partition("\n")[0]
    if jepsen_log.MARK.search(first):
        return _whole(list(jepsen_log.events(text, source)), source, "jepsen-log")
    if not start.startswith(("[", "{", "(", ";", "#")):
        raise _no_history(source)
    if (start[0] in "[{" and start[1:].lstrip()[:1] == '"') or (start[:1] == "[" and _holds_json(start)):
        return _of_json(path, text)
    found = edn.values(text, source)
    return _whole([_event(row, line, source) for line, row in found], source, "edn")


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes()
        if raw[:2] == b"\x1f\x8b":
            with gzip.open(path) as file:
                raw = file.read(LARGEST_BYTES + 1)
        if len(raw) > LARGEST_BYTES:
            raise InputError(
                "the history is larger than 512 MiB", where=Where(str(path)), fix="cut it by key"
            )
        return raw.decode()
    except UnicodeDecodeError as error:
        raise InputError("the file is no text", where=Where(str(path)), fix="name a history") from error
    except (OSError, EOFError) as error:
        said = getattr(error, "strerror", None) or str(error)
        raise InputError(
            f"cannot read the history: {said}", where=Where(str(path)), fix="name a file"
        ) from error


def _holds_json(start: str) -> bool:
    inner = start[1:].lstrip()
    return (inner.startswith("{") and inner[1:].lstrip()[:1] == '"') or inner.startswith("]")


def _of_json(path: Path, text: str) -> History:
    source = str(path)
    try:
        found = orjson.loads(text)
        rows = list(enumerate(found if isinstance(found, list) else [found]))
    except orjson.JSONDecodeError as error:
        if text.lstrip()[:1] == "[":
            raise InputError(f"this is no JSON: {error}", where=Where(source, error.lineno)) from error
        rows = _json_lines(text, source)
    if rows and isinstance(rows[0][1], dict) and {"seq", "kind", "ts_ns"} <= rows[0][1].keys():
        return _journal(path)
    if rows and isinstance(rows[0][1], dict) and {"op", "type", "lock"} <= rows[0][1].keys():
        return _lock_history(rows, source)
    return _whole([_event(row, line, source) for line, row in rows], source, "json")


def _json_lines(text: str, source: str) -> list[tuple[int, Any]]:
    rows: list[tuple[int, Any]] = []
    parts = text.split("\n")
    for number, line in enumerate(parts, 1):
        if not line.strip():
            continue
        try:
            rows.append((number, orjson.loads(line)))
        except orjson.JSONDecodeError as error:
            # As in a journal: a last line without its end was cut by a kill and is not there.
            if number == len(parts):
                break
            raise InputError(f"this line is no JSON: {error}", where=Where(source, number)) from error
    return rows


def _event(row: Any, place: int, source: str) -> Event:
    if not isinstance(row, dict) or not isinstance(row.get("type"), str):
        raise InputError(
            "this is no event of a history",
            where=Where(source, place, "type"),
            fix="an event is a map with process, type, f and value",
        )
    # Elle's own files leave `f` out: all that they hold is transactions.
    more = {key: row[key] for key in ("key", "time", "error") if key in row}
    f = row.get("f") or "txn"
    return Event(place, row.get("process"), row["type"], str(f), row.get("value"), more)


def _whole(events: list[Event], source: str, form: str) -> History:
    if not events:
        raise _no_history(source)
    return pair(events, source, form)


def _no_history(source: str) -> InputError:
    return InputError(
        "no operations of a history were found here",
        where=Where(source),
        fix="EDN or JSON events, Jepsen log lines, a lock history, or a record folder",
    )


def _journal(path: Path) -> History:
    def events() -> Iterator[Event]:
        for number, row in enumerate(lines(path), 1):
            yield Event(number, None, "info", str(row.get("kind")), row)

    rows = [_as_operation(event, now) for now, event in enumerate(events())]
    return History(str(path), "journal", tuple(rows))


def _lock_history(rows: list[tuple[int, Any]], source: str) -> History:
    found = []
    for now, (line, row) in enumerate(rows):
        if not isinstance(row, dict) or not {"op", "type", "process"} <= row.keys():
            raise InputError("this is no event of a lock", where=Where(source, line), fix="op, type, process")
        found.append(_as_operation(Event(line, row["process"], "info", str(row["op"]), row), now))
    return History(source, "lock", tuple(found))


def _as_operation(event: Event, now: int) -> Operation:
    return Operation(event.process, event.f, event.value, None, "info", now, now, event.place)
