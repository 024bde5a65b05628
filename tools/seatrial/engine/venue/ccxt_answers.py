"""
From what ccxt raises to the three answers, by whether the venue can have accepted the request.

ccxt names errors by what happened, not by what it means for the order. A refusal that the venue
gave a reason for, and the statuses 400, 401, 403, 418 and 429, prove that nothing was accepted;
everything else, an error without a name included, leaves the outcome unknown.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from .port import Answer

_REFUSED_STATUSES = frozenset({400, 401, 403, 418, 429})
_SERVER_ERROR = 500
_LONGEST_REASON = 300


@dataclass
class Wire:
    """What the last response looked like, underneath ccxt's classes."""

    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    garbled: bool = False

    def forget(self) -> None:
        """Forget the last response, before a request."""
        self.status, self.headers, self.garbled = None, {}, False

    def heard(
        self, code: int, _reason: str, _url: str, _method: str, headers: Any, body: str, *_: Any
    ) -> str:
        """
        Note a response on its way through ccxt.

        A body that is no JSON is noted apart: ccxt makes an empty list of it, which would read as
        an account without orders.
        """
        self.status = int(code)
        self.garbled |= not _is_json(body)
        self.headers = {str(name).lower(): str(value) for name, value in dict(headers or {}).items()}
        return body.strip()


def answer_of(error: Exception, wire: Wire, now_ms: Callable[[], int]) -> Answer:
    """Return the answer that an error amounts to."""
    refused = _is_refusal(error, wire)
    reason = f"{type(error).__name__}: {error}"[:_LONGEST_REASON]
    wait_ms = retry_after_ms(wire, now_ms) if refused else None
    return Answer("rejected" if refused else "unknown", reason=reason, retry_after_ms=wait_ms)


def cancel_answer_of(error: Exception, wire: Wire, now_ms: Callable[[], int]) -> Answer:
    """
    Return the answer to a cancel; only the venue's word that there is no such open order is a no.

    A cancel that was refused for its rate or its signature leaves the order where it was.
    """
    import ccxt

    answer = answer_of(error, wire, now_ms)
    is_gone = answer.outcome == "rejected" and isinstance(error, ccxt.InvalidOrder)
    return answer if is_gone else replace(answer, outcome="unknown")


def _is_refusal(error: Exception, wire: Wire) -> bool:
    import ccxt

    if wire.status is not None and wire.status >= _SERVER_ERROR:
        return False
    duplicate = isinstance(error, ccxt.InvalidOrder) and "duplicate" in str(error).lower()
    if duplicate or isinstance(error, ccxt.ChecksumError):
        # An order of this id is there: an earlier request may have been accepted after all.
        return False
    refusals = (
        ccxt.InvalidOrder,
        ccxt.InsufficientFunds,
        ccxt.AuthenticationError,
        ccxt.BadRequest,
        ccxt.ArgumentsRequired,
        ccxt.NotSupported,
        ccxt.OperationRejected,
        ccxt.RateLimitExceeded,
        ccxt.DDoSProtection,
        ccxt.InvalidNonce,
    )
    return isinstance(error, refusals) or wire.status in _REFUSED_STATUSES


def retry_after_ms(wire: Wire, now_ms: Callable[[], int]) -> int | None:
    """Return the venue's own word on how long to wait, None when it gave none."""
    seconds = wire.headers.get("retry-after", "")
    if seconds.replace(".", "", 1).isdigit():
        return int(float(seconds) * 1_000)
    reset = wire.headers.get("x-bapi-limit-reset-timestamp", "")
    is_limited = wire.status in {403, 429} or wire.headers.get("x-bapi-limit-status") == "0"
    if is_limited and reset.isdigit():
        return max(0, int(reset) - now_ms())
    return None


def _is_json(body: str) -> bool:
    import orjson

    try:
        orjson.loads(body)
    except orjson.JSONDecodeError:
        return False
    return True
