"""
Answers: a value now or later, the venue's envelope around it, and pages with cursors.

A request about an order is answered when the exchange has spoken, which may be some milliseconds
of market time from now; everything else is answered at once.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

import orjson

from .refusals import Refusal, bad

Fields = dict[str, Any]


class Later:
    """A value that comes later: a result, or a refusal."""

    __slots__ = ("_then", "done", "value")

    def __init__(self) -> None:
        self.done, self.value = False, None
        self._then: Callable[[Any], None] | None = None

    def settle(self, value: Any) -> None:
        """Give the value; only the first one counts."""
        if self.done:
            return
        self.done, self.value = True, value
        if self._then is not None:
            self._then(value)

    def then(self, take: Callable[[Any], None]) -> None:
        """Call `take` with the value once it is there."""
        if self.done:
            take(self.value)
        else:
            self._then = take


def gathered(parts: Sequence[Later], join: Callable[[list[Any]], Any]) -> Later:
    """Return the values of all parts, joined, once the last is there."""
    whole, left = Later(), [len(parts)]
    if not parts:
        whole.settle(join([]))

    def one(_: Any) -> None:
        left[0] -= 1
        if left[0] == 0:
            whole.settle(join([part.value for part in parts]))

    for part in parts:
        part.then(one)
    return whole


def envelope(result: Fields | Refusal, time_ms: int, extra: Fields | None = None) -> bytes:
    """Return the venue's answer around a result or a refusal."""
    code, words = (result.code, result.words) if isinstance(result, Refusal) else (0, "OK")
    body = {
        "retCode": code,
        "retMsg": words,
        "result": {} if isinstance(result, Refusal) else result,
        "retExtInfo": extra or {},
        "time": time_ms,
    }
    return orjson.dumps(body)


def whole_number(fields: Fields, name: str, default: int, at_most: int) -> int:
    """Return a count that a client asked for, within its bounds."""
    text = str(fields.get(name) or default)
    if not (text.isascii() and text.isdigit() and len(text) <= 15):
        raise bad(name)
    number = int(text)
    if number < 1:
        raise bad(name)
    return min(number, at_most)


def moment_ms(fields: Fields, name: str) -> int | None:
    """Return a time that a client asked for in milliseconds, None when it did not."""
    text = str(fields.get(name) or "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 15):
        raise bad(name)
    return int(text)


def page(
    found: Iterable[Any], fields: Fields, number: Callable[[Any], int], limits: tuple[int, int]
) -> tuple[list[Any], str]:
    """
    Return one page of what was found (newest first) and the cursor of the next.

    A cursor is the number of the last row shown, so that rows that arrive meanwhile move nothing.
    """
    limit = whole_number(fields, "limit", *limits)
    cursor = str(fields.get("cursor") or "")
    rows = iter(found)
    if cursor:
        rows = _beyond(rows, cursor, number)
    shown = list(islice(rows, limit + 1))
    more = len(shown) > limit
    shown = shown[:limit]
    return shown, f"before:{number(shown[-1])}" if more else ""


def _beyond(rows: Iterator[Any], cursor: str, number: Callable[[Any], int]) -> Iterator[Any]:
    kind, _, text = cursor.replace("%3A", ":").partition(":")
    if kind != "before" or not (text.isascii() and text.isdigit() and len(text) <= 19):
        raise bad("cursor")
    last = int(text)
    return (row for row in rows if number(row) < last)
