"""
What a bare word means: the YAML 1.2 core schema, the same in a file, the environment and `--set`.

PyYAML follows YAML 1.1, where the ticker NO is false, 12:30:00 is 45000, 0777 is 511 and 1e-3 is
a string; none of that may happen to a setting.
"""

import json
import math
import re
from decimal import Decimal
from typing import Any

from yaml.reader import Reader

Scalar = None | bool | int | float | str

_WORDS: dict[str, Scalar] = {"": None, "~": None}
_WORDS |= dict.fromkeys(("null", "Null", "NULL"), None)
_WORDS |= dict.fromkeys(("true", "True", "TRUE"), True)
_WORDS |= dict.fromkeys(("false", "False", "FALSE"), False)
_WHOLE = re.compile(r"[-+]?[0-9]+")
_BASED = re.compile(r"0o([0-7]+)|0x([0-9a-fA-F]+)")
_REAL = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_BARE = re.compile(r"[A-Za-z0-9_./+-][A-Za-z0-9_./+ -]*")
_LARGEST_DIGITS = 4_000


def scalar_of(text: str) -> Scalar:
    """
    Return the value of an unquoted word: null, bool, int, float or the word itself.

    ValueError for what no setting can hold and no record could carry: a number that is not
    finite, and a whole number beyond 64 bits.
    """
    if text in _WORDS:
        return _WORDS[text]
    if _NOT_FINITE.fullmatch(text):
        raise ValueError(f"{text} is not a finite number")
    if _WHOLE.fullmatch(text):
        return _fits(int(text[:_LARGEST_DIGITS]), text)
    based = _BASED.fullmatch(text)
    if based:
        return _fits(int(based[1], 8) if based[1] else int(based[2], 16), text)
    if _REAL.fullmatch(text):
        return _finite(float(text), text)
    return text


def text_of(value: Any) -> str:
    """Return a word or flow text that reads back as `value`: the inverse of the readers here."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{text_of(str(key))}: {text_of(value[key])}" for key in value) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(text_of(item) for item in value) + "]"
    if isinstance(value, str):
        return value if _is_safe(value) else _quoted(value)
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    return str(value) if isinstance(value, Decimal) else repr(value)


def _is_safe(text: str) -> bool:
    if not _BARE.fullmatch(text) or text.endswith(" ") or text.startswith(("-", ".")):
        return False
    try:
        return isinstance(scalar_of(text), str)
    except ValueError:
        return False


def _quoted(text: str) -> str:
    plain = json.dumps(text, ensure_ascii=False)
    # JSON leaves some characters bare that a YAML reader refuses or folds; name them by number.
    return "".join(_numbered(char) if _must_be_numbered(char) else char for char in plain)


def _must_be_numbered(char: str) -> bool:
    return char in "\x85\u2028\u2029\ufeff" or bool(Reader.NON_PRINTABLE.match(char))


def _numbered(char: str) -> str:
    code = ord(char)
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _fits(value: int, text: str) -> int:
    if not -(2**63) <= value < 2**63:
        raise ValueError(f"{text[:40]} does not fit in 64 bits")
    return value


def _finite(value: float, text: str) -> float:
    if not math.isfinite(value):
        raise ValueError(f"{text[:40]} is too large for a number")
    return value
