from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatrial.market.importer.interface import QUOTE, TRADE, Listing, Message
from seatrial.market.importer.ohlcv import Bar, Grid, prints
from seatrial.market.importing import import_files
from seatrial.model.artifact import InstrumentReport
from seatrial.model.errors import InputError

Read = Callable[[str, str | bytes], list[Message]]
Imported = Callable[..., dict[str, InstrumentReport]]
HEAD = "timestamp,open,high,low,close,volume\n"
MINUTE_MS = 60_000
START_MS = 1_711_670_400_000


def bars(count: int, skip: tuple[int, ...] = ()) -> str:
    """Return minute bars without some."""
    rows = (f"{START_MS + n * MINUTE_MS},100.5,102.25,99,101,7.5" for n in range(count) if n not in skip)
    return HEAD + "\n".join(rows) + "\n"


def test_a_bar_is_four_quoted_prints_in_a_fixed_order(read: Read) -> None:
    """Open, high, low, close inside the bar, one tick of spread either side, the volume shared."""
    messages = read("BTCUSDT-1m.csv", bars(2))[:8]

    assert [message.kind for message in messages] == [QUOTE, TRADE] * 4
    prints = messages[1::2]
    assert [message.price for message in prints] == ["100.5", "102.25", "99", "101"]
    assert [message.ts_ns - START_MS * 10**6 for message in prints] == [
        0,
        20 * 10**9,
        40 * 10**9,
        60 * 10**9 - 1,
    ]
    assert messages[0].bids[0][0] == "100.49"
    assert messages[0].asks[0][0] == "100.51"


@given(st.decimals(0, 10**9, places=3))
def test_the_prints_of_a_bar_add_up_to_its_volume(volume: Decimal) -> None:
    """Volume is what turnover limits are measured by; none may appear or vanish."""
    grid = Grid(60 * 10**9, Decimal("0.01"), Decimal("0.001"))
    bar = Bar(1, START_MS * 10**6, ("100", "101", "99", "100"), str(volume))

    sizes = [
        Decimal(m.qty) for m in prints(bar, Listing("unknown", "BTCUSDT", "spot"), grid) if m.kind == TRADE
    ]

    assert sum(sizes) == volume


def test_missing_bars_lower_the_coverage(tmp_path: Path, imported: Imported) -> None:
    """Coverage of bars counts bars: two of ten are not there."""
    path = tmp_path / "BTCUSDT-1m.csv"
    path.write_text(bars(10, skip=(4, 5)))

    report = imported(path)["unknown:BTCUSDT"]

    assert report.coverage_ratio == pytest.approx(0.8)
    assert len(report.gaps) == 1


def test_a_dataset_of_bars_says_so(tmp_path: Path) -> None:
    """Its spread is made up; whoever reads a run's manifest must see that it came from bars."""
    path = tmp_path / "BTCUSDT-1m.csv"
    path.write_text(bars(3))

    dataset = import_files([path], tmp_path / "dataset")

    assert dataset.provenance.detail["made_of"] == {"unknown:BTCUSDT": "bars"}


@pytest.mark.parametrize(
    "head",
    ["date,open,high,low,close,volume", "time,Open,High,Low,Close,Vol", '"unix","o","h","l","c","v"'],
)
def test_other_names_of_the_columns(read: Read, head: str) -> None:
    """Every tool names them a little differently."""
    assert len(read("BTC-USDT_1m.csv", bars(2).replace(HEAD.strip(), head))) == 16


def test_binance_klines_without_a_header(read: Read) -> None:
    """Twelve columns, the first six of them the bar; the symbol is in the archive's name."""
    row = "{0},100.5,102.25,99,101,7.5,{1},750,12,3,300,0\n"
    text = "".join(row.format(START_MS + n * MINUTE_MS, START_MS + (n + 1) * MINUTE_MS - 1) for n in range(3))

    messages = read("BTCUSDT-1m-2024-03-29.csv", text)

    assert len(messages) == 24
    assert messages[0].listing.bar_ns == 60 * 10**9


def test_parquet_with_zoned_times(tmp_path: Path, imported: Imported) -> None:
    """Parquet says itself whether a time is UTC."""
    path = tmp_path / "ETHUSDT-1m.parquet"
    parquet(path, "TIMESTAMPTZ '2024-03-29 00:00:00+00' + to_minutes(n::INT)")

    report = imported(path)["unknown:ETHUSDT"]

    assert (report.first_ts_ns, report.trades, report.coverage_ratio) == (START_MS * 10**6, 20, 1.0)


def test_parquet_with_naive_times_is_refused(tmp_path: Path, imported: Imported) -> None:
    """A naive column is whatever zone its writer lived in."""
    path = tmp_path / "ETHUSDT-1m.parquet"
    parquet(path, "TIMESTAMP '2024-03-29 00:00:00' + to_minutes(n::INT)")

    with pytest.raises(InputError, match="names no time zone"):
        imported(path)


def parquet(path: Path, time: str) -> None:
    """Write five minute bars."""
    values = "100.5 AS open, 102.0 AS high, 99.0 AS low, 101.0 AS close, 8.0 AS volume"
    bars = f"SELECT {time} AS date, {values} FROM range(5) t(n)"
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute(f"COPY ({bars}) TO '{path}' (FORMAT parquet)")


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ("2024-03-29 00:02:00,100,102,99,101,7", "time: .* names no time zone"),
        (f"{START_MS + 2 * MINUTE_MS},100,99,102,101,7", "high and low do not hold open and close"),
        (f"{START_MS + 2 * MINUTE_MS},nan,102,99,101,7", "open: 'nan' is not a number"),
        (f"{START_MS + 2 * MINUTE_MS},100,102,-99,101,7", "a price or the volume is negative"),
        (f"{START_MS + 2 * MINUTE_MS},100,102,99,101,-7", "a price or the volume is negative"),
        (f"{START_MS + 2 * MINUTE_MS},100,102", "the row has 3 fields"),
    ],
)
def test_a_bar_that_cannot_be_is_named(read: Read, row: str, complaint: str) -> None:
    """Swapped columns show as a high below a low; nothing downstream would notice."""
    with pytest.raises(InputError, match=f"BTCUSDT-1m.csv:4: {complaint}"):
        read("BTCUSDT-1m.csv", f"{bars(2)}{row}\n")


def test_one_bar_is_not_enough(read: Read) -> None:
    """How long it lasts cannot be known."""
    with pytest.raises(InputError, match="two bars at least"):
        read("BTCUSDT-1m.csv", bars(1))
