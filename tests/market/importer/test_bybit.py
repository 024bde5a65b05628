import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from seatrial.market.importer.bybit import number_of
from seatrial.market.importer.interface import DEPTH, FUNDING, QUOTE, SNAPSHOT, TRADE, Message
from seatrial.model.artifact import InstrumentReport
from seatrial.model.errors import InputError

Read = Callable[[str, str | bytes], list[Message]]
Imported = Callable[..., dict[str, InstrumentReport]]
LINEAR, SPOT = "wss://stream.bybit.com/v5/public/linear", "wss://stream.bybit.com/v5/public/spot"


def book(update: int, kind: str = "delta", *, depth: int = 200, **more: Any) -> dict[str, Any]:
    """Return an order-book frame."""
    data = {
        "s": "BTCUSDT",
        "b": [["65114.20", "6.054"]],
        "a": [["65114.30", "0"]],
        "u": update,
        "seq": update * 10,
    }
    return {
        "topic": f"orderbook.{depth}.BTCUSDT",
        "type": kind,
        "ts": 1786310818130,
        "data": data,
        "cts": 1786310818129,
        **more,
    }


def trade(**more: Any) -> dict[str, Any]:
    """Return a trade frame."""
    entry = {
        "T": 1786310819680,
        "s": "BTCUSDT",
        "S": "Sell",
        "v": "0.004",
        "p": "65114.20",
        "i": "a9188a0a-82bc",
        **more,
    }
    return {"topic": "publicTrade.BTCUSDT", "type": "snapshot", "ts": 1786310819681, "data": [entry]}


def ticker(ts: int, **data: str) -> dict[str, Any]:
    """Return a ticker frame."""
    return {"topic": "tickers.BTCUSDT", "type": "delta", "ts": ts, "data": {"symbol": "BTCUSDT", **data}}


def received(frame: dict[str, Any], ts: str, conn: str = "ws.2") -> str:
    """Return a capture's line, the stamp as the recorder wrote it."""
    return f'{{"t":"recv","conn":"{conn}","ts":{ts},"data":{json.dumps(json.dumps(frame))}}}'


def connected(conn: str, addr: str) -> str:
    """Return the line of a connection."""
    return json.dumps({"t": "connect", "conn": conn, "ts": 1786310818.2, "addr": addr}, separators=(",", ":"))


def dump(*frames: dict[str, Any]) -> str:
    """Return bare frames, a line each."""
    return "\n".join(map(json.dumps, frames)) + "\n"


def test_a_dump_is_ordered_by_the_matching_engine(read: Read) -> None:
    """A public dump has only the exchange's clock; `cts` is the one that the trades share."""
    first, second = read(
        "2024-03-29_BTCUSDT_ob500.data", dump(book(7, "snapshot", depth=500), book(8, depth=500))
    )

    assert (first.kind, second.kind) == (SNAPSHOT, DEPTH)
    assert first.ts_ns == first.exch_ns == 1786310818129 * 10**6
    assert (second.first_id, second.last_id, second.prev_id) == (8, 8, None)
    assert second.bids == [["65114.20", "6.054"]]


def test_the_receive_stamp_is_read_digit_by_digit(read: Read) -> None:
    """Through float arithmetic the stamp moves by up to 128 ns, enough to swap two frames."""
    lines = [connected("ws.2", LINEAR), received(trade(), "1786310819.5264041")]

    (message,) = read("capture.jsonl", "\n".join(lines))

    assert message.ts_ns == 1786310819_526404100
    assert message.exch_ns == 1786310819680 * 10**6


def test_spot_and_linear_books_of_one_name_are_two_books(read: Read) -> None:
    """The topics are equal; only the connection tells which market a frame is from."""
    lines = [
        connected("ws.2", LINEAR), connected("ws.3", SPOT),
        received(book(5, "snapshot"), "1786310819.1", "ws.2"),
        received(book(900, "snapshot"), "1786310819.2", "ws.3"),
    ]  # fmt: skip

    found = {message.listing[:3]: message.last_id for message in read("capture.jsonl", "\n".join(lines))}

    assert found == {("bybit", "BTCUSDT", "linear"): 5, ("bybit-spot", "BTCUSDT", "spot"): 900}


def test_a_capture_with_one_connection_after_the_other_is_in_order(
    imported: Imported, recordings: Path
) -> None:
    """Recorders write connections in blocks; that is no disorder of the market."""
    reports = imported(recordings / "bybit_v5_and_dumps" / "BYBIT_v5_20260809.jsonl.zst")

    assert {name: report.non_monotonic for name, report in reports.items()} == dict.fromkeys(reports, 0)


def test_the_real_capture_holds_what_its_readme_counts(imported: Imported, recordings: Path) -> None:
    """Six books without a break, never crossed, and every trade once."""
    reports = imported(recordings / "bybit_v5_and_dumps" / "BYBIT_v5_20260809.jsonl.zst")

    assert {name: report.trades for name, report in reports.items()} == {
        "bybit:BTCUSDT": 56, "bybit:ETHUSDT": 23, "bybit:SOLUSDT": 165, "bybit:DOGEUSDT": 83,
        "bybit-spot:BTCUSDT": 11, "bybit-spot:ETHUSDT": 9,
    }  # fmt: skip
    for report in reports.values():
        assert (report.sequence_breaks, report.crossed, report.duplicate_trade_ids) == (0, 0, 0)
        assert report.coverage_ratio == 1.0


def test_tick_and_lot_come_from_the_recorded_answer(read: Read) -> None:
    """42 seconds of prices do not show the grid; the venue's own answer in the capture does."""
    entry = {"symbol": "BTCUSDT", "priceFilter": {"tickSize": "0.10"}, "lotSizeFilter": {"qtyStep": "0.001"}}
    answer = {"retCode": 0, "result": {"category": "linear", "list": [entry]}}
    http = {"t": "http", "conn": "http.1", "ts": 1786310817.6, "url": "x", "data": json.dumps(answer)}
    lines = [
        json.dumps(http, separators=(",", ":")),
        connected("ws.2", LINEAR),
        received(trade(), "1786310819.5"),
    ]

    (message,) = read("capture.jsonl", "\n".join(lines))

    assert (str(message.listing.tick_size), str(message.listing.lot_size)) == ("0.10", "0.001")


@pytest.mark.parametrize(("side", "code"), [("Buy", 0), ("Sell", 1)])
def test_the_takers_side_is_taken_over(read: Read, side: str, code: int) -> None:
    """A swapped side makes the wrong queue fill, and everything still looks plausible."""
    (message,) = read("BTCUSDT.jsonl", dump(trade(S=side)))

    assert (message.kind, message.side, message.price, message.qty) == (TRADE, code, "65114.20", "0.004")


def test_a_block_trade_fills_nobody(read: Read) -> None:
    """It was agreed off the book."""
    assert [message.no_fill for message in read("a.jsonl", dump(trade(BT=True), trade(BT=False)))] == [
        True,
        False,
    ]


def test_the_deepest_book_is_used_and_level_one_becomes_a_quote(read: Read) -> None:
    """Recorders subscribe to several depths of one book; two chains in one would read as gaps."""
    frames = [
        book(1, "snapshot", depth=50),
        book(1, "snapshot", depth=500),
        book(1, "snapshot", depth=1),
        book(2, depth=50),
    ]

    kinds = [(message.kind, message.last_id) for message in read("a.jsonl", dump(*frames))]

    assert kinds == [(SNAPSHOT, 1), (QUOTE, None)]


@pytest.mark.parametrize("stamp", ["1786310819526", "1786310819526404", "1786310819526404100"])
def test_lines_with_a_receive_stamp_before_the_frame(read: Read, stamp: str) -> None:
    """The plainest recorders write `<stamp> <frame>`, in whatever unit."""
    (message,) = read("btcusdt_20250926.gz", f"{stamp} {json.dumps(trade())}")

    assert message.ts_ns // 10**6 == 1786310819526


def test_funding_is_paid_once_at_its_boundary(read: Read) -> None:
    """The rate that counts is the last one before the boundary, and the ticker repeats it for hours."""
    due = 1786320000000
    frames = [
        ticker(due - 2000, nextFundingTime=str(due), fundingRate="0.0001", markPrice="65000"),
        ticker(due - 1000, fundingRate="-0.0002"),
        ticker(due + 50, markPrice="65100"),
        ticker(due + 150, nextFundingTime=str(due + 28_800_000), fundingRate="0.0003"),
    ]

    (message,) = read("a.jsonl", dump(*frames))

    assert (message.kind, message.qty, message.price) == (FUNDING, "-0.0002", "65000")
    assert (message.ts_ns, message.exch_ns) == ((due + 50) * 10**6, due * 10**6)


@pytest.mark.parametrize(("left_ms", "paid"), [(900, 1), (3_600_000, 0)])
def test_funding_right_after_the_file_is_paid_with_its_end(left_ms: int, paid: int, read: Read) -> None:
    """The next file no longer knows the rate; an hour before the boundary nothing is owed."""
    due = 1786320000000
    frame = ticker(due - left_ms, nextFundingTime=str(due), fundingRate="0.0001", markPrice="65000")

    messages = read("a.jsonl", dump(frame))

    assert [(message.kind, message.qty) for message in messages] == [(FUNDING, "0.0001")] * paid


def test_the_folder_tells_the_market_of_a_dump(read: Read) -> None:
    """A dump does not name its category; the archive's folders do."""
    (message,) = read("spot/BTCUSDT/2025-06-01_BTCUSDT_ob200.data", dump(book(1, "snapshot")))

    assert (message.listing.venue, message.listing.contract) == ("bybit-spot", "spot")


def test_a_dump_without_its_snapshot_is_refused(tmp_path: Path, imported: Imported) -> None:
    """Changes of an unknown book say nothing; the earlier file has what is missing."""
    path = tmp_path / "2024-03-29_BTCUSDT_ob500.data"
    path.write_text(dump(book(8), book(9)))

    with pytest.raises(
        InputError, match=r"ob500.data:1: BTCUSDT has book changes but no snapshot .*earlier file"
    ):
        imported(path)


def test_a_missing_change_is_counted(tmp_path: Path, imported: Imported) -> None:
    """`u` goes up by one; a step of two is a hole in the book."""
    path = tmp_path / "2024-03-29_BTCUSDT_ob500.data"
    path.write_text(dump(book(7, "snapshot"), book(8), book(10)))

    assert imported(path)["bybit:BTCUSDT"].sequence_breaks == 1


@pytest.mark.parametrize(
    "line",
    [
        '{"topic":"orderbook.200.BTCUSDT","type":"delta","ts":1,"da',
        '{"topic":"orderbook.200.BTCUSDT","type":"delta","ts":1786310818130,"data":{"s":"BTCUSDT"}}',
        '{"topic":"orderbook.200.BTCUSDT","type":"patch","ts":1786310818130,"data":{"s":"BTCUSDT","b":[],"a":[],"u":2}}',
        json.dumps(trade(S="Neither")),
        json.dumps(trade(T="soon")),
        "[]",
    ],
)
def test_a_line_that_is_no_frame_is_named(read: Read, line: str) -> None:
    """The bad line of a million is found by its number, not by bisecting the file."""
    with pytest.raises(InputError, match=r"a.jsonl:2: not a Bybit v5 frame"):
        read("a.jsonl", f"{json.dumps(book(1, 'snapshot'))}\n{line}\n")


def test_a_trade_id_keeps_its_identity_as_a_number() -> None:
    """Duplicates are found by the number, so equal ids must meet and different ones must not."""
    ids = ["2290000001189048101", "a9188a0a-82bc-50de-be60-03eedbe3cdd7", "17"]

    numbers = [number_of(trade_id) for trade_id in ids]

    assert numbers == [number_of(trade_id) for trade_id in ids]
    assert len(Counter(numbers)) == len(ids)
    assert all(0 <= number < 2**63 for number in numbers)
    assert number_of("17") == 17
