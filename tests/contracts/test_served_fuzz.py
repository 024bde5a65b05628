"""
Hostile input: whatever is sent to the served exchange, it answers in the venue's form and goes on.

No answer is an error of ours, nothing of the account is shown or changed without a valid signature,
nothing is written but the record, and the books still close afterwards.
"""

import os
from collections import defaultdict
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.engine.served.stage import INVERSE, LINEAR, SPOT, Stage, Wire
from tests.engine.stage import level, printed

from seatrial.engine.served.wire import Connection, Request

FAST_EXAMPLES, SLOW_EXAMPLES, REQUESTS = 60, 1_100, 20

NAMES = (
    "category", "symbol", "side", "orderType", "qty", "price", "timeInForce", "orderLinkId",
    "orderId", "reduceOnly", "positionIdx", "request", "settleCoin", "baseCoin", "coin", "limit",
    "cursor", "interval", "start", "end", "startTime", "endTime", "accountType", "buyLeverage",
    "sellLeverage", "mode", "timeWindow", "marketUnit", "openOnly", "orderStatus", "execType",
    "currency", "type", "isLeverage", "triggerPrice", "closeOnTrigger",
)  # fmt: skip
GOOD = (
    "linear", "spot", "inverse", "option", "BTCUSDT", "BTCUSD", "Buy", "Sell", "Limit", "Market",
    "1", "5", "98", "101", "GTC", "IOC", "FOK", "PostOnly", "USDT", "BTC", "UNIFIED", "before:3",
    "D", "0", "3", "quoteCoin", "New", "Trade",
)  # fmt: skip
HOSTILE = (
    *("", " ", "-1", "0.0000000000001", "1e400", "-1e-400", "NaN", "Infinity", "\u0663", "\u00b2", "9" * 400),
    *("1" * 19, "\x00", "../../etc/passwd", "%2e%2e%2f", "'; DROP TABLE orders;--", "<script>", "\ud7ff"),
    *("\U0001d7d9", "true", "null", "{}", "[]"),
)
scalars = st.one_of(
    st.sampled_from(GOOD),
    st.sampled_from(GOOD),
    st.sampled_from(HOSTILE),
    st.text(max_size=12),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.none(),
)
flat = st.dictionaries(st.sampled_from(NAMES), scalars, max_size=10)
orders = st.fixed_dictionaries(
    {
        "category": st.sampled_from(("linear", "spot", "inverse", "linear", "margin")),
        "symbol": st.sampled_from(("BTCUSDT", "BTCUSDT", "BTCUSD", "X")),
        "side": st.sampled_from(("Buy", "Sell")),
        "orderType": st.sampled_from(("Limit", "Market")),
        "qty": st.one_of(st.integers(1, 40).map(str), scalars),
        "price": st.one_of(st.integers(90, 110).map(str), scalars),
    },
    optional=dict.fromkeys(NAMES[6:10], scalars),
)
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
fields = st.one_of(
    orders,
    flat,
    st.fixed_dictionaries(
        {"category": st.just("linear"), "request": st.lists(st.one_of(orders, flat, anything), max_size=5)}
    ),
    st.dictionaries(st.sampled_from(NAMES), anything, max_size=5),
)
PATHS = sorted(Stage().exchange._routes)
requests = st.tuples(
    st.one_of(
        st.sampled_from(PATHS), st.tuples(st.sampled_from(("GET", "POST", "PUT", "")), st.text(max_size=20))
    ),
    fields,
    st.sampled_from(("signed", "signed", "signed", "unsigned", "forged", "raw")),
    st.binary(max_size=60),
)


def fresh() -> Stage:
    """Return an exchange of three markets with some life in them."""
    rows = [level(20 * n, n % 2, 98 if n % 2 == 0 else 102, 5 + n % 9, inst=n % 3) for n in range(1, 60)]
    rows += [printed(20 * n + 1, n % 2, 101 if n % 2 == 0 else 99, 4, inst=n % 3) for n in range(1, 60)]
    return Stage((LINEAR, SPOT, INVERSE), rows=rows, balance=5_000)


def encoded(method: str, told: dict[str, Any]) -> tuple[str, bytes]:
    """Return query and body of the fields."""
    if method == "POST":
        return "", orjson.dumps(told)
    return urlencode({key: str(value) for key, value in told.items()}), b""


def plain(value: Any) -> Any:
    """Return a value as JSON can say it: whole numbers beyond 64 bits become text."""
    if isinstance(value, dict):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [plain(each) for each in value]
    return str(value) if isinstance(value, int) and abs(value) >= 2**63 else value


def must_hold(stage: Stage) -> None:
    """Check the books and that nothing of ours broke."""
    assert stage.exchange.errors == 0
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for row in stage.venue.account.log:
        sums[row.coin] += Decimal(row.change)
    assert sums == stage.venue.account.wallets
    assert all(order.live for order in stage.venue.orders.open.values())
    assert len(stage.told("fill")) == len(stage.venue.orders.executions)


def one(stage: Stage, request: tuple[Any, ...]) -> None:
    """Send one request and check its answer."""
    (method, path), told, kind, noise = request
    query, body = encoded(method, plain(told))
    sent = stage.signed(method, path, query, noise if kind == "raw" and method == "POST" else body)
    before = len(stage.events)
    if kind == "unsigned":
        sent = sent._replace(headers={})
    elif kind == "forged":
        sent = sent._replace(headers={**sent.headers, "x-bapi-sign": noise.hex()})
    reply = stage.reply(sent)

    assert reply is not None
    assert reply.status in {200, 404}, reply
    answer = orjson.loads(reply.body)
    assert set(answer) == {"retCode", "retMsg", "result", "retExtInfo", "time"}
    route = stage.exchange._routes.get((method, path))
    if route is not None and route.signed and kind in {"unsigned", "forged"}:
        assert answer["retCode"] in {10003, 10004}
        assert answer["result"] == {}
        assert len(stage.events) == before


def attack(batch: list[tuple[Any, ...]]) -> None:
    """Send a batch of requests to a fresh exchange, with time going on between them."""
    stage = fresh()
    for at, request in enumerate(batch):
        one(stage, request)
        if at % 4 == 3:
            stage.step(60)
    must_hold(stage)


@settings(max_examples=FAST_EXAMPLES, suppress_health_check=list(HealthCheck))
@given(st.lists(requests, min_size=REQUESTS, max_size=REQUESTS))
def test_rest_answers_everything(batch: list[tuple[Any, ...]]) -> None:
    """A thousand hostile requests in every run of the tests."""
    attack(batch)


@pytest.mark.slow
@settings(max_examples=SLOW_EXAMPLES, suppress_health_check=list(HealthCheck))
@given(st.lists(requests, min_size=REQUESTS, max_size=REQUESTS))
def test_rest_answers_twenty_thousand(batch: list[tuple[Any, ...]]) -> None:
    """More than twenty thousand requests, with other examples than the quick test's."""
    attack(batch)


messages = st.one_of(
    st.binary(max_size=80),
    anything.map(lambda value: orjson.dumps(plain(value))),
    st.builds(
        lambda op, args, header, req: orjson.dumps(
            plain({"op": op, "args": args, "header": header, "reqId": req, "req_id": req})
        ),
        st.sampled_from(
            (
                "subscribe",
                "unsubscribe",
                "auth",
                "ping",
                "order.create",
                "order.cancel",
                "order.create-batch",
                "x",
                "",
            )
        ),
        st.one_of(
            st.lists(
                st.one_of(
                    orders, scalars, st.sampled_from(("orderbook.50.BTCUSDT", "order", "kline.1.BTCUSDT"))
                ),
                max_size=3,
            ),
            anything,
        ),
        anything,
        anything,
    ),
)


@settings(max_examples=FAST_EXAMPLES * 2, suppress_health_check=list(HealthCheck))
@given(
    st.sampled_from(("/v5/public/linear", "/v5/public/spot", "/v5/private", "/v5/trade")),
    st.booleans(),
    st.lists(messages, max_size=15),
)
def test_sockets_answer_everything(path: str, known: bool, said: list[bytes]) -> None:
    """Whatever is said on a WebSocket, the line stays and nothing private is told to a stranger."""
    stage = fresh()
    line = stage.line(path)
    if known and not path.startswith("/v5/public"):
        stage.login(line)
    for text in said:
        line.listener.on_text(text)
        told = line.taken()
        if not known:
            assert not any(each.get("topic") in {"order", "execution", "position", "wallet"} for each in told)
    stage.step(100)
    if not known:
        assert stage.told("order") == []
    assert not line.wire.closed
    must_hold(stage)


@settings(max_examples=FAST_EXAMPLES * 4, suppress_health_check=list(HealthCheck))
@given(
    st.lists(
        st.one_of(
            st.binary(max_size=200),
            st.sampled_from(
                (
                    b"GET / HTTP/1.1\r\n",
                    b"Host: x\r\n",
                    b"\r\n",
                    b"Content-Length: 5\r\n",
                    b"Upgrade: websocket\r\n",
                    b"Connection: Upgrade\r\n",
                    b"Sec-WebSocket-Key: x\r\n",
                    b"GET /v5/private HTTP/1.1\r\n",
                    b"Transfer-Encoding: chunked\r\n",
                )
            ),
        ),
        max_size=12,
    )
)
def test_bytes_are_bytes(parts: list[bytes]) -> None:
    """Raw bytes on the port end in an answer, a closed line or silence, never in an exception."""
    stage, wire = fresh(), Wire()
    connection = Connection(stage.exchange, set())
    connection.connection_made(wire)
    for part in parts:
        if not wire.closed:
            connection.data_received(part)
    connection.connection_lost(None)

    assert stage.exchange.errors == 0
    assert stage.told("order") == []


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every path that is opened while the test runs."""
    opened: list[str] = []
    real = os.open

    def noted(path: Any, *rest: Any, **more: Any) -> int:
        opened.append(os.fspath(path) if not isinstance(path, int) else str(path))
        return real(path, *rest, **more)

    monkeypatch.setattr(os, "open", noted)
    monkeypatch.setattr("builtins.open", lambda path, *_, **__: opened.append(str(path)))
    return opened


def test_no_request_opens_a_file(elsewhere: list[str]) -> None:
    """There is no path outside the record because there is no path at all."""
    stage = fresh()
    for text in (
        "../../etc/passwd",
        "/etc/passwd",
        "%2e%2e/run.json",
        "C:\\x",
        "file:///etc/passwd",
        "~/.ssh",
    ):
        for method, path in PATHS:
            one(
                stage,
                (
                    (method, path),
                    {"category": "linear", "symbol": text, "orderLinkId": text, "cursor": text},
                    "signed",
                    b"",
                ),
            )
            stage.reply(Request(method, f"{path}/{text}", "", {}, b""))
            stage.reply(Request("GET", f"/control/{text}", "", {}, b""))

    assert elsewhere == []
