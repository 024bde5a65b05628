"""
Jepsen's own log lines, as Porcupine's test data keep them.

A cas that failed is there an observation: its register did not hold the expected value. Only a read
that failed says nothing.
"""

import re
from collections.abc import Iterator
from typing import Any, Final

from ..operation import Event
from . import edn

MARK: Final = re.compile(r"\bjepsen\.util\b")
_LINE: Final = re.compile(r"jepsen\.util - (\S+)\s+:(\w+)\s+:([\w-]+)(?:\s+(.*))?$")


def events(text: str, source: str) -> Iterator[Event]:
    """Yield the events of the log; lines of other loggers are not a part of the history."""
    for number, line in enumerate(text.splitlines(), 1):
        found = _LINE.search(line)
        if found is None:
            continue
        process, kind, f, told = found.groups()
        value = (
            edn.values(told or "nil", source)[0][1]
            if not (told or "").startswith("[")
            else _pair(told, source)
        )
        if kind == "fail" and f == "cas" and isinstance(value, list):
            yield Event(number, _process(process), "ok", f, value, {"mismatch": True})
        else:
            yield Event(number, _process(process), kind, f, value)


def _pair(text: str, source: str) -> list[Any]:
    return [value for _, value in edn.values(text, source)]


def _process(text: str) -> Any:
    return int(text) if text.isdigit() else text.strip(":")
