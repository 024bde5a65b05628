"""How the room says an amount and a time, so that every report says it alike."""

from datetime import UTC, datetime, timedelta
from decimal import Context, Decimal

_PLAIN = Context(prec=60)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAY_NS = 86_400 * 10**9


def amount(value: Decimal) -> str:
    """Return an amount in plain digits, without an exponent and without zeros that say nothing."""
    text = format(_PLAIN.normalize(value), "f")
    return "0" if text in {"-0", ""} else text


def maybe(value: Decimal | None) -> str | None:
    """Return an amount as `amount` does, or None when it was not measured."""
    return None if value is None else amount(value)


def utc(ts_ns: int) -> str:
    """Return a time as `2025-07-01T00:00:00.123456789Z`, with as many places as it has."""
    seconds, rest = divmod(ts_ns, 10**9)
    stamp = (_EPOCH + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{stamp}{f'.{rest:09d}'.rstrip('0') if rest else ''}Z"


def day(ts_ns: int) -> str:
    """Return the UTC day of a time."""
    return utc(ts_ns)[:10]
