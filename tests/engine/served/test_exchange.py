"""Faults on the wire, limits, and answers that come in time: what a drill relies on."""

from collections.abc import Callable

import pytest
from tests.engine.served.stage import Line, Stage
from tests.engine.stage import level, printed

from seatrial.engine.served.wire import Request
from seatrial.engine.served.wire_faults import NAMES
from seatrial.model.errors import UsageError
from seatrial.model.profile import LatencySettings

ORDER = b'{"category":"linear","symbol":"BTCUSDT","side":"Buy","orderType":"Limit","qty":"1","price":"97"}'


def market() -> Stage:
    """Return a stage whose book moves every 20 ms for four seconds, with trades."""
    rows = [level(20 * n, 0, 98, 20 + n % 7) for n in range(1, 200)]
    rows += [printed(20 * n + 5, n % 2, 101 if n % 2 == 0 else 99, 1) for n in range(1, 200)]
    return Stage(rows=rows)


def set_fault(stage: Stage, name: str, **more: object) -> None:
    """Set a fault from now on."""
    answer = stage.control("POST", "faults", fault=name, **{"for_s": 2, **more})
    assert "error" not in answer, answer


def bitten(stage: Stage) -> list[str]:
    """Return the faults that the record says took effect."""
    return [fields["fault"] for fields in stage.told("fault")]


def books(line: Line) -> list[dict[str, object]]:
    """Return the book messages that have come."""
    return [each for each in line.taken() if str(each["topic"]).startswith("orderbook")]


def subscribed(stage: Stage, *topics: str) -> Line:
    """Return a public line that has subscribed."""
    line = stage.line("/v5/public/linear")
    line.say(op="subscribe", args=list(topics))
    return line


def test_a_rate_limit_fault_is_a_429_with_the_time_to_wait() -> None:
    """A bot must slow down by the headers; here it can be seen whether it does."""
    stage = market()
    set_fault(stage, "rate_limited", value_ms=3_000)

    reply = stage.reply(stage.signed("POST", "/v5/order/cancel-all", body=b'{"category":"linear"}'))
    assert reply is not None
    headers = dict(reply.headers)
    assert (reply.status, headers["Retry-After"], headers["X-Bapi-Limit-Status"]) == (429, "3", "0")
    assert int(headers["X-Bapi-Limit-Reset-Timestamp"]) == stage.exchange.clock.time_ms() + 3_000
    assert b'"retCode":10006' in reply.body
    assert bitten(stage) == ["rate_limited"]


@pytest.mark.parametrize("name", ["timeout", "server_error"])
@pytest.mark.parametrize("accepted", [True, False])
def test_a_lost_answer_may_hide_an_order(name: str, *, accepted: bool) -> None:
    """Unknown is not rejected: the order is there or it is not, and only asking tells."""
    stage = market()
    set_fault(stage, name, accepted=accepted)
    body = ORDER.replace(b"}", b',"orderLinkId":"x"}')

    reply = stage.reply(stage.signed("POST", "/v5/order/create", body=body))
    assert reply is not None
    assert (reply.fate, reply.status) == (("hang", 200) if name == "timeout" else ("send", 503))
    stage.control("DELETE", "faults")
    assert len(stage.rows("/v5/order/realtime", symbol="BTCUSDT", orderLinkId="x")) == int(accepted)
    assert stage.told("fault")[0]["detail"]["accepted"] is accepted


def test_a_disconnect_cuts_every_line_and_lets_none_in() -> None:
    """Reconnecting too early fails; after the fault it works."""
    stage = market()
    line = stage.private("order")
    set_fault(stage, "disconnect", for_s=1)

    assert line.wire.closed
    assert stage.exchange.accept(Request("GET", "/v5/private", "", {}, b""), line.listener) is None  # type: ignore[arg-type]
    stage.step(1_100)
    assert stage.line("/v5/private")


def test_a_half_open_line_says_nothing_and_looks_alive() -> None:
    """Only a bot that watches for silence finds out."""
    stage = market()
    line = subscribed(stage, "orderbook.50.BTCUSDT")
    set_fault(stage, "half_open")
    stage.step(500)

    assert books(line) == []
    assert not line.wire.closed
    assert bitten(stage) == ["half_open"]


def test_a_stale_book_stands_while_trades_go_on() -> None:
    """The worst data fault: everything looks connected."""
    stage = market()
    line = subscribed(stage, "orderbook.50.BTCUSDT", "publicTrade.BTCUSDT")
    set_fault(stage, "stale", for_s=1)
    stage.step(900)
    told = line.taken()

    assert {str(each["topic"]).partition(".")[0] for each in told} == {"publicTrade"}
    stage.step(500)
    assert books(line)


def test_a_gap_loses_messages_and_their_numbers() -> None:
    """What was lost shows in the numbers when the stream goes on."""
    stage = market()
    line = subscribed(stage, "orderbook.50.BTCUSDT")
    stage.step(200)
    last = books(line)[-1]["data"]["u"]  # type: ignore[index]
    set_fault(stage, "gap", for_s=0.5)
    stage.step(490)

    assert line.taken() == []
    stage.step(500)
    assert books(line)[0]["data"]["u"] > last + 10  # type: ignore[index]


def test_a_sequence_gap_loses_one_delta() -> None:
    """The hole is one number wide, and the book behind it is wrong until a snapshot."""
    stage = market()
    line = subscribed(stage, "orderbook.50.BTCUSDT")
    set_fault(stage, "sequence_gap", ratio=0.3)
    stage.step(1_500)
    numbers = [each["data"]["u"] for each in books(line)]  # type: ignore[index]

    late = stage.line("/v5/public/linear").say(op="subscribe", args=["orderbook.50.BTCUSDT"])[1]
    lost = set(range(2, late["data"]["u"] + 1)) - set(numbers)
    assert len(lost) > 5
    assert len(numbers) > 20
    assert bitten(stage) == ["sequence_gap"] * len(lost)


def test_a_crossed_book_is_shown_and_taken_back() -> None:
    """One message with a bid above the ask; the next repairs it."""
    stage = market()
    line = subscribed(stage, "orderbook.50.BTCUSDT")
    set_fault(stage, "crossed", for_s=0.03)
    stage.step(300)
    bids = [row for each in books(line) for row in each["data"]["b"]]  # type: ignore[index]

    assert ["102", "1"] in bids
    assert ["102", "0"] in bids
    assert "crossed" in bitten(stage)


def test_executions_can_come_twice_and_late() -> None:
    """A bot that books by message and not by execId shows it here."""
    stage = market()
    line = stage.private("execution")
    set_fault(stage, "duplicate", for_s=0.5)
    stage.order("Buy", 1)
    twice = line.taken()
    stage.control("DELETE", "faults")
    set_fault(stage, "late", value_ms=700)
    stage.order("Buy", 1)

    assert [each["data"][0]["execId"] for each in twice] == ["1", "1"]
    assert line.taken() == []
    stage.step(750)
    assert [each["data"][0]["execId"] for each in line.taken()] == ["2"]
    assert bitten(stage) == ["duplicate", "late"]


def test_a_skewed_clock_refuses_good_stamps() -> None:
    """The bot's clock is right and the venue's is not: only time synchronisation helps."""
    stage = market()
    good = stage.signed("GET", "/v5/account/info")
    set_fault(stage, "clock_skew", value_ms=20_000, for_s=1)
    stage.wall_ns = stage.venue.now_ns

    reply = stage.reply(good)
    assert reply is not None
    assert b'"retCode":10002' in reply.body
    stage.step(1_100)
    assert stage.get("/v5/account/info")["retCode"] == 0


def test_cancel_all_can_leave_orders() -> None:
    """Yes is not zero open orders: a kill switch has to look."""
    stage = market()
    for price in (96, 97, 98, 95):
        stage.order("Buy", 1, price)
    set_fault(stage, "partial_cancel_all")

    assert stage.post("/v5/order/cancel-all", category="linear", symbol="BTCUSDT")["result"]["success"] == "1"
    assert len(stage.rows("/v5/order/realtime", symbol="BTCUSDT")) == 2
    assert stage.told("fault")[0]["detail"] == {"asked": 4, "left": 2}


def test_latency_is_told_and_answers_still_come() -> None:
    """Slow answers are a fault like any other: the record says when they were."""
    stage = market()
    set_fault(stage, "latency", value_ms=50)
    waits: list[float] = []

    def delay(wait_s: float, call: Callable[[], None]) -> None:
        waits.append(wait_s)
        call()

    stage.exchange.delay = delay

    assert stage.get("/v5/account/info")["retCode"] == 0
    assert (waits, bitten(stage)) == ([0.05], ["latency"])


def test_a_scheduled_fault_strikes_at_its_moment() -> None:
    """A drill's profile says when; the record says that it did."""
    schedule = [{"fault": "reject", "at_s": 1.0, "for_s": 0.5}]
    stage = Stage(faults={"schedule": schedule})
    codes = []
    for _ in range(4):
        codes.append(stage.order("Buy", 1, 97)["retCode"])
        stage.step(500)

    assert codes == [0, 0, 10016, 0]
    with pytest.raises(UsageError, match="no fault 'rain'"):
        Stage(faults={"schedule": [{"fault": "rain", "at_s": 0}]})


def test_the_profiles_own_ratios_strike_here_too() -> None:
    """One profile for every mode: what strikes a bot in process strikes it over the wire."""
    stage = Stage(faults={"reject_ratio": 0.5})

    codes = [stage.order("Buy", 1, 97)["retCode"] for _ in range(40)]
    assert 5 < codes.count(10016) < 35
    assert bitten(stage) == ["reject"] * codes.count(10016)


def test_every_fault_can_be_set_and_an_unknown_one_cannot() -> None:
    """The list in the documentation is the list that works."""
    stage = market()
    for name in NAMES:
        set_fault(stage, name)

    assert "no fault 'rain'" in stage.control("POST", "faults", fault="rain")["error"]
    assert "error" in stage.control("POST", "faults", fault="gap", for_s=-1)
    assert stage.control("DELETE", "faults")["faults"] == []


def test_a_limit_of_the_profile_is_kept_and_counted_down() -> None:
    """Over the limit is 10006 in a 200, as the venue says it, and the next second is a new one."""
    stage = Stage(rate_limit_per_s=3)
    left, codes = [], []
    for _ in range(4):
        reply = stage.reply(stage.signed("GET", "/v5/account/info"))
        assert reply is not None
        left.append(dict(reply.headers)["X-Bapi-Limit-Status"])
        codes.append(b'"retCode":10006' in reply.body)

    assert (left, codes) == (["2", "1", "0", "0"], [False, False, False, True])
    stage.step(1_000)
    assert stage.get("/v5/account/info")["retCode"] == 0


def test_an_answer_waits_for_the_exchanges_latency() -> None:
    """With a way out and back, neither answer nor news is there before its time."""
    stage = Stage(latency=LatencySettings(out_ms=5, back_ms=7), speed=1)
    line = stage.private("order")
    replies: list[object] = []
    stage.exchange.answer(stage.signed("POST", "/v5/order/create", body=ORDER), replies.append)

    stage.step(11)
    assert (replies, line.taken()) == ([], [])
    stage.step(2)
    assert len(replies) == len(line.taken()) == 1


def test_a_request_moves_stepped_time_by_its_own_latency() -> None:
    """A client that waits for its answer cannot step time: the answer comes, and costs what it costs."""
    stage = Stage(latency=LatencySettings(out_ms=5, back_ms=7))
    before = stage.venue.now_ns

    assert stage.order("Buy", 1, 97)["retCode"] == 0
    assert (stage.venue.now_ns - before) // 1_000_000 == 12
    assert stage.exchange.clock.now_ns() == stage.venue.now_ns
    (order,) = stage.told("order")[1:]
    assert (order["event"], order["ack_ns"] - order["intended_ns"]) == ("accepted", 12_000_000)


def test_an_unknown_path_is_not_found() -> None:
    """Nothing is served but what is listed; a path is never a file."""
    stage = Stage()

    for path in ("/", "/v5", "/v5/order/create/", "/../etc/passwd", "/v5/order/%63reate", "/run.json"):
        reply = stage.reply(stage.signed("GET", path))
        assert reply is not None
        assert reply.status == 404
    assert stage.exchange.accept(Request("GET", "/v5/public/option", "", {}, b""), None) is None  # type: ignore[arg-type]
