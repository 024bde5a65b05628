"""EDN, as far as histories use it: Clojure's notation, in which Jepsen and Knossos write."""

import re
from typing import Any, Final

from ....model.errors import InputError, Where
from ..operation import frozen

DEEPEST: Final = 200
_TOKEN: Final = re.compile(
    r"""[\s,]+|;[^\n]*|(?P<discard>\#_)|(?P<open>\#\{|[\[({])|(?P<close>[\])}])"""
    r"""|"(?P<text>(?:[^"\\]|\\.)*)"|(?P<char>\\(?:newline|space|tab|return|u[0-9a-fA-F]{4}|.))"""
    r"""|(?P<tag>\#[A-Za-z][^\s,\[\](){}"]*)|(?P<word>[^\s,\[\](){}";]+)""",
    re.DOTALL,
)
_CLOSES: Final = {"[": "]", "(": ")", "{": "}", "#{": "}"}
_WORDS: Final = {"nil": None, "true": True, "false": False}
_ESCAPES: Final = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
_ESCAPE: Final = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
_NUMBER: Final = re.compile(r"[+-]?\d+N?|[+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?M?")
_DISCARD: Final = object()


def values(text: str, source: str) -> list[tuple[int, Any]]:
    """
    Return the forms at the top of the text, and those of a single sequence there, as (line, value).

    Keywords become strings without their colon, sets frozensets, tags are dropped.
    """
    found = _read(text, source)
    if len(found) == 1 and isinstance(found[0][1], _Sequence):
        return [(line, _plain(value)) for line, value in found[0][1].items]
    return [(line, _plain(value)) for line, value in found]


class _Sequence:
    """A collection that is being read, each item with its line."""

    __slots__ = ("closes", "items", "line", "opens", "pending")

    def __init__(self, opens: str, line: int) -> None:
        self.opens, self.closes, self.line = opens, _CLOSES.get(opens, ""), line
        self.items: list[tuple[int, Any]] = []
        self.pending = 0

    def add(self, line: int, value: Any) -> None:
        """Take an item, or drop it after a discard mark."""
        if value is _DISCARD:
            self.pending += 1
        elif self.pending:
            self.pending -= 1
        else:
            self.items.append((line, value))


def _read(text: str, source: str) -> list[tuple[int, Any]]:
    stack = [_Sequence("", 1)]
    line = position = 0
    line = 1
    while position < len(text):
        found = _TOKEN.match(text, position)
        if found is None or len(stack) > DEEPEST:
            raise _refusal(source, line, f"cannot read {text[position : position + 20]!r}")
        kind = found.lastgroup
        if kind == "open":
            stack.append(_Sequence(found[0], line))
        elif kind == "close":
            _close(stack, found[0], source, line)
        elif kind not in {None, "tag"}:
            stack[-1].add(line, _atom(str(kind), found))
        line += found[0].count("\n")
        position = found.end()
    if len(stack) > 1:
        raise _refusal(source, stack[-1].line, f"{stack[-1].opens!r} is opened here and never closed")
    return stack[0].items


def _close(stack: list[_Sequence], mark: str, source: str, line: int) -> None:
    done = stack[-1]
    if done.closes != mark:
        raise _refusal(source, line, f"{mark!r} closes nothing")
    if done.opens == "{" and len(done.items) % 2:
        raise _refusal(source, done.line, "a map with a key that has no value")
    stack.pop()
    stack[-1].add(done.line, done)


def _atom(kind: str, found: re.Match[str]) -> Any:
    if kind == "discard":
        return _DISCARD
    if kind == "text":
        return _ESCAPE.sub(_unescape, found["text"])
    word = found[0]
    if kind == "char":
        return word[1:]
    if word in _WORDS:
        return _WORDS[word]
    if word.startswith(":"):
        return word[1:]
    if _NUMBER.fullmatch(word):
        digits = word.rstrip("NM")
        return int(digits) if re.fullmatch(r"[+-]?\d+", digits) else float(digits)
    return word


def _unescape(found: re.Match[str]) -> str:
    mark = found[1]
    return chr(int(mark[1:], 16)) if len(mark) == 5 else _ESCAPES.get(mark, mark)


def _plain(value: Any) -> Any:
    if not isinstance(value, _Sequence):
        return value
    parts = [_plain(part) for _, part in value.items]
    if value.opens == "#{":
        return frozenset(frozen(part) for part in parts)
    if value.opens == "{":
        return {frozen(key): part for key, part in zip(parts[::2], parts[1::2], strict=True)}
    return parts


def _refusal(source: str, line: int, message: str) -> InputError:
    return InputError(message, where=Where(source, line), fix="this is read as EDN; is the file whole?")
