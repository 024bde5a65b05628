"""
Journal lines as dictionaries: the one reader that every judgement and every writer shares.

A record must stay readable after a kill at any byte, so the last line may be torn and is then not
there; a torn line anywhere else is damage, and damage is named by file and line.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from .errors import InputError, Where

Event = dict[str, Any]


def lines(path: Path) -> Iterator[Event]:
    """
    Yield the events of a journal in order, holding one line at a time.

    A last line that is incomplete or unparsable is left out. A missing file, or a damaged line
    before the last, is an `InputError`.
    """
    bad: int | None = None
    for number, raw in raw_lines(path):
        if bad is not None:
            raise damaged(path, bad)
        event = parse(raw)
        if event is None:
            bad = number
        else:
            yield event


def raw_lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Yield (line number from 1, bytes with their line end) of a journal, with errors in our words."""
    try:
        with path.open("rb") as file:
            yield from enumerate(file, 1)
    except OSError as error:
        raise InputError(
            f"cannot read the journal: {error.strerror}",
            where=Where(str(path)),
            fix="name a record folder that has a journal.jsonl",
        ) from error


def parse(raw: bytes) -> Event | None:
    """Return the event of one line, or None when the line is incomplete or no JSON object."""
    # A line without its end was cut while it was written, even if what is there happens to parse.
    if not raw.endswith(b"\n"):
        return None
    try:
        event = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return None
    return event if isinstance(event, dict) else None


def damaged(path: Path, line: int) -> InputError:
    """Return the error for a line that is broken though others follow it."""
    return InputError(
        "this journal line is damaged and is not the last one",
        where=Where(str(path), line),
        fix="restore the file; `audit chain` lists every damaged line",
    )
