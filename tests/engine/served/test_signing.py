"""Who may speak: without a valid signature nothing of the account is shown or done."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.served.stage import KEY, Stage

from seatrial.engine.served.wire import Request

BODY = b'{"category":"linear","symbol":"BTCUSDT","side":"Buy","orderType":"Market","qty":"1"}'


def code(stage: Stage, request: Request) -> int:
    """Return the retCode of the answer."""
    import orjson

    reply = stage.reply(request)
    assert reply is not None
    found: int = orjson.loads(reply.body)["retCode"]
    return found


@pytest.mark.parametrize(
    ("header", "value", "expected"),
    [
        ("x-bapi-sign", "0" * 64, 10004),
        ("x-bapi-sign", "", 10004),
        ("x-bapi-api-key", "other", 10003),
        ("x-bapi-api-key", "", 10003),
        ("x-bapi-timestamp", "", 10001),
        ("x-bapi-timestamp", "soon", 10001),
        ("x-bapi-timestamp", "²³", 10001),
        ("x-bapi-recv-window", "6000", 10004),
        ("x-bapi-recv-window", "-5", 10001),
    ],
)
def test_a_changed_header_lets_nobody_in(header: str, value: str, expected: int) -> None:
    """Each header is signed or is what is signed with."""
    stage = Stage()
    request = stage.signed("POST", "/v5/order/create", body=BODY)

    assert code(stage, request._replace(headers={**request.headers, header: value})) == expected
    assert stage.told("order") == []


@pytest.mark.parametrize(("off_ms", "expected"), [(-4_999, 0), (-5_001, 10002), (999, 0), (1_000, 10002)])
def test_a_stamp_must_be_within_the_window(off_ms: int, expected: int) -> None:
    """The venue's rule: not older than the window, and not more than a second ahead."""
    stage = Stage()
    now, moved = stage.exchange.clock.time_ms(), stage.exchange.clock.time_ms() + off_ms
    stage.wall_ns = now * 1_000_000
    stage.exchange.clock.skew_ms = moved - now
    request = stage.signed("GET", "/v5/account/info")
    stage.exchange.clock.skew_ms = 0

    assert code(stage, request) == expected


@settings(max_examples=200)
@given(st.integers(0, len(BODY) - 1), st.integers(1, 255))
def test_no_byte_of_a_body_can_be_changed(at: int, change: int) -> None:
    """A signature that covers less than everything covers nothing."""
    stage = _STAGE
    request = stage.signed("POST", "/v5/order/create", body=BODY)
    changed = bytearray(BODY)
    changed[at] ^= change

    assert code(stage, request._replace(body=bytes(changed))) == 10004


_STAGE = Stage()


def test_an_exchange_without_keys_lets_nobody_in() -> None:
    """An empty secret is one that everybody knows."""
    stage = Stage()
    stage.exchange.guard._open = False

    assert code(stage, stage.signed("GET", "/v5/account/info")) == 10003


def test_every_private_path_is_signed() -> None:
    """A new route that forgets to ask for a signature is found here."""
    stage = Stage()
    public = "/v5/market/"

    for (method, path), route in stage.exchange._routes.items():
        assert route.signed == (not path.startswith(public))
        if route.signed:
            assert code(stage, Request(method, path, "", {"x-bapi-api-key": KEY}, b"{}")) in {10001, 10004}
