from collections.abc import Callable
from pathlib import Path

import pytest

from seatrial.market.importer.interface import DEPTH, SNAPSHOT, TRADE, Message
from seatrial.model.artifact import InstrumentReport
from seatrial.model.errors import InputError

Read = Callable[[str, str | bytes], list[Message]]
Imported = Callable[..., dict[str, InstrumentReport]]
HEAD = "id,timestamp,exchange.timestamp,price,volume,action,direction\n"


def events(*rows: str) -> str:
    """Return order events 100 ms apart; a row is `id,price,volume,action,direction`."""
    lines = []
    for place, row in enumerate(rows):
        number, rest = row.split(",", 1)
        lines.append(f"{number},{1430438404500 + 100 * place},1430438404000,{rest}")
    return HEAD + "\n".join(lines) + "\n"


def test_orders_add_up_to_levels(read: Read) -> None:
    """Two orders of one price are one level; a cancel takes only its own away."""
    text = events(
        "1,100.00,100000000,created,bid", "2,100.00,50000000,created,bid", "1,100.00,100000000,deleted,bid"
    )

    opening, *changes = read("orders.csv", text)

    assert (opening.kind, opening.bids, opening.asks) == (SNAPSHOT, [], [])
    assert [message.bids for message in changes] == [
        [("100.00", "1.00000000")], [("100.00", "1.50000000")], [("100.00", "0.50000000")],
    ]  # fmt: skip


def test_orders_from_before_the_recording_open_the_book(read: Read) -> None:
    """They show themselves when they are later deleted; without them the first touch would be wrong."""
    text = events("7,99.00,30000000,created,bid", "3,101.00,200000000,deleted,ask")

    opening = read("orders.csv", text)[0]

    assert opening.asks == [("101.00", "2.00000000")]


def test_the_resting_order_prints_and_the_taker_does_not(read: Read) -> None:
    """A fill shows twice, once for each order; counted twice the volume would double."""
    text = events(
        "1,100.00,100000000,created,ask", "2,100.50,40000000,created,bid",
        "2,100.50,0,deleted,bid", "1,100.00,60000000,changed,ask",
    )  # fmt: skip

    trades = [message for message in read("orders.csv", text) if message.kind == TRADE]

    assert [(message.side, message.price, message.qty) for message in trades] == [(0, "100.00", "0.40000000")]


def test_what_the_taker_leaves_rests(read: Read) -> None:
    """The unfilled rest of a crossing order is in the book once the other side is gone."""
    text = events(
        "1,100.00,100000000,created,ask", "2,100.50,150000000,created,bid",
        "2,100.50,50000000,changed,bid", "1,100.00,0,deleted,ask",
    )  # fmt: skip

    last = read("orders.csv", text)[-1]

    assert (last.kind, last.bids) == (DEPTH, [("100.50", "0.50000000")])


def test_the_real_events_never_cross_the_book(imported: Imported, recordings: Path) -> None:
    """50,414 events; a wrong idea of who takes shows at once as a crossed book."""
    report = imported(recordings / "bitstamp_l3_20150501" / "orders.csv.xz")["bitstamp:BTCUSD"]

    assert (report.crossed, report.non_monotonic) == (0, 0)
    assert 500 < report.trades < 700
    assert max(gap.to_ts_ns - gap.from_ts_ns for gap in report.gaps) < 13.7 * 10**9


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ("1,100,1,moved,bid", "action: 'moved' is not created, changed or deleted"),
        ("1,100,1,created,up", "direction: 'up' is not bid or ask"),
        ("1,100,-1,created,bid", "volume: '-1' is not a whole number"),
        ("1,100,0.5,created,bid", "volume: '0.5' is not a whole number"),
        ("1,cheap,1,created,bid", "price: 'cheap' is not a number"),
    ],
)
def test_a_bad_row_names_line_and_field(read: Read, row: str, complaint: str) -> None:
    """Volumes are 1e-8 coins; a decimal one is from another file and 1e8 times off."""
    with pytest.raises(InputError, match=f"orders.csv:2: {complaint}"):
        read("orders.csv", events(row))
