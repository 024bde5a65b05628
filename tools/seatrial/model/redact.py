"""
Secrets kept out of everything that is written: by their value, not by the name of a field.

A list of field names misses the key in a URL, in an exception's text or in a strategy's own log
line. So a secret's value is learnt when a provider hands it over, and whatever leaves the process
in a log, journal, report, error or crash file is searched for it: as it stands, URL-encoded,
escaped for JSON, HTML or Python, in base64 (also inside a longer base64 text, as in Basic
authentication) and in hexadecimal. A process that knows no secret pays for one attribute.
"""

import base64
import re
import threading
from typing import Any

MARK = "[redacted]"
SHORTEST, LONGEST = 8, 8_192
MOST_VALUES, MOST_PASSING = 256, 16
_NUMBER = re.compile(r"[-+.0-9eE]+")
_SHORTEST_LINE = 16
# Some HTTP libraries encode `-._~` too.
_SAFE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
_SHORT_ESCAPES = {"\n": "n", "\r": "r", "\t": "t", "\b": "b", "\f": "f", "\v": "v", "\0": "0"}
_ENTITIES = {"&": "amp", "<": "lt", ">": "gt", '"': "quot", "'": "apos"}


class Redactor:
    """The secret values that are known, and the texts with them taken out."""

    __slots__ = ("_lock", "_passing", "_raws", "_texts", "_values", "armed")

    def __init__(self) -> None:
        self.armed = False
        self._values: tuple[str, ...] = ()
        self._texts: tuple[re.Pattern[str], ...] = ()
        self._raws: tuple[re.Pattern[bytes], ...] = ()
        self._passing: tuple[str, ...] = ()
        self._lock = threading.Lock()

    def learn(self, value: str, *, passing: bool = False) -> None:
        """
        Take this value out of everything from now on; ValueError when it is not fit to be a secret.

        A `passing` value, such as the token of a login, is forgotten when so many others came after
        it that it has expired: a process that lives for months logs in more often than it can learn.
        """
        if value in self._values:
            return
        problem = unfit(value)
        if problem:
            raise ValueError(problem)
        pattern = forms_of(value)
        text, raw = re.compile(pattern), re.compile(pattern.encode())
        with self._lock:
            if value in self._values:
                return
            if passing:
                self._passing = (*self._passing, value)
                self._forget(self._passing[:-MOST_PASSING])
            elif len(self._values) - len(self._passing) >= MOST_VALUES:
                raise ValueError(f"more than {MOST_VALUES} secrets in one process")
            # The longest first: a secret that begins with another one must go whole.
            at = sum(len(other) > len(value) for other in self._values)
            self._texts = (*self._texts[:at], text, *self._texts[at:])
            self._raws = (*self._raws[:at], raw, *self._raws[at:])
            self._values = (*self._values[:at], value, *self._values[at:])
            self.armed = True

    def _forget(self, values: tuple[str, ...]) -> None:
        for value in values:
            at = self._values.index(value)
            self._texts = self._texts[:at] + self._texts[at + 1 :]
            self._raws = self._raws[:at] + self._raws[at + 1 :]
            self._values = self._values[:at] + self._values[at + 1 :]
        self._passing = self._passing[len(values) :]

    def text(self, text: str) -> str:
        """Return the text with every known secret replaced by a mark."""
        for pattern in self._texts:
            text = pattern.sub(MARK, text)
        return text

    def raw(self, data: bytes) -> bytes:
        """Return the bytes of a text with every known secret replaced by a mark."""
        for pattern in self._raws:
            data = pattern.sub(MARK.encode(), data)
        return data

    def json(self, data: bytes, option: int = 0) -> bytes:
        """
        Return a JSON text with every known secret replaced inside its strings.

        Text without a secret comes back as it is; otherwise it is written again with the orjson
        `option` it was made with, so that it stays the JSON that its readers expect.
        """
        if not any(pattern.search(data) for pattern in self._raws):
            return data
        import orjson

        return orjson.dumps(self.value(orjson.loads(data)), option=option)

    def value(self, value: Any) -> Any:
        """Return a JSON value with every string in it, keys too, redacted."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {self.text(str(key)): self.value(held) for key, held in value.items()}
        return [self.value(item) for item in value] if isinstance(value, list | tuple) else value


# The one for this process: what any part of it learnt, no part of it writes.
KNOWN = Redactor()


def unfit(value: str) -> str | None:
    """
    Return why a value cannot be a secret, None when it can.

    What is shorter than eight characters, or a number, stands in journals by chance: taking it out
    would ruin them, and leaving it in would leak it.
    """
    if not SHORTEST <= len(value) <= LONGEST:
        return f"a secret has {SHORTEST} to {LONGEST} characters, this one has {len(value)}"
    if _NUMBER.fullmatch(value):
        return "a secret made of digits alone cannot be told from a number"
    if "\0" in value or not _is_text(value):
        return "a secret is text without null characters"
    if value in MARK or MARK in value:
        return "a secret cannot be the word that stands in its place"
    return None


def forms_of(value: str) -> str:
    """Return the pattern of everything in which a value may show."""
    data = value.encode()
    parts = [value, *_lines(value)]
    patterns = [_escaped(part) for part in parts]
    patterns += [_encoded(window) for part in parts for window in _base64_windows(part.encode())]
    patterns.append("".join(_hex(f"{byte:02x}") for byte in data))
    return "|".join(dict.fromkeys(patterns))


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _lines(value: str) -> list[str]:
    """Return the lines of a key file that say something: logs print such a value line by line."""
    lines = [line.strip() for line in value.splitlines()]
    return [line for line in lines if len(line) >= _SHORTEST_LINE and line != value and line[:5] != "-----"]


def _escaped(value: str) -> str:
    """
    Return the pattern of a value in plain text and under any escape, several times over too.

    A run of backslashes is matched whole and from its beginning only: with two ways to share it
    out, a hostile text of backslashes would hold up the search for minutes.
    """
    parts: list[str] = []
    for run, char in re.findall(r"(?=.)(\\*)([^\\]?)", value, re.DOTALL):
        own = r"(?<!\\)" if not parts else ""
        if not run:
            parts.append(re.escape(char) if char in _SAFE else _any_of(_ways(char, own)))
            continue
        if not char:
            parts.append(_any_of([_percent(run), *_coded(run, own), rf"{own}\\{{{len(run)},}}"]))
            continue
        bare = _any_of([rf"\\{{{len(run)},}}{way}" for way in _ways(char, None)])
        coded = _any_of([_percent(run), *_coded(run, own)]) + _any_of(_ways(char, ""))
        parts.append(f"(?:{own}{bare}|{coded})")
    return "".join(parts)


def _any_of(ways: list[str]) -> str:
    return f"(?:{'|'.join(dict.fromkeys(ways))})"


def _ways(char: str, own: str | None) -> list[str]:
    """
    Return the patterns of one character, plain and in every notation.

    `own` stands before the backslashes of an escape; None: they are those of the run before it.
    """
    code = ord(char)
    many, some = ("", "") if own is None else (rf"{own}\\*", rf"{own}\\+")
    entity = f"&(?:amp;)*(?:#0*{code}|#[xX]0*{_hex(f'{code:x}')}"
    # Plain comes last: a percent sign is the beginning of its own encoding.
    ways = [_percent(char), *_coded(char, own)]
    ways.append(f"{entity}|{_ENTITIES[char]});" if char in _ENTITIES else f"{entity});")
    if char in _SHORT_ESCAPES:
        ways.append(f"{some}{_SHORT_ESCAPES[char]}")
    if char == " ":
        ways.append(r"\+")
    return [*ways, f"{many}{re.escape(char)}"]


def _percent(text: str) -> str:
    return "".join(f"%(?:25)*{_hex(f'{byte:02x}')}" for byte in text.encode())


def _coded(text: str, own: str | None) -> list[str]:
    r"""Return the patterns of `\u`, `\U` and `\x` escapes, of characters and of their UTF-8 bytes."""
    first = "" if own is None else rf"{own}\\+"

    def joined(letter: str, codes: list[str]) -> str:
        return first + r"\\+".join(f"{letter}{_hex(code)}" for code in codes)

    units = text.encode("utf-16-be").hex()
    ways = [
        joined("u", [units[at : at + 4] for at in range(0, len(units), 4)]),
        joined("U", [f"{ord(char):08x}" for char in text]),
        joined("x", [f"{byte:02x}" for byte in text.encode()]),
    ]
    if all(ord(char) < 0x100 for char in text):
        ways.append(joined("x", [f"{ord(char):02x}" for char in text]))
    return ways


def _hex(digits: str) -> str:
    return "".join(f"[{digit}{digit.upper()}]" if digit.isalpha() else digit for digit in digits)


def _base64_windows(data: bytes) -> list[str]:
    """Return what the bytes look like in base64 at each of the three places they may begin."""
    windows = []
    for offset, lost in ((0, 0), (1, 2), (2, 3)):
        text = base64.b64encode(b"\0" * offset + data).decode()
        windows.append(text[lost : (offset + len(data)) * 8 // 6])
    return windows


def _encoded(window: str) -> str:
    """Return the pattern of base64 text, in both alphabets, and escaped itself."""
    plus, slash = _any_of(["-", *_ways("+", "")]), _any_of(["_", *_ways("/", "")])
    return "".join({"+": plus, "/": slash}.get(char, char) for char in window)
