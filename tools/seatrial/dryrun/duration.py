"""Lengths of time as people write them: 90, 60s, 5m, 1h, 3d."""

import re

from ..model.errors import UsageError

_UNITS = {"": 1, "ms": 1e-3, "s": 1, "m": 60, "h": 3_600, "d": 86_400}
_FORM = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|m|h|d|)")


def seconds(text: str) -> float:
    """Return the length in seconds; a bare number is seconds."""
    found = _FORM.fullmatch(text.strip())
    if found is None or float(found[1]) == 0:
        raise UsageError(f"{text!r} is not a length of time", fix="write it like 60s, 5m or 1h")
    return float(found[1]) * _UNITS[found[2]]


def words(length_s: float) -> str:
    """Return a length for people, in its two largest units: 72 h, 1 h 05 min, 90 ms."""
    if length_s < 1:
        return f"{length_s * 1_000:.0f} ms"
    whole = round(length_s)
    if whole < 120:
        return f"{whole} s"
    minutes, rest_s = divmod(whole, 60)
    if minutes < 120:
        return f"{minutes} min" + (f" {rest_s:02d} s" if rest_s else "")
    hours, rest_min = divmod(minutes, 60)
    return f"{hours} h" + (f" {rest_min:02d} min" if rest_min else "")
