"""
The forms of the venue: real answers and real streams against those of the served exchange.

A field that is missing, or is a number where the venue sends text, breaks a typed client.
"""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson
import pytest
from tests.engine.served.stage import LINEAR, SPOT, Line, Stage
from tests.engine.stage import funding, level, printed

from seatrial.engine.served.venue import Venue
from seatrial.market.dataset_feed import DatasetFeed
from seatrial.market.opening import open_data
from seatrial.model.profile import Profile

PRIVATE = {
    "http_get_orders_realtime": ("/v5/order/realtime", {"symbol": "BTCUSDT"}),
    "http_get_orders_history": ("/v5/order/history", {}),
    "http_get_executions": ("/v5/execution/list", {}),
    "http_get_positions": ("/v5/position/list", {"symbol": "BTCUSDT"}),
    "http_get_wallet_balance": ("/v5/account/wallet-balance", {}),
    "http_get_fee_rate": ("/v5/account/fee-rate", {"symbol": "BTCUSDT"}),
    "http_get_account_info": ("/v5/account/info", {}),
    "http_get_funding_history": ("/v5/market/funding/history", {"symbol": "BTCUSDT"}),
}
# Spelt in one way by the venue's stream and in another by its documentation.
OPTIONAL = {"totalPerpUpl"}
# What the venue says of contracts before their listing, and of what this exchange does not have.
TICKER_OPTIONAL = {
    "preOpenPrice",
    "preQty",
    "curPreListingPhase",
    "singleOpenInterest",
    "singleOpenInterestValue",
}


@pytest.fixture(scope="session")
def answers(data: Path) -> Path:
    """The folder of real private answers."""
    folder = data / "statements" / "api_fixtures"
    if not folder.is_dir():
        pytest.skip("the recorded API answers are not here")
    return folder


@pytest.fixture(scope="session")
def frames(data: Path) -> list[dict[str, Any]]:
    """The frames of a real capture, each with its connection."""
    zstandard = pytest.importorskip("zstandard", reason="zstandard (extra 'data') is not installed")
    captures = sorted((data / "l2" / "bybit_v5_and_dumps").glob("BYBIT_v5_*.zst"))
    if not captures:
        pytest.skip("the Bybit capture is not here")
    with captures[0].open("rb") as file:
        lines = zstandard.ZstdDecompressor().stream_reader(file).read().splitlines()
    records = (orjson.loads(line) for line in lines)
    return [{"conn": each["conn"], **orjson.loads(each["data"])} for each in records if each["t"] == "recv"]


def first_of(document: Any) -> dict[str, Any]:
    """Return the first row of an answer or of a message."""
    inner = document.get("result", document)
    rows = inner.get("list", inner.get("data", inner))
    found: dict[str, Any] = rows[0] if isinstance(rows, list) else rows
    return found


def must_have_the_form(ours: dict[str, Any], theirs: dict[str, Any]) -> None:
    """Check that every field is there and of the same kind, in lists of rows too."""
    assert theirs.keys() - ours.keys() <= OPTIONAL
    for name, value in theirs.items():
        if name in OPTIONAL or value is None:
            continue
        assert type(ours[name]) is type(value), name
        if isinstance(value, list) and value and isinstance(value[0], dict):
            must_have_the_form(ours[name][0], value[0])


def a_day() -> tuple[Stage, Line]:
    """Return an exchange on which something has happened, and who listened."""
    stage = Stage((LINEAR, SPOT), rows=[funding(5, "0.0001", 100), printed(30, 0, 101, 1)])
    line = stage.private("order", "execution", "position", "wallet")
    stage.order("Buy", 1, 98)
    stage.order("Buy", 5)
    stage.step(100)
    return stage, line


@pytest.mark.parametrize("name", PRIVATE)
def test_an_answer_has_the_venues_form(name: str, answers: Path) -> None:
    """Real answers of the venue, as recorded by others."""
    stage, _ = a_day()
    path, fields = PRIVATE[name]
    answer = stage.get(path, category="linear", **fields)

    must_have_the_form(
        first_of(answer), first_of(orjson.loads((answers / "nautilus/bybit" / f"{name}.json").read_bytes()))
    )


@pytest.mark.parametrize("name", ["order", "order_filled", "execution", "position", "wallet"])
def test_a_private_message_has_the_venues_form(name: str, answers: Path) -> None:
    """Real messages of the private stream."""
    _, line = a_day()
    told = {each["topic"]: each for each in line.taken()}
    theirs = orjson.loads((answers / "nautilus/bybit" / f"ws_account_{name}.json").read_bytes())

    ours = told[theirs["topic"]]
    assert theirs.keys() <= ours.keys()
    must_have_the_form(ours["data"][0], theirs["data"][0])


def test_a_log_row_has_the_venues_form(answers: Path) -> None:
    """The row that finops reconciles."""
    stage, _ = a_day()
    text = (answers / "bybit_net" / "Endpoints__V5Api__Account__GetTransactionHistory.txt").read_text()
    theirs = orjson.loads(text.split("\n", 3)[3])

    for row in stage.get("/v5/account/transaction-log")["result"]["list"]:
        must_have_the_form(row, theirs["result"]["list"][0])


TOPICS = [f"{kind}.BTCUSDT" for kind in ("orderbook.200", "publicTrade", "tickers", "kline.1")]
Key = tuple[str, str, str]  # category, kind, snapshot or delta


def public_messages() -> dict[Key, dict[str, Any]]:
    """Return the first message of each kind that the served exchange sends."""
    rows = [printed(500, 0, 101, 1, inst=inst) for inst in (0, 1)]
    stage = Stage((LINEAR, SPOT), rows=[*rows, level(520, 0, 98, 7), level(520, 0, 98, 7, inst=1)])
    lines = {category: stage.line(f"/v5/public/{category}") for category in ("linear", "spot")}
    told = {category: line.say(op="subscribe", args=TOPICS) for category, line in lines.items()}
    stage.step(1_000)
    found: dict[Key, dict[str, Any]] = {}
    for category, line in lines.items():
        for each in (*told[category], *line.taken()):
            if "topic" in each:
                found.setdefault((category, each["topic"].split(".")[0], each["type"]), each)
    return found


def test_a_public_message_has_the_venues_form(frames: list[dict[str, Any]]) -> None:
    """Every kind of message of a real capture, of both categories."""
    ours, seen = public_messages(), set()
    spots = {each["conn"] for each in frames if "usdIndexPrice" in str(each.get("data"))}
    for each in (each for each in frames if "BTCUSDT" in each.get("topic", "")):
        category = "spot" if each["conn"] in spots else "linear"
        key = (category, each["topic"].split(".")[0], each["type"])
        assert each.keys() - {"conn"} <= ours[key].keys(), key
        theirs, mine = each["data"], ours[key]["data"]
        if isinstance(theirs, list):
            theirs, mine = theirs[0], mine[0]
        if key[1:] != ("tickers", "delta"):
            assert theirs.keys() - TICKER_OPTIONAL <= mine.keys(), key
        seen.add(key)
    assert len(seen) >= 8


TOPIC = "orderbook.200.ETHUSDT"


def kept(frames: list[dict[str, Any]], topic: str, conn: str) -> Iterator[dict[str, dict[str, str]]]:
    """Yield the book of a topic after each of its frames."""
    book: dict[str, dict[str, str]] = {"b": {}, "a": {}}
    for frame in frames:
        if frame.get("topic") != topic or frame["conn"] != conn:
            continue
        for side, levels in book.items():
            if frame["type"] == "snapshot":
                levels.clear()
            levels.update(frame["data"][side])
            for price in [price for price, size in levels.items() if Decimal(size) == 0]:
                del levels[price]
        yield book


def best(levels: dict[str, str], count: int, *, falling: bool) -> list[tuple[Decimal, Decimal]]:
    """Return the best levels as numbers."""
    rows = sorted(((Decimal(price), Decimal(size)) for price, size in levels.items()), reverse=falling)
    return rows[:count]


def test_the_served_book_is_the_recorded_one(frames: list[dict[str, Any]], data: Path) -> None:
    """Frame by frame, fifty levels of a real market: what goes in is what clients see."""
    capture = min((data / "l2" / "bybit_v5_and_dumps").glob("BYBIT_v5_*.zst"))
    feed = DatasetFeed(open_data(capture))
    venue = Venue(Profile(), feed.instruments, lambda *_: None, seed=1)
    venue.play(feed)
    venue.start(feed.start_ns)
    at = venue.symbols.index("linear", "ETHUSDT")
    grid = venue.scribe.grids[at]
    conn = next(each["conn"] for each in frames if each.get("topic") == TOPIC)
    recorded = [
        [best(book["b"], 50, falling=True), best(book["a"], 50, falling=False)]
        for book in kept(frames, TOPIC, conn)
    ]

    matched = []
    for _ in range(120):
        venue.run_to(venue.now_ns + 250_000_000)
        ours = [
            [(Decimal(grid.price(px)), Decimal(grid.qty(qty))) for px, qty in side]
            for side in venue.shown.depth(at, 50)
        ]
        # Stamps of sending and of matching differ: which frame it is says the content.
        matched.append(recorded.index(ours))
    assert matched == sorted(matched)
    assert len(set(matched)) > 60
