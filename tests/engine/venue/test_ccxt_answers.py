"""From ccxt's errors to three answers: whether the venue can have accepted is all that counts."""

import ssl
from typing import Any

import pytest

from seatrial.engine.venue.ccxt_answers import Wire, answer_of, cancel_answer_of, retry_after_ms

ccxt = pytest.importorskip("ccxt", reason="the extra 'venues' is not installed")

REFUSED = [
    "InvalidOrder", "InsufficientFunds", "AuthenticationError", "PermissionDenied", "BadRequest", "BadSymbol",
    "ArgumentsRequired", "NotSupported", "OperationRejected", "MarketClosed", "RateLimitExceeded",
    "DDoSProtection", "InvalidNonce", "OrderNotFound", "OrderImmediatelyFillable", "AccountSuspended",
]  # fmt: skip
OPEN = [
    "NetworkError", "RequestTimeout", "ExchangeNotAvailable", "OnMaintenance", "BadResponse", "NullResponse",
    "ExchangeError", "OperationFailed", "ChecksumError", "BaseError",
]  # fmt: skip


def outcome(error: Exception, status: int | None = 200) -> str:
    """The answer to an order that ran into an error."""
    return answer_of(error, Wire(status), lambda: 0).outcome


@pytest.mark.parametrize("name", REFUSED)
def test_a_reasoned_refusal_is_definite(name: str) -> None:
    """The venue, or ccxt before sending, has said no."""
    assert outcome(getattr(ccxt, name)("no")) == "rejected"


@pytest.mark.parametrize("name", OPEN)
def test_everything_else_is_unknown(name: str) -> None:
    """A network error, a maintenance page, an error without a name: it may have been accepted."""
    assert outcome(getattr(ccxt, name)("hm"), None) == "unknown"


@pytest.mark.parametrize(
    "error", [ValueError("x"), KeyError("x"), TypeError(), OSError(), ssl.SSLError(), RuntimeError()]
)
def test_what_is_not_even_ccxt_s_is_unknown(error: Exception) -> None:
    """A bug after the answer came says nothing about the order."""
    assert outcome(error) == "unknown"


@pytest.mark.parametrize("status", [500, 502, 503, 504, 520])
def test_a_server_error_outweighs_the_class(status: int) -> None:
    """A refusal that comes with a 5xx comes from something in front of the venue."""
    assert outcome(ccxt.InvalidOrder("no"), status) == "unknown"


@pytest.mark.parametrize("status", [400, 401, 403, 418, 429])
def test_a_status_that_proves_it_outweighs_the_class(status: int) -> None:
    """Ccxt calls 400 and 403 `ExchangeNotAvailable`."""
    assert outcome(ccxt.ExchangeNotAvailable("x"), status) == "rejected"


def test_a_duplicate_is_unknown_whatever_it_is_called() -> None:
    """An order of this id is there: the one whose answer was lost."""
    assert outcome(ccxt.DuplicateOrderId("Duplicate order")) == "unknown"
    assert outcome(ccxt.InvalidOrder("110072 OrderLinkedID is duplicate")) == "unknown"


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (ccxt.OrderNotFound("gone"), "rejected"),
        (ccxt.InvalidOrder("closed"), "rejected"),
        (ccxt.RateLimitExceeded("slow down"), "unknown"),
        (ccxt.AuthenticationError("who"), "unknown"),
        (ccxt.BadRequest("what"), "unknown"),
        (ccxt.RequestTimeout("..."), "unknown"),
    ],
)
def test_a_cancel_is_refused_only_when_there_is_no_such_order(error: Exception, expected: str) -> None:
    """`rejected` of a cancel means that the order is gone."""
    assert cancel_answer_of(error, Wire(200), lambda: 0).outcome == expected


@pytest.mark.parametrize(
    ("headers", "status", "expected"),
    [
        ({"Retry-After": "3"}, 429, 3_000),
        ({"retry-after": "0.5"}, 418, 500),
        ({"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}, 429, None),
        ({"X-Bapi-Limit-Reset-Timestamp": "10500"}, 429, 500),
        ({"X-Bapi-Limit-Reset-Timestamp": "9000"}, 429, 0),
        ({"X-Bapi-Limit-Reset-Timestamp": "10500", "X-Bapi-Limit-Status": "19"}, 200, None),
        ({}, 429, None),
    ],
)
def test_the_venue_s_own_word_on_waiting_is_taken(
    headers: dict[str, str], status: int, expected: Any
) -> None:
    """In whatever form it says it; never guessed."""
    wire = Wire()
    wire.heard(status, "", "", "", headers, "{}")

    assert retry_after_ms(wire, lambda: 10_000) == expected


@pytest.mark.parametrize(
    ("body", "garbled"), [("{}", False), ("[]", False), ("<html>", True), ("", True), ('{"a":', True)]
)
def test_a_body_that_is_no_json_is_noticed(body: str, garbled: bool) -> None:
    """Ccxt makes an empty list of it."""
    wire = Wire()
    wire.heard(200, "", "", "", {}, body)

    assert wire.garbled is garbled
    wire.forget()
    assert not wire.garbled
