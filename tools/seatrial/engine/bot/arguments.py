"""
A bot's arguments against its own signature, before there is a run.

A profile is text: a word where a number belongs would otherwise be found by the bot's arithmetic,
hours later and in the bot's own terms.
"""

import math
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, get_type_hints

from ...model.errors import UsageError, Where
from .strategy import Strategy

_NUMBERS = {float: "a number", int: "a whole number", bool: "true or false"}


def check_arguments(kind: type[Any], params: Mapping[str, Any], *, section: str = "bot.params") -> None:
    """
    Raise a `UsageError` for an argument that is not what the constructor's annotation says.

    Only float, int and bool are looked at, and the `size_params` of a strategy, which are positive
    decimals; what is not annotated is the bot's own affair.
    """
    hints = _hints(kind)
    for name, value in params.items():
        wanted = _NUMBERS.get(hints[name]) if name in hints else None
        if wanted is not None and not _is_number(value, hints[name]):
            raise _refused(section, name, value, wanted)
        if name in getattr(kind, "size_params", Strategy.size_params) and not _is_size(value):
            raise _refused(section, name, value, "a size above zero")


def _refused(section: str, name: str, value: object, wanted: str) -> UsageError:
    return UsageError(
        f"{value!r} is not {wanted}",
        where=Where(field=f"{section}.{name}"),
        fix=f"give {wanted} with --set {section}.{name}=... or in the profile",
    )


def _hints(kind: type[Any]) -> dict[str, Any]:
    """Return the annotations of all constructors of a class, the most derived one first to be heard."""
    hints: dict[str, Any] = {}
    for base in reversed(getattr(kind, "__mro__", ())):
        if "__init__" in vars(base):
            try:
                hints |= get_type_hints(base.__init__)
            except (NameError, TypeError, AttributeError):
                continue  # names that exist for a type checker only
    return hints


def _is_number(value: object, hint: object) -> bool:
    if hint is bool or isinstance(value, bool):
        return hint is bool and isinstance(value, bool)
    if hint is int:
        return isinstance(value, int)
    return isinstance(value, int | float) and math.isfinite(value)


def _is_size(value: object) -> bool:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return False
    return number.is_finite() and number > 0
