import gzip
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from seatrial.market.importer.interface import DEPTH, FUNDING, QUOTE, SNAPSHOT, TRADE, Message
from seatrial.market.inspecting import imported as imported_and_told
from seatrial.model.artifact import InstrumentReport
from seatrial.model.errors import InputError

Read = Callable[[str, str | bytes], list[Message]]
Imported = Callable[..., dict[str, InstrumentReport]]
COMMON = "exchange,symbol,timestamp,local_timestamp"
BOOK = f"{COMMON},is_snapshot,side,price,amount\n"
TRADES = f"{COMMON},id,side,price,amount\n"
AT = "binance-futures,BTCUSDT,1640995200000000,164099520"


def test_rows_of_one_arrival_are_one_message(read: Read) -> None:
    """Between the rows of a message the book is half old and half new, and may look crossed."""
    rows = [
        f"{AT}0100000,true,bid,50000.0,1.0", f"{AT}0100000,true,ask,50001.0,2.0",
        f"{AT}0200000,false,bid,50000.0,0", f"{AT}0200000,false,bid,49999.0,0.5",
    ]  # fmt: skip

    first, second = read("deltas.csv", BOOK + "\n".join(rows))

    assert (first.kind, first.bids, first.asks) == (SNAPSHOT, [("50000.0", "1.0")], [("50001.0", "2.0")])
    assert (second.kind, second.bids) == (DEPTH, [("50000.0", "0"), ("49999.0", "0.5")])
    assert (second.ts_ns, second.exch_ns) == (1640995200_200000000, 1640995200_000000000)


def test_nanosecond_files_are_told_by_their_digits(recordings: Path, imported: Imported) -> None:
    """Tools that re-export Tardis write nanoseconds; read as microseconds they lie in the year 53970."""
    report = imported(recordings / "tardis_binance_futures_20200222" / "unit_trades_1.csv")["bitmex:XBTUSD"]

    assert report.first_ts_ns == 1583020803307160000
    assert report.contract == "inverse"


def test_the_real_quotes_and_trades_hold_what_their_readme_counts(
    recordings: Path, imported: Imported
) -> None:
    """Ids contiguous, no duplicates, monotonic, never crossed."""
    folder = recordings / "tardis_binance_futures_20200222"

    report = imported(folder / "quotes.csv.gz", folder / "trades.csv.gz")["binance-futures:BTCUSDT"]

    assert (report.trades, report.events) == (9_999, 19_998)
    assert (report.duplicate_trade_ids, report.non_monotonic, report.crossed) == (0, 0, 0)


def test_book_snapshots_keep_every_level(recordings: Path, read: Read) -> None:
    """book_snapshot_25 has 25 levels a side in one row."""
    path = recordings / "tardis_binance_futures_20200222" / "binance-futures_book_snapshot_25_BTCUSDT.csv"

    messages = read(path.name, path.read_bytes())

    assert [message.kind for message in messages] == [SNAPSHOT] * 10
    assert {(len(message.bids), len(message.asks)) for message in messages} == {(25, 25)}
    assert messages[0].bids[0] == ("11657.07", "10.896")


def test_inverse_quotes_know_what_a_contract_is_worth(recordings: Path, read: Read) -> None:
    """5494 contracts of 100 USD are not 5494 bitcoin."""
    path = recordings / "tardis_binance_futures_20200222" / "huobi-dm-swap_quotes_BTC-USD.csv"

    first = read(path.name, path.read_bytes())[0]

    assert (first.kind, first.listing.contract, first.listing.contract_size) == (
        QUOTE,
        "inverse",
        Decimal(100),
    )
    assert (first.bids, first.asks) == ([("8629.2", "806")], [("8629.3", "5494")])


def test_a_print_without_a_known_taker_fills_nobody(read: Read) -> None:
    """Tardis writes `unknown` where a venue does not say; guessing a side would invent fills."""
    buy, unknown = read("t.csv", f"{TRADES}{AT}0100000,1,buy,50000,1\n{AT}0100000,2,unknown,50000,1\n")

    assert (buy.kind, buy.side, buy.no_fill) == (TRADE, 0, False)
    assert unknown.no_fill


def test_funding_is_paid_at_the_first_row_after_its_boundary(read: Read) -> None:
    """The ticker repeats the next boundary all the time; money moves once."""
    head = (
        f"{COMMON},funding_timestamp,funding_rate,predicted_funding_rate,open_interest,"
        "last_price,index_price,mark_price\n"
    )
    due = 1640995200
    rows = [
        f"bitmex,XBTUSD,{due - 9}000000,{due - 9}100000,{due}000000,0.0001,0.0002,1,2,3,9500.25",
        f"bitmex,XBTUSD,{due - 1}000000,{due - 1}100000,{due}000000,0.00015,0.0002,1,2,3,",
        f"bitmex,XBTUSD,{due + 1}000000,{due + 1}100000,{due + 28800}000000,0.0003,0.0002,1,2,3,9501",
        f"bitmex,XBTUSD,{due + 2}000000,{due + 2}100000,{due + 28800}000000,0.0003,0.0002,1,2,3,9501",
    ]

    (message,) = read("ticker.csv", head + "\n".join(rows))

    assert (message.kind, message.qty, message.price) == (FUNDING, "0.00015", "9500.25")
    assert (message.ts_ns, message.exch_ns) == ((due + 1) * 10**9 + 10**8, due * 10**9)


@pytest.mark.parametrize(("left_s", "paid"), [(2, 1), (3_600, 0)])
def test_funding_right_after_the_file_is_paid_with_its_end(left_s: int, paid: int, read: Read) -> None:
    """A day's file ends at midnight, which is a boundary; an hour before one it owes nothing."""
    head = f"{COMMON},funding_timestamp,funding_rate,mark_price\n"
    due = 1640995200
    row = f"bitmex,XBTUSD,{due - left_s}000000,{due - left_s}100000,{due}000000,0.0001,9500.25\n"

    messages = read("ticker.csv", head + row)

    assert [(message.kind, message.qty, message.exch_ns) for message in messages] == [
        (FUNDING, "0.0001", due * 10**9)
    ] * paid


def test_changes_without_a_snapshot_are_refused(tmp_path: Path, imported: Imported) -> None:
    """A day in the middle says nothing about the levels that did not change."""
    (tmp_path / "deltas.csv").write_text(f"{BOOK}{AT}0100000,false,bid,50000.0,1.0\n")

    with pytest.raises(InputError, match=r"deltas.csv:2: BTCUSDT has book changes but no snapshot"):
        imported(tmp_path / "deltas.csv")


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        (f"{AT}0100000,7,up,50000,1", "side: 'up' is not buy or sell"),
        (
            "binance-futures,BTCUSDT,1640995200000,1640995200100,7,buy,50000,1",
            "local_timestamp: .* unit of the rows before",
        ),
        (
            "binance-futures,BTCUSDT,2022-01-01T00:00:00,1640995200100000,7,buy,1,1",
            "timestamp: .* not a whole stamp",
        ),
        (
            "deribit,BTC-9JUN20-9875-P,1640995200000000,1640995200100000,7,buy,1,1",
            "symbol: what one contract of .* is worth",
        ),
    ],
)
def test_a_bad_row_names_line_and_field(read: Read, row: str, complaint: str) -> None:
    """A unit that changes within a file, a naive time, an option: each is named, none is guessed."""
    with pytest.raises(InputError, match=f"t.csv:3: {complaint}"):
        read("t.csv", f"{TRADES}{AT}0100000,1,buy,50000,1\n{row}\n")


def test_an_options_chain_is_not_claimed(recordings: Path, imported: Imported) -> None:
    """It has the common columns, but no book, no trades and no quotes that this toolkit can use."""
    with pytest.raises(InputError, match="no known format"):
        imported(recordings / "tardis_binance_futures_20200222" / "unit_options_chain.csv")


def test_a_dataset_of_trades_alone_says_so(recordings: Path, tmp_path: Path) -> None:
    """Prices without a book are allowed; a run on them can know no spread and no queue."""
    path = recordings / "tardis_binance_futures_20200222" / "unit_trades_1.csv"

    told = imported_and_told([path], tmp_path / "dataset", wanted=None, silence_s=5.0)

    assert told.data["made_of"] == {"bitmex:XBTUSD": "trades"}
    assert "bitmex:XBTUSD  trades only: no book and no quotes" in told.lines


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (BOOK, "the files hold no market events"),
        (
            f"{BOOK}{AT}0100000,true,bid,101.0,1\n{AT}0100000,true,ask,100.0,1\n",
            "every bid .* is above every ask: are the sides swapped",
        ),
        (f"{BOOK}{AT}0100000,true,bid,100.0,-1\n", "BTCUSDT snapshot: -1 is negative"),
        (f"{BOOK}{AT}0100000,true,bid,nan,1\n", "BTCUSDT snapshot: 'nan' is not a finite number"),
        (f"{BOOK}{AT}0100000,yes,bid,100.0,1\n", "is_snapshot: 'yes' is not true or false"),
        (BOOK.replace("amount", "size") + f"{AT}0100000,true,bid,100.0,1\n", "no known format"),
        (
            f"{BOOK}binance-futures,BTCUSDT,9640995200000000,9640995200000000,true,bid,100.0,1\n",
            "is not between the years 2009 and 2100",
        ),
    ],
)
def test_a_book_that_cannot_be_is_refused_whole(
    tmp_path: Path, imported: Imported, text: str, complaint: str
) -> None:
    """Swapped sides, negative and missing numbers, a wrong century: one line, and no dataset."""
    (tmp_path / "book.csv").write_text(text)

    with pytest.raises(InputError, match=complaint):
        imported(tmp_path / "book.csv")

    assert not (tmp_path / "dataset").exists()


def test_a_truncated_download_is_told_from_a_short_one(tmp_path: Path, imported: Imported) -> None:
    """Half a gzip reads well for a long time; the missing end must not pass for a quiet market."""
    whole = gzip.compress((TRADES + f"{AT}0100000,1,buy,50000,1\n" * 5_000).encode(), mtime=0)
    (tmp_path / "t.csv.gz").write_bytes(whole[:-12])

    with pytest.raises(InputError, match="the compressed file is cut short"):
        imported(tmp_path / "t.csv.gz")


def test_rows_far_out_of_order_are_refused(tmp_path: Path, imported: Imported) -> None:
    """Sorting a file silently would invent a market; a little disorder is counted instead."""
    rows = [f"{AT}{n:07d},{n},buy,50000,1" for n in range(100_000, 110_000)]
    (tmp_path / "t.csv").write_text(TRADES + "\n".join([*rows, f"{AT}0000000,1,buy,50000,1"]))

    with pytest.raises(InputError, match=r"t.csv:10002: the rows are not in order of time"):
        imported(tmp_path / "t.csv")
