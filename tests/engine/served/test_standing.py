"""How the account stands: positions, wallets, and the log that must sum to them."""

from collections import defaultdict
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.served.stage import INVERSE, LINEAR, SPOT, Stage
from tests.engine.stage import funding


def wallets(stage: Stage) -> dict[str, Decimal]:
    """Return every wallet's balance."""
    (account,) = stage.get("/v5/account/wallet-balance", accountType="UNIFIED")["result"]["list"]
    return {coin["coin"]: Decimal(coin["walletBalance"]) for coin in account["coin"]}


def log(stage: Stage) -> list[dict[str, Any]]:
    """Return the whole log, newest first, page by page."""
    rows: list[dict[str, Any]] = []
    cursor = ""
    while True:
        found = stage.get("/v5/account/transaction-log", limit=3, cursor=cursor)["result"]
        rows += found["list"]
        cursor = found["nextPageCursor"]
        if not cursor:
            return rows


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(("linear", "inverse", "spot")),
            st.sampled_from(("Buy", "Sell")),
            st.integers(1, 9),
        ),
        max_size=8,
    )
)
def test_the_log_sums_to_the_wallets_and_the_wallets_to_the_ledgers(
    orders: list[tuple[str, str, int]],
) -> None:
    """Reconciliation starts from this sum; if it is off by a digit, every break report is noise."""
    stage = Stage(
        (LINEAR, INVERSE, SPOT), rows=[funding(500, "0.0001", 100), funding(501, "0.0002", 100, inst=1)]
    )
    for category, side, qty in orders:
        symbol = "BTCUSD" if category == "inverse" else "BTCUSDT"
        stage.order(side, qty, category=category, symbol=symbol, marketUnit="baseCoin")
    stage.step(1_000)

    sums: dict[str, Decimal] = defaultdict(Decimal)
    for row in log(stage)[::-1]:
        sums[row["currency"]] += Decimal(row["change"])
        assert Decimal(row["cashBalance"]) == sums[row["currency"]]
        flow = Decimal(row["cashFlow"]) + Decimal(row["funding"] or 0) - Decimal(row["fee"])
        assert flow == Decimal(row["change"])
    assert wallets(stage) == sums
    linear, inverse, spot = stage.venue.scribe.ledgers
    fees = {
        coin: sum(
            Decimal(row["fee"]) for row in log(stage) if (row["category"], row["currency"]) == ("spot", coin)
        )
        for coin in ("USDT", "BTC")
    }
    contract = linear.opening + linear.realized() + linear.fees + linear.funding
    coins = inverse.opening + inverse.realized() + inverse.fees + inverse.funding
    # An average can be a fraction without end; the log is exact to eighteen decimals a row.
    exactly = Decimal("1e-16")
    assert abs(sums["USDT"] - (contract + spot.opening + spot.cash - fees["USDT"])) < exactly
    assert abs(sums["BTC"] - (coins + spot.lots - fees["BTC"])) < exactly


def test_a_position_is_the_ledgers() -> None:
    """Average price and profit are what the record says at the same moment."""
    stage = Stage()
    stage.order("Buy", 15)
    stage.order("Sell", 5)

    (position,) = stage.rows("/v5/position/list", symbol="BTCUSDT")
    stage.venue.mark(0, stage.venue.now_ns)
    (told,) = stage.told("position")
    assert (position["side"], position["size"]) == ("Buy", told["qty"])
    assert (position["avgPrice"], position["unrealisedPnl"]) == (told["avg_price"], told["unrealized"])
    assert Decimal(position["cumRealisedPnl"]) == Decimal(told["realized"]) + Decimal(told["fees"])


def test_flat_positions_are_shown_by_name_only() -> None:
    """A bot that asks for a coin's positions gets the open ones; for a symbol, that one, flat or not."""
    stage = Stage((LINEAR, INVERSE))

    assert stage.rows("/v5/position/list", settleCoin="USDT") == []
    assert [each["size"] for each in stage.rows("/v5/position/list", symbol="BTCUSDT")] == ["0"]
    assert stage.rows("/v5/position/list", category="inverse") == []
    assert stage.get("/v5/position/list", category="linear")["retCode"] == 10001
    assert stage.get("/v5/position/list", category="spot")["retCode"] == 10001


@pytest.mark.parametrize(
    ("path", "fields", "code"),
    [
        (
            "/v5/position/set-leverage",
            {"symbol": "BTCUSDT", "buyLeverage": "10", "sellLeverage": "10"},
            110043,
        ),
        ("/v5/position/set-leverage", {"symbol": "BTCUSDT", "buyLeverage": "10", "sellLeverage": "5"}, 10001),
        (
            "/v5/position/set-leverage",
            {"symbol": "BTCUSDT", "buyLeverage": "500", "sellLeverage": "500"},
            110013,
        ),
        ("/v5/position/switch-mode", {"symbol": "BTCUSDT", "mode": 0}, 110025),
        ("/v5/position/switch-mode", {"symbol": "BTCUSDT", "mode": 3}, 110029),
        ("/v5/position/trading-stop", {"symbol": "BTCUSDT", "stopLoss": "90"}, 10001),
        ("/v5/order/disconnected-cancel-all", {"timeWindow": 1}, 10001),
    ],
)
def test_what_is_not_served_says_so(path: str, fields: dict[str, Any], code: int) -> None:
    """A stop that is silently not there costs its owner the position."""
    assert Stage().post(path, category="linear", **fields)["retCode"] == code


def test_the_account_says_what_it_is() -> None:
    """Clients ask these before they do anything else, and choose their ways by the answers."""
    stage = Stage((LINEAR, SPOT))

    assert stage.get("/v5/account/info")["result"]["unifiedMarginStatus"] == 5
    assert stage.get("/v5/user/query-api")["result"]["uta"] == 1
    coins = [row["coin"] for row in stage.get("/v5/asset/coin/query-info")["result"]["rows"]]
    assert coins == ["BTC", "USDT"]
    (fees,) = stage.rows("/v5/account/fee-rate", symbol="BTCUSDT")
    assert (fees["makerFeeRate"], fees["takerFeeRate"]) == ("-0.0001", "0.0005")
    assert stage.get("/v5/account/wallet-balance", accountType="SPOT")["retCode"] == 10001
