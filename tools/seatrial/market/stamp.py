"""
Stamps as files write them, to nanoseconds UTC, without a float in between.

`1700000000.05` seconds times 1e9 in floating point is 49,999,872 ns and not 50,000,000; so decimal
seconds are read as text. Whole stamps carry no unit, and files of one venue changed theirs: the
number of digits says which it is, once per file.
"""

import re
from datetime import UTC, datetime

SECOND_NS = 1_000_000_000
# Digits of a whole stamp between 2001 and 2286, and the nanoseconds of one step.
_STEPS = {10: SECOND_NS, 13: 1_000_000, 16: 1_000, 19: 1}
_DECIMAL = re.compile(r"(\d{9,10})(?:\.(\d+))?")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def step_ns(stamp: str) -> int:
    """Return the unit of a whole stamp in nanoseconds, by its digits; ValueError when it has none."""
    step = _STEPS.get(len(stamp)) if stamp.isdecimal() else None
    if step is None:
        raise ValueError(f"{stamp!r} is not a stamp in seconds, milli-, micro- or nanoseconds")
    return step


def seconds_ns(text: str) -> int:
    """Return decimal seconds as nanoseconds, digit by digit; further digits are cut off."""
    found = _DECIMAL.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is not a time in seconds since 1970")
    whole, fraction = found.groups()
    return int(whole) * SECOND_NS + int((fraction or "0")[:9].ljust(9, "0"))


def written_ns(text: str) -> int:
    """
    Return a stamp written for people (ISO 8601, with its zone) as nanoseconds.

    ValueError when it is not one, or names no zone: half a world of wrong is not guessed away.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} names no time zone")
    span = moment - _EPOCH
    return (span.days * 86_400 + span.seconds) * SECOND_NS + span.microseconds * 1_000


def any_ns(text: str) -> int:
    """Return a stamp of any of the forms above as nanoseconds; ValueError when it is none."""
    if text.isdecimal():
        return int(text) * step_ns(text)
    return seconds_ns(text) if _DECIMAL.fullmatch(text) else written_ns(text)
