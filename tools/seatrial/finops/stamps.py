"""
Times as people and venues write them, in nanoseconds UTC.

Epochs are told apart by their digits. A naive time is UTC unless the file, or the person, names its
zone; of an hour that the clock repeats in autumn the first is meant.
"""

import datetime as dt
import re
from decimal import Decimal
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

DateOrder = Literal["ymd", "dmy", "mdy"]

NS = 10**9
EPOCH = dt.date(1970, 1, 1).toordinal()
# Before the first exchange and after the last statement: a stamp out there is a damaged one.
FIRST_YEAR, LAST_YEAR = 2009, 2100

CLOCK = (
    r"(?:[T ,-]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,18}))?)?"
    r"\s*(?P<half>[AaPp]\.?[Mm]\.?)?)?\s*(?P<zone>(?:Z|UTC|GMT)?\s*(?:[+-]\d{1,2}(?::?\d{2})?)?)(?:\s*\(.*\))?"
)
YEAR_FIRST = re.compile(r"(?P<a>\d{4})([-/.])(?P<b>\d{1,2})\2(?P<c>\d{1,2})" + CLOCK)
NUMBERS = re.compile(r"(?P<a>\d{1,2})([-/.])(?P<b>\d{1,2})\2(?P<c>\d{4}|\d{2})" + CLOCK)
MONTH_FIRST = re.compile(
    r"(?:[A-Za-z]{3,9},? )?(?P<month>[A-Za-z]{3,9})\.? (?P<b>\d{1,2}),? (?P<c>\d{4})" + CLOCK
)
DAY_FIRST = re.compile(
    r"(?:[A-Za-z]{3,9},? )?(?P<b>\d{1,2})[ -](?P<month>[A-Za-z]{3,9})\.?[ -](?P<c>\d{4})" + CLOCK
)
EPOCH_TEXT = re.compile(r"[0-9]{9,19}(?:\.[0-9]+)?(?:[eE]\+?[0-9]{1,2})?|[0-9]\.[0-9]+[eE]\+?[0-9]{1,2}")
DAY_TEXT = re.compile(r"(?:19|20)[0-9]{6}")
# Bybit's exports: the clock before the date.
TIME_FIRST = re.compile(r"(?P<clock>\d{1,2}:\d{2}(?::\d{2})?) (?P<date>\d{4}-\d{2}-\d{2})")
MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}
ZONE = re.compile(r"(?:UTC|GMT)?\s*(?:(?P<sign>[+-])(?P<hours>\d{1,2})(?::?(?P<minutes>\d{2}))?)?")
EPOCH_DIGITS = {9: NS, 10: NS, 12: 10**6, 13: 10**6, 15: 10**3, 16: 10**3, 18: 1, 19: 1}
PLACES = {"ymd": (0, 1, 2), "dmy": (2, 1, 0), "mdy": (2, 0, 1)}


def zone_of(text: str) -> dt.tzinfo:
    """Return the zone called `UTC`, `UTC+8`, `+01:00` or `Europe/Amsterdam`; ValueError if there is none."""
    found = ZONE.fullmatch(text.strip())
    if text.strip().upper() == "Z" or (found and found["sign"] is None and text.strip()):
        return dt.UTC
    if found and found["sign"]:
        minutes = int(found["hours"]) * 60 + int(found["minutes"] or 0)
        if minutes <= 14 * 60:
            return dt.timezone(dt.timedelta(minutes=-minutes if found["sign"] == "-" else minutes))
    try:
        return ZoneInfo(text.strip())
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"no time zone is called {text.strip()!r}") from error


def stamp(value: str | int | Decimal, order: DateOrder = "ymd", zone: dt.tzinfo = dt.UTC) -> int:
    """Return nanoseconds UTC of a time as written; ValueError says what is wrong with it."""
    if not isinstance(value, str):
        return _epoch(Decimal(value))
    text = value.strip().strip("'")
    if EPOCH_TEXT.fullmatch(text):
        return _epoch(Decimal(text))
    if DAY_TEXT.fullmatch(text):
        text = f"{text[:4]}-{text[4:6]}-{text[6:]}"
    if turned := TIME_FIRST.fullmatch(text):
        text = f"{turned['date']} {turned['clock']}"
    for pattern in (YEAR_FIRST, NUMBERS, MONTH_FIRST, DAY_FIRST):
        if found := pattern.fullmatch(text):
            return _civil(found, order, zone)
    raise ValueError(f"{text!r} is not a time")


def places_in(text: str) -> frozenset[DateOrder]:
    """Return the orders of day and month that a date of three numbers leaves open; empty: another form."""
    found = NUMBERS.fullmatch(text.strip())
    if found is None:
        return frozenset()
    first, second = int(found["a"]), int(found["b"])
    orders: set[DateOrder] = set()
    if first <= 31 and second <= 12:
        orders.add("dmy")
    if first <= 12 and second <= 31:
        orders.add("mdy")
    return frozenset(orders)


def _epoch(value: Decimal) -> int:
    # The digits are counted without writing the number out: 1e999999999 has a billion.
    unit = EPOCH_DIGITS.get(value.adjusted() + 1) if value > 0 else None
    if unit is None:
        raise ValueError(f"{value} is not a time: seconds have 10 digits, ms 13, us 16, ns 19")
    return int(value * unit)


def _civil(found: re.Match[str], order: DateOrder, zone: dt.tzinfo) -> int:
    year, month, day = _date(found, order)
    try:
        days = _days(year, month, day)
        seconds = _clock(found)
    except ValueError as error:
        raise ValueError(f"{found[0]!r} is not a time: {error}") from error
    naive = days * 86_400 + seconds
    offset = _offset_s(naive, zone_of(found["zone"]) if found["zone"].strip() else zone, found[0])
    return (naive - offset) * NS + int((found["fraction"] or "0").ljust(9, "0")[:9])


def _date(found: re.Match[str], order: DateOrder) -> tuple[int, int, int]:
    parts = found.groupdict()
    if "month" in parts:
        month = MONTHS.get(found["month"][:3].lower())
        if month is None:
            raise ValueError(f"{found[0]!r} is not a time: no month is called {found['month']!r}")
        return int(found["c"]), month, int(found["b"])
    numbers = (found["a"], found["b"], found["c"])
    # Four digits are the year wherever they stand; dots are written by people who put the day first.
    if len(numbers[0]) == 4:
        order = "ymd"
    elif "." in found[0][:6]:
        order = "dmy"
    elif len(numbers[2]) == 4 and order == "ymd":
        order = _told(numbers, found[0])
    written, month_place, day_place = (numbers[place] for place in PLACES[order])
    return int(written if len(written) == 4 else f"20{written}"), int(month_place), int(day_place)


def _told(numbers: tuple[str, str, str], text: str) -> DateOrder:
    """Return what a date with the year last says of its order, where the venue puts the year first."""
    first, second = int(numbers[0]), int(numbers[1])
    if first <= 12 and second <= 12 and first != second:
        raise ValueError(f"{text!r} may have the day or the month first")
    return "dmy" if first > 12 else "mdy"


@lru_cache(maxsize=4096)
def _days(year: int, month: int, day: int) -> int:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"the year {year}")
    return dt.date(year, month, day).toordinal() - EPOCH


def _clock(found: re.Match[str]) -> int:
    hour, minute, second = (int(found[name] or 0) for name in ("hour", "minute", "second"))
    if found["half"]:
        if not 1 <= hour <= 12:
            raise ValueError(f"hour {hour} {found['half']}")
        hour = hour % 12 + (12 if found["half"][0] in "pP" else 0)
    if hour > 23 or minute > 59 or second > 59:
        raise ValueError("the clock has 24 hours of 60 minutes of 60 seconds")
    return hour * 3_600 + minute * 60 + second


def _offset_s(naive: int, zone: dt.tzinfo, text: str) -> int:
    if zone is dt.UTC:
        return 0
    local = dt.datetime(1970, 1, 1, tzinfo=zone) if isinstance(zone, dt.timezone) else None
    if local is not None:
        offset = local.utcoffset()
    else:
        written = dt.datetime(1970, 1, 1) + dt.timedelta(seconds=naive)  # noqa: DTZ001 (it is the naive one)
        aware = written.replace(tzinfo=zone)
        if aware.astimezone(dt.UTC).astimezone(zone).replace(tzinfo=None) != written:
            raise ValueError(f"{text!r} does not exist in {zone}: the clock was put forward")
        offset = aware.utcoffset()
    assert offset is not None
    return int(offset.total_seconds())
