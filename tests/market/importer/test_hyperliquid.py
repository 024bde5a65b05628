from collections.abc import Callable
from pathlib import Path

import pytest

from seatrial.market.importer.interface import QUOTE, SNAPSHOT, Message
from seatrial.model.artifact import InstrumentReport
from seatrial.model.errors import InputError

Read = Callable[[str, str | bytes], list[Message]]
Imported = Callable[..., dict[str, InstrumentReport]]
TRADES = "timestamp,price,size,side,trade_id,exchange_timestamp\n"
PRICES = "timestamp,price,size,side,exchange_timestamp\n"


def test_a_book_row_is_a_whole_book(read: Read) -> None:
    """Twenty levels a row; levels that are not there are empty, not zero."""
    names = [
        f"{side}_{what}_{level}" for level in (0, 1) for side in ("bid", "ask") for what in ("price", "size")
    ]
    row = "1757015216.673878,1,1757015216253,100,1,101,2,99,3,,"
    text = f"timestamp,sequence,exchange_timestamp,{','.join(names)}\n{row}\n"

    (message,) = read("orderbooks_BTC.csv", text)

    assert (message.kind, message.ts_ns, message.exch_ns) == (
        SNAPSHOT,
        1757015216_673878000,
        1757015216253 * 10**6,
    )
    assert (message.bids, message.asks) == ([("100", "1"), ("99", "3")], [("101", "2")])


def test_two_price_rows_of_one_update_are_one_quote(read: Read) -> None:
    """Apart, the new bid would stand beside the old ask, and could cross it."""
    rows = [
        "1757015216.1,100,1,bid,1757015216000", "1757015216.1,101,2,ask,1757015216000",
        "1757015217.1,102,1,bid,1757015217000",
        "1757015218.1,100,1,bid,1757015218000", "1757015218.1,100,9,bid,1757015218000",
    ]  # fmt: skip

    quotes = read("prices_BTC.csv", PRICES + "\n".join(rows))

    assert [message.kind for message in quotes] == [QUOTE] * 4
    assert [(len(message.bids), len(message.asks)) for message in quotes] == [(1, 1), (1, 0), (1, 0), (1, 0)]


def test_a_replayed_batch_fills_nobody(read: Read) -> None:
    """After a reconnect the venue sends history; it printed while nobody here was in the market."""
    rows = [
        "1757015220.0,100,1,buy,1,1757015204000", "1757015220.0,100,1,buy,2,1757015219600",
        "1757015220.5,100,1,sell,3,1757015220100",
    ]  # fmt: skip

    trades = read("trades_SOL.csv", TRADES + "\n".join(rows))

    assert [message.no_fill for message in trades] == [True, True, False]
    assert [message.side for message in trades] == [0, 0, 1]


def test_the_real_set_holds_what_its_readme_counts(imported: Imported, recordings: Path) -> None:
    """Trades, the replayed ids, the one outage common to all files, and no crossed book."""
    reports = imported(recordings / "hyperliquid_perps_20250904")

    btc, sol = reports["hyperliquid:BTC"], reports["hyperliquid:SOL"]
    assert (btc.trades, sol.trades) == (6_675, 4_437)
    assert (btc.duplicate_trade_ids, sol.duplicate_trade_ids) == (0, 10)
    assert (btc.crossed, sol.crossed, btc.non_monotonic, sol.non_monotonic) == (0, 0, 0, 0)
    for report in reports.values():
        (outage,) = report.gaps
        assert 17 < (outage.to_ts_ns - outage.from_ts_ns) / 1e9 < 19
        assert report.coverage_ratio == pytest.approx(0.9915, abs=0.0005)


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ("1757015216.1,100,1,up,7,1757015216000", "side: 'up' is not a side"),
        ("1757015216.1,100,1,buy,seven,1757015216000", "trade_id: 'seven' is not a trade id"),
        (
            "2025-09-04 19:46:56,100,1,buy,7,1757015216000",
            "timestamp: '2025-09-04 19:46:56' is not a time in seconds",
        ),
        ("1757015216.1,100,1,buy,7,", "exchange_timestamp: '' is not a time"),
        ("1757015216.1,nan,1,buy,7,1757015216000", "BTC trade: 'nan' is not a finite number"),
        ("1757015216.1,100,-1,buy,7,1757015216000", "BTC trade: -1 is negative"),
    ],
)
def test_a_bad_row_names_line_and_field(tmp_path: Path, imported: Imported, row: str, complaint: str) -> None:
    """Not a number, negative, naive or swapped: the line is named and nothing is written."""
    path = tmp_path / "trades_BTC.csv"
    path.write_text(f"{TRADES}1757015215.1,100,1,buy,6,1757015215000\n{row}\n")

    with pytest.raises(InputError, match=f"trades_BTC.csv:3: {complaint}"):
        imported(path)

    assert not (tmp_path / "dataset").exists()
