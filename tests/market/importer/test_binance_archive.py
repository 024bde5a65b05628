import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from seatrial.market.importer.interface import DEPTH, QUOTE, SNAPSHOT, TRADE, Message
from seatrial.model.artifact import InstrumentReport
from seatrial.model.errors import InputError

Read = Callable[[str, str | bytes], list[Message]]
Imported = Callable[..., dict[str, InstrumentReport]]
AGG = "BTCUSDT-aggTrades-2024-03-29.csv"
TRADES = "BTCUSDT-trades-2024-03-29.csv"
AGG_HEAD = "agg_trade_id,price,quantity,first_trade_id,last_trade_id,transact_time,is_buyer_maker\n"


def zipped(name: str, text: str) -> bytes:
    """Return a zip with one member."""
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        archive.writestr(name, text)
    return sink.getvalue()


@pytest.mark.parametrize(
    ("name", "text", "venue", "symbol"),
    [
        (AGG, "7,70000.1,0.5,1,3,1711670400123,true\n", "binance-futures", "BTCUSDT"),
        (AGG, AGG_HEAD + "7,70000.1,0.5,1,3,1711670400123,true\n", "binance-futures", "BTCUSDT"),
        (AGG, "7,70000.1,0.5,1,3,1711670400123,True,True\n", "binance", "BTCUSDT"),
        (TRADES, "7,70000.1,0.5,35000.05,1711670400123,true\n", "binance-futures", "BTCUSDT"),
        (TRADES, "7,70000.1,0.5,35000.05,1711670400123,True,True\n", "binance", "BTCUSDT"),
        (
            TRADES,
            "id,price,qty,quote_qty,time,is_buyer_maker\n7,70000.1,0.5,35000.05,1711670400123,true\n",
            "binance-futures", "BTCUSDT",
        ),
        (
            "BTCUSD_PERP-aggTrades-2024-03-29.csv", AGG_HEAD + "7,70000.1,0.5,1,3,1711670400123,true\n",
            "binance-delivery", "BTCUSD_PERP",
        ),
    ],
)  # fmt: skip
def test_every_generation_of_trade_files(read: Read, name: str, text: str, venue: str, symbol: str) -> None:
    """With and without header, spot and futures: the same trade comes out of each."""
    (message,) = read(name, text)

    assert (message.listing.venue, message.listing.symbol, message.kind) == (venue, symbol, TRADE)
    assert (message.price, message.qty, message.ref) == ("70000.1", "0.5", 7)
    assert message.side == 1  # the buyer was the maker, so a seller came
    assert message.ts_ns == 1711670400123 * 10**6


def test_microsecond_files_are_told_by_their_digits(read: Read) -> None:
    """Spot went to microseconds on 2025-01-01; read as milliseconds that is the year 57000."""
    (message,) = read(AGG.replace("2024", "2025"), "7,70000.1,0.5,1,3,1743206400123456,False,True\n")

    assert (message.ts_ns, message.side) == (1743206400_123456000, 0)


def test_a_zip_is_read_as_it_was_downloaded(read: Read) -> None:
    """Nobody should have to unpack a day by hand."""
    (message,) = read(AGG.replace(".csv", ".zip"), zipped(AGG, "7,70000.1,0.5,1,3,1711670400123,true\n"))

    assert message.ref == 7


def test_the_folder_of_the_archive_settles_the_market(read: Read) -> None:
    """Whoever keeps files by venue knows better than the columns."""
    (message,) = read(f"binance/{AGG}", "7,70000.1,0.5,1,3,1711670400123,true\n")

    assert message.listing.venue == "binance"


@pytest.mark.parametrize("header", [True, False])
def test_book_ticker_gives_quotes_aged_by_update_id(read: Read, header: bool) -> None:
    """The update id is what tells an older quote from a newer book."""
    head = "update_id,best_bid_price,best_bid_qty,best_ask_price,best_ask_qty,transaction_time,event_time\n"
    row = "4297,70000.1,3,70000.2,4,1711670400005,1711670400006\n"

    (message,) = read("BTCUSDT-bookTicker-2024-03-29.csv", head * header + row)

    assert (message.kind, message.age, message.ts_ns) == (QUOTE, 4297, 1711670400005 * 10**6)
    assert (message.bids, message.asks) == ((("70000.1", "3"),), (("70000.2", "4"),))


def test_depth_history_joins_its_snapshot(tmp_path: Path, imported: Imported) -> None:
    """Snapshots and changes are separate files; the ids put them together, and nothing is lost."""
    head = "symbol,timestamp,trans_id,first_update_id,last_update_id,side,update_type,price,qty\n"
    snap = [("b", "100.0", "5"), ("a", "101.0", "5")]
    (tmp_path / "BTCUSDT_T_DEPTH_2021-01-01_depth_snap.csv").write_text(
        head
        + "".join(f"BTCUSDT,1609459200100,1,0,50,{side},snap,{price},{qty}\n" for side, price, qty in snap)
    )
    changes = (
        f"BTCUSDT,{1609459200000 + 10 * n},2,{40 + n},{41 + n},{'ba'[n % 2]},set,10{n % 2}.0,{n}\n"
        for n in range(40)
    )
    (tmp_path / "BTCUSDT_T_DEPTH_2021-01-01_depth_update.csv").write_text(head + "".join(changes))

    report = imported(tmp_path)["binance-futures:BTCUSDT"]

    assert (report.sequence_breaks, report.crossed, report.events) == (0, 0, 41)


def test_depth_history_groups_rows_by_their_last_id(read: Read) -> None:
    """A change of several levels is one message, or the book is half old in between."""
    head = "symbol,timestamp,trans_id,first_update_id,last_update_id,side,update_type,price,qty\n"
    rows = [
        "BTCUSDT,1609459200000,1,0,50,b,snap,100.0,5", "BTCUSDT,1609459200000,1,0,50,a,snap,101.0,5",
        "BTCUSDT,1609459200010,2,51,53,b,set,100.0,0", "BTCUSDT,1609459200010,2,51,53,b,set,99.0,1",
        "BTCUSDT,1609459200020,3,54,55,a,set,101.0,2",
    ]  # fmt: skip

    messages = read("depth.csv", head + "\n".join(rows))

    assert [(m.kind, m.first_id, m.last_id, m.prev_id) for m in messages] == [
        (SNAPSHOT, None, 50, None), (DEPTH, 51, 53, 50), (DEPTH, 54, 55, 53),
    ]  # fmt: skip
    assert messages[1].bids == [("100.0", "0"), ("99.0", "1")]


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ("8,70000.1,0.5,1,3,1711670400123,maybe", "is_buyer_maker: 'maybe' is not true or false"),
        ("x,70000.1,0.5,1,3,1711670400123,true", "agg_trade_id: 'x' is not a whole number"),
        ("8,70000.1,0.5,1,3,1711670400123456,true", "transact_time: .* unit of the rows before it"),
        ("8,70000.1,0.5,1,3,2024-03-29,true", "transact_time: .* is not a whole stamp"),
        ("8,70000.1,0.5,1,3", "the row has 5 fields where 7 are due"),
    ],
)
def test_a_bad_row_names_line_and_field(read: Read, row: str, complaint: str) -> None:
    """Two files glued together, a torn end, a shifted column: named, never guessed."""
    with pytest.raises(InputError, match=f"{AGG}:3: {complaint}"):
        read(AGG, f"{AGG_HEAD}7,70000.1,0.5,1,3,1711670400123,true\n{row}\n")


def test_both_kinds_of_trade_file_of_one_symbol_are_refused(tmp_path: Path, imported: Imported) -> None:
    """They tell of the same prints; together every volume would count twice."""
    (tmp_path / AGG).write_text("7,70000.1,0.5,1,3,1711670400123,true\n")
    (tmp_path / TRADES).write_text("1,70000.1,0.5,35000.05,1711670400123,true\n")

    with pytest.raises(InputError, match="BTCUSDT has aggTrades and trades, which tell of the same prints"):
        imported(tmp_path)
