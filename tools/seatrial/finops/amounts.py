"""
Amounts as people and venues write them, exactly as many digits as were written.

A comma is read only where it can mean one thing: `1,234` may be a thousand or one and a bit, and a
guess there would be a factor of a thousand in somebody's books.
"""

import re
from decimal import Decimal
from typing import Literal

Comma = Literal["refuse", "thousands", "decimal"]

PLAIN = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
WORDED = re.compile(r"(?P<number>[+-]?[0-9][0-9.,' ]*(?:[eE][+-]?[0-9]{1,3})?)\s*(?P<unit>[^\s0-9.,'+-]\S*)?")
NOTHING = frozenset({"", "-", "--", "null", "none", "n/a", "nan", "undefined"})
SIGNS = re.compile("[€$£¥₿₺₩₹]|Kč|zł|CHF")
SPACES = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u2212": "-", "\u2019": "'"})
# Wider than any wallet: what lies beyond is a damaged cell, and would also be slow to add up.
MOST_DIGITS, LARGEST_EXPONENT = 100, 40


def is_nothing(text: str) -> bool:
    """Say whether a cell says that there is no amount."""
    return text.strip().lower() in NOTHING


def amount(text: str, comma: Comma = "refuse") -> Decimal:
    """
    Return the amount in a cell; ValueError says why it cannot be believed.

    Currency signs and grouping are taken off. `comma` says what a comma means in this file when the
    number itself leaves it open.
    """
    if PLAIN.fullmatch(text):
        return _bounded(text)
    cleaned = SIGNS.sub("", text.translate(SPACES)).strip()
    if cleaned.startswith("(") and cleaned.endswith(")"):
        cleaned = f"-{cleaned[1:-1].strip()}"
    sign, body = ("-", cleaned[1:]) if cleaned[:1] == "-" else ("", cleaned.removeprefix("+"))
    body, _, exponent = body.strip().lower().partition("e")
    if not re.fullmatch(r"[0-9][0-9.,' ]*", body):
        raise ValueError(f"{text.strip()!r} is not a number")
    number = sign + _ungrouped(body.strip(), comma) + (f"e{exponent}" if exponent else "")
    if not PLAIN.fullmatch(number):
        raise ValueError(f"{text.strip()!r} is not a number")
    return _bounded(number)


def with_unit(text: str, known: tuple[str, ...] = (), comma: Comma = "refuse") -> tuple[Decimal, str | None]:
    """
    Return the amount and the unit of a cell like `0.48SOL` or `1.5 BTC`; the unit is None if there is none.

    `known` units are tried first: a coin may begin with a digit, and `5.11INCH` is 5.1 of 1INCH.
    """
    cleaned = text.translate(SPACES).strip()
    for unit in known:
        if unit and cleaned.upper().endswith(unit.upper()) and cleaned[: -len(unit)].strip()[-1:].isdigit():
            return amount(cleaned[: -len(unit)].strip(), comma), unit
    found = WORDED.fullmatch(SIGNS.sub("", cleaned).strip())
    if found is None:
        raise ValueError(f"{text.strip()!r} is not an amount with a unit")
    return amount(found["number"].strip(), comma), found["unit"]


def _ungrouped(body: str, comma: Comma) -> str:
    """Return the digits with a point for the decimals and nothing between the thousands."""
    dots, commas = body.count("."), body.count(",")
    if dots and commas:
        point = "." if body.rindex(".") > body.rindex(",") else ","
    elif commas == 1:
        point = _lone_comma(body, comma)
    else:
        point = "." if dots == 1 else ""
    whole, _, decimals = body.rpartition(point) if point else (body, "", "")
    grouped = r"[0-9]+|[0-9]{1,3}([.,' ])[0-9]{3}(?:\1[0-9]{3})*"
    if not re.fullmatch(grouped, whole) or not re.fullmatch(r"[0-9]*", decimals):
        raise ValueError(f"{body!r} is not grouped like a number")
    digits = re.sub(r"[^0-9]", "", whole)
    return f"{digits}.{decimals}" if point else digits


def _lone_comma(body: str, comma: Comma) -> str:
    """Return the decimal point of a number with one comma and no dot: the comma, or nothing."""
    could_group = re.fullmatch(r"[1-9][0-9]{0,2},[0-9]{3}", body) is not None
    if not could_group or comma == "decimal":
        return ","
    if comma == "thousands":
        return ""
    raise ValueError(f"{body!r} may mean {body.replace(',', '')} or {body.replace(',', '.')}")


def _bounded(number: str) -> Decimal:
    value = Decimal(number)
    if len(number) > MOST_DIGITS or abs(value.adjusted()) > LARGEST_EXPONENT:
        raise ValueError("the number is longer than any wallet")
    return value
