"""What anybody is shown: the market as it is, in the venue's fields."""

from pathlib import Path
from typing import Any

import orjson
import pytest
from tests.engine.served.stage import INVERSE, LINEAR, SPOT, Stage
from tests.engine.stage import funding, printed

MARKET = {"category": "linear", "symbol": "BTCUSDT"}


def test_public_paths_need_no_signature() -> None:
    """A bot without a key can look."""
    from seatrial.engine.served.wire import Request

    reply = Stage().reply(Request("GET", "/v5/market/orderbook", "category=linear&symbol=BTCUSDT", {}, b""))

    assert reply is not None
    assert orjson.loads(reply.body)["result"]["b"][0] == ["99", "10"]


def test_the_book_has_the_depth_that_was_asked_for() -> None:
    """Levels best first, and no more of them than wanted."""
    book = Stage().get("/v5/market/orderbook", **MARKET, limit=2)["result"]

    assert (book["b"], book["a"]) == ([["99", "10"], ["98", "20"]], [["101", "10"], ["102", "20"]])
    assert book["cts"] <= book["ts"]


def test_candles_are_made_of_trades() -> None:
    """Longer candles are the sums of shorter ones, and a silent minute is flat."""
    stage = Stage(rows=[printed(0.5, 0, 101, 2), printed(30_000, 1, 99, 1), printed(190_000, 0, 102, 4)])
    stage.step(200_000)

    minutes: list[Any] = [*stage.rows("/v5/market/kline", symbol="BTCUSDT", interval="1")]
    assert [row[1:6] for row in minutes][::-1] == [
        ["101", "101", "99", "99", "3"],
        ["99", "99", "99", "99", "0"],
        ["99", "99", "99", "99", "0"],
        ["102", "102", "102", "102", "4"],
    ]
    day: list[Any] = [*stage.rows("/v5/market/kline", symbol="BTCUSDT", interval="D")]
    assert [row[1:] for row in day] == [["101", "102", "99", "102", "7", "709"]]
    first = stage.rows("/v5/market/kline", symbol="BTCUSDT", interval="1", limit=1, start=minutes[-1][0])
    assert first == [minutes[-1]]
    assert stage.get("/v5/market/kline", **MARKET, interval="2")["retCode"] == 10001


def test_trades_and_tickers_agree() -> None:
    """Last price, volume and turnover are those of the trades that are listed."""
    stage = Stage(rows=[printed(1, 0, 101, 2), printed(2, 1, 99, 3)])
    stage.step(10)

    trades = stage.rows("/v5/market/recent-trade", symbol="BTCUSDT")
    assert [(row["side"], row["price"], row["size"]) for row in trades] == [
        ("Sell", "99", "3"),
        ("Buy", "101", "2"),
    ]
    (ticker,) = stage.rows("/v5/market/tickers", symbol="BTCUSDT")
    assert (ticker["lastPrice"], ticker["volume24h"], ticker["turnover24h"]) == ("99", "5", "499")
    assert (ticker["bid1Price"], ticker["ask1Size"], ticker["markPrice"]) == ("99", "10", "100")


def test_funding_is_listed_and_spot_has_none() -> None:
    """Past rates, newest first."""
    stage = Stage((LINEAR, SPOT), rows=[funding(5, "0.0001", 100), funding(9, "-0.0002", 100)])
    stage.step(20)

    rates = stage.rows("/v5/market/funding/history", symbol="BTCUSDT")
    assert [row["fundingRate"] for row in rates] == ["-0.0002", "0.0001"]
    assert stage.get("/v5/market/funding/history", category="spot", symbol="BTCUSDT")["retCode"] == 10001


@pytest.mark.parametrize(
    ("category", "instrument"), [("linear", LINEAR), ("inverse", INVERSE), ("spot", SPOT)]
)
def test_an_instrument_has_every_field_that_the_venue_sends(
    category: str, instrument: Any, data: Path
) -> None:
    """Clients read these without asking whether they are there."""
    zstandard = pytest.importorskip("zstandard", reason="zstandard (extra 'data') is not installed")
    captures = sorted((data / "l2" / "bybit_v5_and_dumps").glob("BYBIT_v5_*.zst"))
    if not captures:
        pytest.skip("the Bybit capture is not here")
    with captures[0].open("rb") as file:
        text = zstandard.ZstdDecompressor().stream_reader(file).read().splitlines()
    answers = [orjson.loads(line) for line in text[:10]]
    real = [orjson.loads(each["data"])["result"] for each in answers if each["t"] == "http"]
    theirs = next((each["list"][0] for each in real if each["category"] == category), None)
    if theirs is None:
        pytest.skip(f"the capture has no {category} instruments")

    (ours,) = Stage((instrument,)).rows("/v5/market/instruments-info", category=category)
    optional = {"symbolId", "forbidUplWithdrawal", "xstockMultiplier"}
    assert theirs.keys() - ours.keys() <= optional | {name for name in theirs if name.startswith("sy")}
    for name in ("priceFilter", "lotSizeFilter", "riskParameters"):
        assert set(theirs[name]) - set(ours[name]) <= {"postOnlyMaxLimitOrderSize"}
    for name, value in theirs.items():
        if name in ours and ours[name] is not None and value is not None:
            assert type(ours[name]) is type(value), name
