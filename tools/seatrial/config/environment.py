"""
The one door to the process environment; nothing else in the suite reads it.

What the environment may say: overrides of settings (`SEATRIAL_SOAK__ITERATIONS`), where the data
are, a frozen time for goldens, and that colours are not wanted.
"""

import os
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ..model.errors import UsageError, Where

PREFIX = "SEATRIAL_"
OLD_PREFIX = "SOAK_"
FREEZE = ("SEATRIAL_FREEZE_UTC_ISO", "MM_FREEZE_UTC_ISO")
DATA = "SEATRIAL_DATA"
# Variables of ours that are no settings of a profile.
NOT_SETTINGS = frozenset({DATA, *FREEZE})
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def variables() -> dict[str, str]:
    """Return the environment as it is now."""
    return dict(os.environ)


def overrides(env: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that claim to be settings, sorted; the older `SOAK_` form comes first."""
    names = [name for name in env if name.startswith(PREFIX) and name not in NOT_SETTINGS]
    older = [name for name in env if name.startswith(OLD_PREFIX)]
    return {name: env[name] for name in (*sorted(older), *sorted(names))}


def frozen_ns(env: Mapping[str, str] | None = None) -> int | None:
    """
    Return the frozen time in ns UTC, None when time runs.

    `SEATRIAL_FREEZE_UTC_ISO` wins over `MM_FREEZE_UTC_ISO`; a stamp without an offset is UTC, as
    the names say. A value that is no time is an error: an unfrozen golden would be wrong in silence.
    """
    held = variables() if env is None else env
    for name in FREEZE:
        text = held.get(name, "").strip()
        if text:
            return _ns_of(text, name)
    return None


def data_folder(env: Mapping[str, str] | None = None) -> Path | None:
    """Return the folder of recorded market data that SEATRIAL_DATA names, None when unset."""
    held = variables() if env is None else env
    return Path(held[DATA]) if held.get(DATA) else None


def no_color(env: Mapping[str, str] | None = None) -> bool:
    """Return whether colours are unwanted (NO_COLOR set to anything, see no-color.org)."""
    held = variables() if env is None else env
    return bool(held.get("NO_COLOR"))


def _ns_of(text: str, name: str) -> int:
    try:
        stamp = datetime.fromisoformat(text)
        since = (stamp if stamp.tzinfo else stamp.replace(tzinfo=UTC)) - _EPOCH
    except (ValueError, OverflowError) as error:
        raise _not_a_time(text, name) from error
    if since < timedelta(0):
        raise _not_a_time(text, name)
    return (since.days * 86_400 + since.seconds) * 10**9 + since.microseconds * 1_000


def _not_a_time(text: str, name: str) -> UsageError:
    fix = "write it like 2026-01-31T00:00:00Z"
    return UsageError(f"{text!r} is not a time since 1970", where=Where(field=name), fix=fix)
