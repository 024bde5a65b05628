"""Orders over the wire: what is taken, what is refused and in which words, and what the record says of it."""

from decimal import Decimal

import pytest
from tests.engine.served.stage import INVERSE, LINEAR, SPOT, Stage
from tests.engine.stage import level, printed


@pytest.fixture
def stage() -> Stage:
    """Return a linear market of three levels a side."""
    return Stage()


def test_an_order_rests_and_is_found_by_both_its_names(stage: Stage) -> None:
    """A bot that lost its memory finds its orders by its own ids."""
    placed = stage.order("Buy", 2, 98, orderLinkId="mine")

    assert placed["retCode"] == 0
    for named in ({"orderId": placed["result"]["orderId"]}, {"orderLinkId": "mine"}):
        (found,) = stage.rows("/v5/order/realtime", symbol="BTCUSDT", **named)
        assert (found["orderStatus"], found["price"], found["leavesQty"]) == ("New", "98", "2")
    assert stage.told("order")[-1]["client_id"] == "mine"


def test_a_market_order_walks_the_book_in_parts(stage: Stage) -> None:
    """Partial fills are what bots get wrong; each part is an execution of its own."""
    stage.order("Buy", 15)

    parts = stage.rows("/v5/execution/list")[::-1]
    assert [(part["execPrice"], part["execQty"], part["leavesQty"]) for part in parts] == [
        ("101", "10", "5"),
        ("102", "5", "0"),
    ]
    (order,) = stage.rows("/v5/order/history")
    assert (order["orderStatus"], order["cumExecQty"], order["cumExecValue"]) == ("Filled", "15", "1520")
    assert order["avgPrice"] == "101.333333333333333333"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"side": "Long"}, 10001),
        ({"symbol": "NOPE"}, 10001),
        ({"category": "margin"}, 10001),
        ({"price": "98.5"}, 10001),
        ({"qty": "0.5"}, 10001),
        ({"qty": "-1"}, 10001),
        ({"qty": "NaN"}, 10001),
        ({"qty": "1e999999"}, 10001),
        ({"timeInForce": "Forever"}, 10001),
        ({"positionIdx": 1}, 10001),
        ({"triggerPrice": "97"}, 10001),
        ({"takeProfit": "120"}, 10001),
        ({"orderLinkId": "../../x"}, 10001),
        ({"price": "9000"}, 110003),
        ({"qty": "999999999"}, 110007),
        ({"reduceOnly": True}, 110017),
    ],
)
def test_a_refusal_has_the_venues_number(stage: Stage, change: dict[str, object], code: int) -> None:
    """Bots branch on retCode; a wrong number sends them down the wrong branch."""
    fields = {"category": "linear", "symbol": "BTCUSDT", "side": "Buy", "orderType": "Limit"}
    fields |= {"qty": "1", "price": "98"}

    answer = stage.post("/v5/order/create", **{**fields, **change})

    assert answer["retCode"] == code, answer
    assert stage.rows("/v5/order/realtime", symbol="BTCUSDT") == []


def test_a_client_id_is_taken_once(stage: Stage) -> None:
    """The same id twice is how a retried order shows that the first one arrived."""
    stage.order("Buy", 1, 98, orderLinkId="once")

    assert stage.order("Buy", 1, 98, orderLinkId="once")["retCode"] == 110072


def test_post_only_that_would_cross_is_taken_and_cancelled(stage: Stage) -> None:
    """The venue says yes and cancels: a bot learns it from the order, not from the answer."""
    assert stage.order("Buy", 1, 101, timeInForce="PostOnly")["retCode"] == 0

    (order,) = stage.rows("/v5/order/history")
    assert (order["orderStatus"], order["rejectReason"]) == ("Cancelled", "EC_PostOnlyWillTakeLiquidity")


@pytest.mark.parametrize(("tif", "filled"), [("FOK", "0"), ("IOC", "10")])
def test_what_cannot_be_filled_at_once_is_cancelled(stage: Stage, tif: str, filled: str) -> None:
    """Fill-or-kill trades nothing, immediate-or-cancel what there is."""
    assert stage.order("Buy", 15, 101, timeInForce=tif)["retCode"] == 0

    (order,) = stage.rows("/v5/order/history")
    assert (order["orderStatus"], order["cumExecQty"], order["leavesQty"]) == ("Cancelled", filled, "0")


def test_an_order_is_amended_and_cancelled(stage: Stage) -> None:
    """Amend keeps the id; a second cancel is told that it came too late."""
    order_id = stage.order("Buy", 2, 97)["result"]["orderId"]
    named = {"category": "linear", "symbol": "BTCUSDT", "orderId": order_id}

    assert stage.post("/v5/order/amend", **named, price="98", qty="3")["result"]["orderId"] == order_id
    (order,) = stage.rows("/v5/order/realtime", symbol="BTCUSDT")
    assert (order["price"], order["qty"]) == ("98", "3")
    assert stage.post("/v5/order/amend", **named, price="98", qty="3")["retCode"] == 10001
    assert stage.post("/v5/order/cancel", **named)["retCode"] == 0
    assert stage.post("/v5/order/cancel", **named)["retCode"] == 110001
    assert stage.post("/v5/order/amend", **named, price="97")["retCode"] == 110001
    assert [each["event"] for each in stage.told("order")] == [
        "submitted", "accepted", "amend_requested", "amended", "cancel_requested", "canceled",
    ]  # fmt: skip


def test_batches_answer_for_each_order(stage: Stage) -> None:
    """One bad order in a batch is refused alone, in its own place."""
    orders = [
        {"symbol": "BTCUSDT", "side": "Buy", "orderType": "Limit", "qty": "1", "price": price}
        for price in ("98", "98.5", "97")
    ]
    answer = stage.post("/v5/order/create-batch", category="linear", request=orders)

    assert [each["code"] for each in answer["retExtInfo"]["list"]] == [0, 10001, 0]
    assert [bool(each["orderId"]) for each in answer["result"]["list"]] == [True, False, True]
    kept = [each["orderId"] for each in answer["result"]["list"] if each["orderId"]]
    changes = [{"symbol": "BTCUSDT", "orderId": each, "qty": "2"} for each in kept]
    assert (
        stage.post("/v5/order/amend-batch", category="linear", request=changes)["retExtInfo"]["list"]
        == [{"code": 0, "msg": "OK"}] * 2
    )
    ends = [{"symbol": "BTCUSDT", "orderId": each} for each in kept]
    stage.post("/v5/order/cancel-batch", category="linear", request=ends)
    assert stage.rows("/v5/order/realtime", symbol="BTCUSDT") == []
    assert stage.post("/v5/order/create-batch", category="linear", request=orders * 7)["retCode"] == 10001


def test_cancel_all_takes_one_symbol_or_a_coin(stage: Stage) -> None:
    """Cancel-all is the safety net; it must say what it took."""
    ids = {stage.order("Buy", 1, price)["result"]["orderId"] for price in (97, 98)}

    assert stage.post("/v5/order/cancel-all", category="linear")["retCode"] == 10001
    gone = stage.post("/v5/order/cancel-all", category="linear", settleCoin="USDT")["result"]["list"]
    assert {each["orderId"] for each in gone} == ids


def test_margin_is_shared_and_leverage_counts(stage: Stage) -> None:
    """At ten times leverage a hundred thousand buys a million and no more; closing always goes."""
    stage = Stage(balance=1_000)

    assert stage.order("Buy", 101, 98)["retCode"] == 0  # 9 898 of 10 000
    assert stage.order("Buy", 3, 98)["retCode"] == 110007
    wanted = {"category": "linear", "symbol": "BTCUSDT", "buyLeverage": "20", "sellLeverage": "20"}
    assert stage.post("/v5/position/set-leverage", **wanted)["retCode"] == 0
    assert stage.order("Buy", 3, 98)["retCode"] == 0
    assert stage.order("Sell", 1, 103)["retCode"] == 0


def test_a_fill_is_told_with_the_records_own_digits() -> None:
    """What a client adds up must be what the ledger adds up: fees, sign, closed size."""
    stage = Stage(rows=[printed(1_000, 1, 99, 45), level(2_000, 0, 99, 50)])
    stage.order("Buy", 7, 99)
    stage.step(1_500)
    stage.order("Sell", 4)

    buy, sell = stage.rows("/v5/execution/list")[::-1]
    told = stage.told("fill")
    assert [buy["execId"], sell["execId"]] == [str(each["fill_id"]) for each in told]
    assert (buy["isMaker"], buy["feeRate"], buy["execFee"]) == (True, "-0.0001", "-0.0693")
    assert (sell["isMaker"], sell["feeRate"], sell["closedSize"]) == (False, "0.0005", "4")
    assert [Decimal(each["execFee"]) for each in (buy, sell)] == [-Decimal(each["fee"]) for each in told]


def test_spot_needs_coins_and_charges_the_buyer_in_coins() -> None:
    """On spot nothing is borrowed: what was not bought cannot be sold, and the fee comes off the coins."""
    stage = Stage((SPOT,), balance=10_000)
    spot = {"category": "spot"}

    assert stage.order("Sell", 1, 101, **spot)["retCode"] == 170131
    assert stage.order("Buy", 1_000, 98, **spot)["retCode"] == 170131
    assert stage.order("Buy", "1010", None, **spot)["retCode"] == 0  # ten coins for 1010 quote coins
    (bought,) = stage.rows("/v5/execution/list", **spot)
    assert (bought["execQty"], bought["feeCurrency"], bought["execFee"]) == ("10", "BTC", "0.005")
    wallet = stage.get("/v5/account/wallet-balance", accountType="UNIFIED")["result"]["list"][0]["coin"]
    assert {each["coin"]: each["walletBalance"] for each in wallet} == {"USDT": "8990", "BTC": "9.995"}
    assert stage.order("Sell", 10, 101, **spot)["retCode"] == 170131
    assert stage.order("Sell", 9, 101, **spot)["retCode"] == 0
    assert (
        stage.post("/v5/order/cancel", category="spot", symbol="BTCUSDT", orderId="77")["retCode"] == 170213
    )


def test_an_inverse_contract_is_counted_in_its_coin() -> None:
    """A contract is a dollar's worth of coins: value, fee and profit are coins."""
    stage = Stage((INVERSE,), balance=10)
    inverse = {"category": "inverse", "symbol": "BTCUSD"}
    stage.post("/v5/order/create", **inverse, side="Sell", orderType="Market", qty="5")

    (fill,) = stage.rows("/v5/execution/list", category="inverse")
    (position,) = stage.rows("/v5/position/list", **inverse)
    assert Decimal(fill["execValue"]) == Decimal(stage.told("fill")[0]["notional"])
    assert fill["feeCurrency"] == "BTC"
    assert (position["side"], position["size"], position["avgPrice"]) == ("Sell", "5", "99")


def test_many_orders_are_held_up_to_the_exchanges_room(stage: Stage) -> None:
    """The exchange holds so many orders at once and says so beyond, as the venue does at 500."""
    answers = [stage.order("Buy", 1, 97)["retCode"] for _ in range(257)]

    assert answers[:256] == [0] * 256
    assert answers[256] == 110020
    assert stage.post("/v5/order/cancel-all", category="linear", symbol="BTCUSDT")["retCode"] == 0
    assert stage.rows("/v5/order/realtime", symbol="BTCUSDT") == []


def test_two_markets_do_not_mix() -> None:
    """Spot and linear share a symbol; an order of one is not found in the other."""
    stage = Stage((LINEAR, SPOT), balance=10_000)
    order_id = stage.order("Buy", 1, 98, category="spot")["result"]["orderId"]

    assert stage.rows("/v5/order/realtime", symbol="BTCUSDT") == []
    assert [each["orderId"] for each in stage.rows("/v5/order/realtime", category="spot")] == [order_id]
