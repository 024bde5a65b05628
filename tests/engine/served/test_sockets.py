"""What is said on WebSockets, in the venue's own forms."""

from decimal import Decimal

import pytest
from tests.engine.served.stage import LINEAR, SPOT, Stage
from tests.engine.stage import level, printed


def test_both_forms_of_ping_are_answered_in_each_streams_way() -> None:
    """Clients drop a connection whose pong they do not recognise."""
    stage = Stage()

    (public,) = stage.line("/v5/public/linear").say(op="ping", req_id="7")
    assert (public["success"], public["ret_msg"], public["req_id"], public["op"]) == (
        True,
        "pong",
        "7",
        "ping",
    )
    (private,) = stage.line("/v5/private").say(op="ping")
    assert (private["op"], private["args"]) == ("pong", [str(stage.exchange.clock.time_ms())])
    (trade,) = stage.line("/v5/trade").say(op="ping", reqId="9")
    assert (trade["op"], trade["retCode"], trade["reqId"]) == ("pong", 0, "9")


def test_a_book_begins_with_a_snapshot_and_goes_on_without_a_hole() -> None:
    """A client that keeps the book by deltas must end with the book that is there."""
    rows = [level(1_000 + 30 * n, n % 2, 98 - n % 3 if n % 2 == 0 else 102 + n % 3, 5 + n) for n in range(40)]
    stage = Stage(rows=rows)
    line = stage.line("/v5/public/linear")
    reply, first = line.say(op="subscribe", args=["orderbook.50.BTCUSDT"])

    kept = {side: dict(first["data"][side]) for side in ("b", "a")}
    last = first["data"]["u"]
    for _ in range(60):
        stage.step(50)
        for each in line.taken():
            assert (each["type"], each["data"]["u"]) == ("delta", last + 1)
            assert each["cts"] <= each["ts"]
            last += 1
            for side, levels in kept.items():
                levels.update(each["data"][side])
                for price in [price for price, size in levels.items() if Decimal(size) == 0]:
                    del levels[price]
    late = stage.line("/v5/public/linear").say(op="subscribe", args=["orderbook.50.BTCUSDT"])[1]
    assert reply["success"]
    assert last > first["data"]["u"] + 20
    assert (late["type"], late["data"]["u"]) == ("snapshot", last)
    assert kept == {side: dict(late["data"][side]) for side in ("b", "a")}
    rest = stage.get("/v5/market/orderbook", category="linear", symbol="BTCUSDT", limit=50)["result"]
    assert kept == {side: dict(rest[side]) for side in ("b", "a")}


def test_each_depth_shows_its_own_levels() -> None:
    """A subscription of one level must not be told of the second."""
    line = Stage().line("/v5/public/linear")

    firsts = line.say(op="subscribe", args=[f"orderbook.{depth}.BTCUSDT" for depth in (1, 50, 200, 500)])[1:]

    assert [len(each["data"]["b"]) for each in firsts] == [1, 3, 3, 3]


def test_the_best_level_is_told_in_snapshots_and_again_when_it_is_quiet() -> None:
    """Clients take the first level of this stream as it is: a delta would be read as a price that is gone."""
    stage = Stage(rows=[level(1_000, 0, 99, 0), level(1_500, 0, 100, 3)])
    line = stage.line("/v5/public/linear")
    first = line.say(op="subscribe", args=["orderbook.1.BTCUSDT"])[1]
    stage.step(5_500)
    told = [first, *line.taken()]

    assert {each["type"] for each in told} == {"snapshot"}
    moved = [each["data"]["b"] for each in told]
    assert moved == [[["99", "10"]], [["98", "20"]], [["100", "3"]], [["100", "3"]]]
    assert [each["data"]["u"] - first["data"]["u"] for each in told] == [0, 1, 2, 2]


def test_trades_and_candles_are_told() -> None:
    """Every trade once, in the taker's sense, and a candle that adds them up."""
    stage = Stage(rows=[printed(1_000, 0, 101, 3), printed(1_001, 1, 99, 2), printed(70_000, 0, 102, 1)])
    line = stage.line("/v5/public/linear")
    line.say(op="subscribe", args=["publicTrade.BTCUSDT", "kline.1.BTCUSDT", "tickers.BTCUSDT"])
    stage.step(2_000)
    told = line.taken()

    trades = [row for each in told if each["topic"].startswith("publicTrade") for row in each["data"]]
    assert [(row["S"], row["p"], row["v"]) for row in trades] == [("Buy", "101", "3"), ("Sell", "99", "2")]
    candle = [row for each in told if each["topic"].startswith("kline") for row in each["data"]][-1]
    assert [candle[name] for name in ("open", "high", "low", "close", "volume")] == [
        "101",
        "101",
        "99",
        "99",
        "5",
    ]
    ticker = [each for each in told if each["topic"].startswith("tickers")]
    assert any(each["data"].get("volume24h") == "5" for each in ticker)
    stage.step(70_000)
    later = [row for each in line.taken() if each["topic"].startswith("kline") for row in each["data"]]
    assert [(row["confirm"], row["close"]) for row in later] == [(True, "99"), (False, "102")]


@pytest.mark.parametrize(
    "topic",
    ["", "orderbook.7.BTCUSDT", "orderbook.50.NOPE", "orderbook", "x.y.z.w", "kline.2.BTCUSDT", "wallet"],
)
def test_a_topic_that_does_not_exist_is_refused(topic: str) -> None:
    """A bot with a typo must hear of it, not wait for ever."""
    (answer,) = Stage().line("/v5/public/linear").say(op="subscribe", args=[topic])

    assert not answer["success"]
    assert answer["ret_msg"].startswith(("error:handler not found", "args size"))


def test_a_topic_is_subscribed_to_once_and_left() -> None:
    """Doubled subscriptions would double every message."""
    stage = Stage()
    line = stage.line("/v5/public/linear")
    line.say(op="subscribe", args=["publicTrade.BTCUSDT"])

    assert not line.say(op="subscribe", args=["publicTrade.BTCUSDT"])[0]["success"]
    assert line.say(op="unsubscribe", args=["publicTrade.BTCUSDT"])[0]["success"]
    assert list(stage.exchange.hub.topics()) == []


def test_nothing_private_is_told_before_a_valid_login() -> None:
    """The account's stream is the account."""
    stage = Stage()
    line = stage.line("/v5/private")

    assert not line.say(op="subscribe", args=["order"])[0]["success"]
    assert not line.say(op="auth", args=["key", stage.wall_ns // 1_000_000 + 1_000, "0" * 64])[0]["success"]
    assert not line.say(op="auth", args=["key"])[0]["success"]
    assert not line.say(op="subscribe", args=["wallet"])[0]["success"]
    stage.order("Buy", 1)
    assert line.taken() == []
    assert stage.login(line)["success"]


def test_the_private_stream_tells_order_execution_position_and_wallet() -> None:
    """What the stream says is what REST says and what the record says."""
    stage = Stage()
    line = stage.private("order", "execution", "position", "wallet")
    stage.order("Buy", 15, orderLinkId="mine")
    told = line.taken()

    assert [(each["topic"]) for each in told] == ["execution", "order", "position", "wallet"] * 2
    orders = [row for each in told if each["topic"] == "order" for row in each["data"]]
    assert [row["orderStatus"] for row in orders] == ["PartiallyFilled", "Filled"]
    executions = [row for each in told if each["topic"] == "execution" for row in each["data"]]
    assert executions == stage.rows("/v5/execution/list")[::-1]
    positions = [row for each in told if each["topic"] == "position" for row in each["data"]]
    assert [row["size"] for row in positions] == ["15", "15"]
    (wallet,) = told[-1]["data"]
    (rest,) = stage.get("/v5/account/wallet-balance", accountType="UNIFIED")["result"]["list"]
    assert wallet["coin"][0]["walletBalance"] == rest["coin"][0]["walletBalance"]


def test_a_categorys_own_topic_hears_that_category_alone() -> None:
    """`order.spot` must not be told of a linear order."""
    stage = Stage((LINEAR, SPOT))
    spot, linear = stage.private("order.spot"), stage.private("order.linear")
    stage.order("Buy", 1, 98)

    assert spot.taken() == []
    assert [each["topic"] for each in linear.taken()] == ["order.linear"]


def test_orders_over_the_trade_stream_are_orders() -> None:
    """The same door as REST: same checks, same record."""
    stage = Stage()
    line = stage.line("/v5/trade")
    order = {
        "category": "linear",
        "symbol": "BTCUSDT",
        "side": "Buy",
        "orderType": "Limit",
        "qty": "1",
        "price": "98",
    }

    def say(op: str, *args: object, stamp: int | None = None) -> dict[str, object]:
        header = {"X-BAPI-TIMESTAMP": str(stage.exchange.clock.time_ms() if stamp is None else stamp)}
        (answer,) = line.say(op=op, reqId="r", header=header, args=list(args))
        return answer

    assert say("order.create", order)["retCode"] == 10004
    assert stage.login(line)["retCode"] == 0
    placed = say("order.create", order)
    assert (placed["retCode"], placed["reqId"], placed["op"]) == (0, "r", "order.create")
    assert placed["header"]["X-Bapi-Limit"] == "10"  # type: ignore[index]
    named = {"category": "linear", "symbol": "BTCUSDT", "orderId": placed["data"]["orderId"]}  # type: ignore[index]
    assert say("order.amend", {**named, "qty": "2"})["retCode"] == 0
    assert say("order.cancel", named)["retCode"] == 0
    assert say("order.cancel", named)["retCode"] == 110001
    assert say("order.create", order, stamp=1)["retCode"] == 10002
    assert say("order.create")["retCode"] == 10001
    assert say("order.explode", order)["retCode"] == 10001
    batch = say("order.create-batch", {"category": "linear", "request": [order, {**order, "price": "1.5"}]})
    assert [each["code"] for each in batch["retExtInfo"]["list"]] == [0, 10001]  # type: ignore[index]


@pytest.mark.parametrize(
    "text", [b"", b"{", b"[]", b"null", b'"op"', b"\xff\xfe", b"x" * 70_000, b'{"op":{}}']
)
def test_nonsense_is_told_so_and_the_line_stays(text: bytes) -> None:
    """A client with a bug must not lose its orders' news for it."""
    for path in ("/v5/public/linear", "/v5/private", "/v5/trade"):
        stage = Stage()
        line = stage.line(path)
        line.listener.on_text(text)

        assert line.taken()
        assert not line.wire.closed
        assert stage.exchange.errors == 0


def test_orders_are_cancelled_when_the_protected_stream_is_gone_for_too_long() -> None:
    """Disconnect protection: a bot that has lost its line must not keep its quotes."""
    stage = Stage()
    assert stage.post("/v5/order/disconnected-cancel-all", timeWindow=10)["retCode"] == 0
    line = stage.private("order", "dcp.future")
    stage.order("Buy", 1, 98)

    line.listener.on_lost()
    stage.step(9_000)
    assert len(stage.rows("/v5/order/realtime", symbol="BTCUSDT")) == 1
    stage.step(1_100)
    assert stage.rows("/v5/order/realtime", symbol="BTCUSDT") == []
    (order,) = stage.rows("/v5/order/history")
    assert order["cancelType"] == "CancelByDCP"


def test_protection_waits_for_a_line_that_comes_back_in_time() -> None:
    """A reconnect within the window keeps the orders."""
    stage = Stage()
    stage.post("/v5/order/disconnected-cancel-all", timeWindow=10)
    stage.private("dcp.future").listener.on_lost()
    stage.order("Buy", 1, 98)

    stage.step(5_000)
    stage.private("dcp.future")
    stage.step(60_000)
    assert len(stage.rows("/v5/order/realtime", symbol="BTCUSDT")) == 1
