"""
What a key may do, where the venue says so: a key that can only look cannot be made to trade by a mistake.

A venue that does not say leaves it unknown. That a key was not refused yet is not an answer.
"""

from collections.abc import Callable, Mapping
from typing import Any

from .access import Access
from .ccxt_connection import connect
from .port import VenueUnreachable

_WORDS = ("trade", "order", "position", "withdraw", "transfer", "exchange", "convert")


def may_act(access: Access) -> tuple[str, ...] | None:
    """Return what a key may do beside looking, nothing when it may only look, None when nobody says."""
    ask = _ASKED.get(access.settings.name)
    if ask is None:
        return None
    api = connect(access)
    try:
        return ask(api)
    except Exception as error:
        said = f"{type(error).__name__}: {error}"[:300]
        raise VenueUnreachable(f"{access.settings.name} did not say what the key may do: {said}") from error
    finally:
        api.session.close()


def _bybit(api: Any) -> tuple[str, ...] | None:
    told = api.privateGetV5UserQueryApi().get("result") or {}
    if str(told.get("readOnly")) == "1":
        return ()
    permissions = told.get("permissions")
    if "readOnly" not in told or not isinstance(permissions, Mapping):
        return None
    words = [str(word) for group in permissions.values() for word in group or ()]
    return tuple(sorted(word for word in words if any(part in word.lower() for part in _WORDS)))


def _binance(api: Any) -> tuple[str, ...] | None:
    told = api.sapiGetAccountApiRestrictions()
    allowed = sorted(name for name, value in told.items() if name.startswith("enable") and value is True)
    if "enableReading" not in told:
        return None
    return tuple(name for name in allowed if name != "enableReading")


_ASKED: dict[str, Callable[[Any], tuple[str, ...] | None]] = {
    "bybit": _bybit,
    "binance": _binance,
    "binanceusdm": _binance,
    "binancecoinm": _binance,
}
