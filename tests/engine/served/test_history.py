"""What was: pages that lose and repeat nothing, whatever happens between two of them."""

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.served.stage import Stage

from seatrial.engine.served import orders


@settings(max_examples=30)
@given(st.integers(1, 7), st.integers(0, 12), st.integers(0, 3))
def test_pages_are_whole_though_orders_end_meanwhile(limit: int, count: int, between: int) -> None:
    """A bot that reconciles by pages must see each fill once."""
    stage = Stage()
    for _ in range(count):
        stage.order("Buy", 1, 101, timeInForce="IOC")

    seen, cursor = [], ""
    while True:
        page = stage.get("/v5/execution/list", category="linear", limit=limit, cursor=cursor)["result"]
        seen += [row["execId"] for row in page["list"]]
        cursor = page["nextPageCursor"]
        if not cursor:
            break
        for _ in range(between):
            stage.order("Sell", 1, 99, timeInForce="IOC")
    assert seen == [str(number) for number in range(min(count, 10), 0, -1)]


def test_a_cursor_of_somebody_elses_is_refused() -> None:
    """A cursor is ours or an error, never a wrong page."""
    stage = Stage()

    for cursor in ("x", "before:", "before:²", "after:1", "before:" + "9" * 50):
        assert stage.get("/v5/execution/list", category="linear", cursor=cursor)["retCode"] == 10001


def test_orders_are_filtered_by_what_was_asked() -> None:
    """Status, time and names; open orders alone in realtime."""
    stage = Stage()
    filled = stage.order("Buy", 1, 101, orderLinkId="a")["result"]["orderId"]
    stage.step(1_000)
    standing = stage.order("Buy", 1, 97)["result"]["orderId"]
    now = stage.exchange.clock.time_ms()

    def ids(path: str, **fields: object) -> list[str]:
        return [row["orderId"] for row in stage.rows(path, **fields)]

    assert ids("/v5/order/realtime", symbol="BTCUSDT") == [standing]
    assert ids("/v5/order/realtime", symbol="BTCUSDT", openOnly=1) == [filled]
    assert ids("/v5/order/realtime", orderLinkId="a") == [filled]
    assert ids("/v5/order/history", orderStatus="Filled") == [filled]
    assert ids("/v5/order/history") == [standing, filled]
    assert ids("/v5/order/history", endTime=now - 500) == [filled]
    assert ids("/v5/execution/list", orderId=filled) == ["1"] or ids(
        "/v5/execution/list", orderId=filled
    ) == [filled]
    assert ids("/v5/execution/list", startTime=now) == []
    assert stage.get("/v5/order/realtime", category="linear")["retCode"] == 10001


def test_memory_of_what_is_over_has_a_bound(monkeypatch: object) -> None:
    """A soak of a million orders keeps the newest ones in memory and all of them in the record."""
    kept = orders.Orders()
    count = orders.KEPT_MAX + 50
    for number in range(count):
        order = orders.Order(number, f"l{number}", 0, 0, 0, 1, 1, 1, 0, False, False, 0, 0)
        kept.add(order)
        kept.end(order)

    assert len(kept.ended) == len(kept._ended_by_id) == len(kept._by_link) == orders.KEPT_MAX
    assert kept.find("49", "") is None
    assert kept.find("", "l49") is None
    assert kept.find("50", "") is not None
