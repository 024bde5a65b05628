"""Statements are read the same however they were cut, mixed or ordered, and a damaged one says where."""

import json
import random
import tracemalloc
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.finops.importer.dialects import FIXED_COLUMNS, table, written
from tests.finops.importer.samples import SAMPLES
from tests.finops.importer.short import short
from tests.finops.malformed import DAMAGES, Damage

from seatrial.finops.entry import Row
from seatrial.finops.importer import FORMATS
from seatrial.finops.reading import read_statement, recognise
from seatrial.model.errors import InputError, OutsideError, UsageError

PLENTY = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
TABLES = sorted(
    name
    for name, sample in SAMPLES.items()
    if sample.text.lstrip()[0] not in "{[" and name not in FIXED_COLUMNS
)


def unplaced(rows: Sequence[Row]) -> list[str]:
    """Return the rows without the line that they stood on, in an order of their own."""
    return sorted(short(row) for row in rows)


def put(folder: Path, name: str, text: str) -> Path:
    """Write a file of a statement."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


# --- damaged statements ------------------------------------------------------------------------


def test_there_are_a_hundred_damaged_statements() -> None:
    """What venues, spreadsheets and transfers do to a file is manifold."""
    assert len(DAMAGES) >= 100
    assert len({(one.sample, one.old, one.new) for one in DAMAGES}) == len(DAMAGES)


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda one: f"{one.sample}-{one.says[:20]}")
def test_a_damaged_statement_gives_one_line(damage: Damage, tmp_path: Path) -> None:
    """File, line, field and fix: enough to mend it without reading any code."""
    text = SAMPLES[damage.sample].text
    assert damage.old in text
    path = put(tmp_path, "statement.csv", text.replace(damage.old, damage.new, 1))

    with pytest.raises(InputError) as caught:
        list(read_statement(path))

    told = caught.value
    assert told.exit_code == 2
    assert "\n" not in told.line
    assert told.line.startswith("statement.csv:")
    assert damage.line is None or told.where.line == damage.line, told.line
    assert damage.says in told.line
    assert told.fix


def test_nothing_is_read_past_a_damaged_line(tmp_path: Path) -> None:
    """Books made of half a statement close just as little, and look as if they did."""
    text = SAMPLES["binance-trades"].text.replace("BUY", "BYU")

    with pytest.raises(InputError):
        next(read_statement(put(tmp_path, "a.csv", text)))


# --- splitting, permuting, mixing --------------------------------------------------------------


@pytest.mark.parametrize("name", TABLES)
@given(seed=st.integers(0, 2**32))
@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_permuting_rows_and_splitting_files_changes_nothing(name: str, seed: int, tmp_path: Path) -> None:
    """A venue's export comes newest first, by month, or in pages, as it pleases."""
    before, (head, *body) = table(SAMPLES[name].text)
    drawn = random.Random(seed)
    drawn.shuffle(body)
    cut = drawn.randint(0, len(body))
    parts = [
        put(tmp_path, f"{number}.csv", written(before, [head, *rows]))
        for number, rows in enumerate((body[:cut], body[cut:]))
    ]

    rows = list(read_statement(parts))

    assert unplaced(rows) == sorted(SAMPLES[name].rows)


@PLENTY
@given(
    stamps=st.lists(
        st.tuples(st.integers(1_300_000_000_000, 1_900_000_000_000), st.integers(-48, 56)),
        min_size=1,
        max_size=20,
    )
)
def test_mixing_time_zones_changes_nothing(stamps: list[tuple[int, int]], tmp_path: Path) -> None:
    """A stamp with its own offset is the same instant wherever it was written."""
    texts = {
        "utc": [written_at(ms, 0) for ms, _ in stamps],
        "mixed": [written_at(ms, quarters) for ms, quarters in stamps],
    }
    read = {}
    for name, times in texts.items():
        body = "".join(f"{time},BTC,1,{number},5\n" for number, time in enumerate(times))
        path = put(tmp_path, name, "refid,asset,amount,fee,balance,type,time\n")
        path.write_text(
            "time,asset,amount,txid,balance,fee,type,refid\n"
            + "".join(line.replace("\n", ",0,trade,r\n") for line in body.splitlines(keepends=True))
        )
        read[name] = [row.ts_ns for row in read_statement(path)]

    assert read["mixed"] == read["utc"] == [ms * 10**6 for ms, _ in stamps]


def written_at(ms: int, quarters: int) -> str:
    """Write an instant as a clock some quarters of an hour away shows it."""
    from datetime import UTC, datetime, timedelta, timezone

    zone = timezone(timedelta(minutes=15 * quarters))
    moment = datetime.fromtimestamp(ms // 1000, UTC).astimezone(zone) + timedelta(milliseconds=ms % 1000)
    return moment.isoformat(timespec="milliseconds")


def test_a_naive_time_is_utc_unless_somebody_says_otherwise(tmp_path: Path) -> None:
    """The zone of the machine that reads must never matter."""
    path = put(tmp_path, "a.csv", SAMPLES["kraken-trades"].text)

    utc, given = (next(read_statement(path, zone=zone)).ts_ns for zone in (None, "UTC+2"))

    assert given == utc - 2 * 3600 * 10**9


def test_what_the_file_says_of_its_zone_outranks_the_option(tmp_path: Path) -> None:
    """The option is for files that do not say; HitBTC's header does."""
    path = put(tmp_path, "a.csv", SAMPLES["hitbtc-trades"].text)

    assert [short(row) for row in read_statement(path, zone="Asia/Tokyo")] == list(
        SAMPLES["hitbtc-trades"].rows
    )


def test_the_zone_of_a_column_follows_it_under_its_other_name(tmp_path: Path) -> None:
    """KuCoin writes `Filled Time(UTC+02:00)` for an account in Berlin."""
    text = SAMPLES["kucoin-orders"].text
    there = put(tmp_path, "b.csv", text.replace("Filled Time(UTC)", "Filled Time(UTC+02:00)"))

    here, moved = (next(read_statement(path)).ts_ns for path in (put(tmp_path, "a.csv", text), there))

    assert moved == here - 2 * 3600 * 10**9


def test_an_unknown_zone_is_refused(tmp_path: Path) -> None:
    """A misspelt zone that means UTC would shift every row in silence."""
    path = put(tmp_path, "a.csv", SAMPLES["kraken-trades"].text)

    with pytest.raises(UsageError, match="no time zone"):
        read_statement(path, zone="Mars/Base")


def test_the_order_of_day_and_month_is_read_from_all_files_together(tmp_path: Path) -> None:
    """One file of a split statement may hold no date that tells; the others do."""
    head = "#,PAIR,AMOUNT,PRICE,FEE,FEE CURRENCY,DATE,ORDER ID\n"
    vague = put(tmp_path, "a.csv", head + "1,BTC/USD,1,2,-0.1,USD,03-04-20 00:00:00,1\n")
    clear = put(tmp_path, "b.csv", head + "2,BTC/USD,1,2,-0.1,USD,03-25-20 00:00:00,1\n")

    alone, together = next(read_statement(vague)), next(read_statement([vague, clear]))

    assert (short(alone)[:10], short(together)[:10]) == ("2020-04-03", "2020-03-04")


def test_a_spreadsheet_that_wrote_the_dates_anew_is_understood_if_any_date_tells(tmp_path: Path) -> None:
    """Excel saves 2024-07-03 as its user's country writes it."""
    head = "Date(UTC),Market,Type,Price,Amount,Total,Fee,Fee Coin\n"
    vague, clear = "03/07/2024 10:00,ETHBTC,BUY,1,1,1,0,ETH\n", "25/07/2024 10:00,ETHBTC,BUY,1,1,1,0,ETH\n"

    rows = list(read_statement(put(tmp_path, "a.csv", head + vague + clear)))

    assert [short(row)[:10] for row in rows] == ["2024-07-03", "2024-07-25"]
    with pytest.raises(InputError, match="day or the month first"):
        list(read_statement(put(tmp_path, "b.csv", head + vague)))


# --- recognising -------------------------------------------------------------------------------


def test_the_name_of_a_file_says_nothing(tmp_path: Path) -> None:
    """People rename files."""
    path = put(tmp_path, "binance_trades.json", SAMPLES["kraken-ledgers"].text)

    assert recognise(path).format.name == "kraken-ledgers"


def test_no_sample_is_claimed_by_two(tmp_path: Path) -> None:
    """Else the order of a list would decide what a statement means."""
    for name in sorted(SAMPLES):
        assert recognise(put(tmp_path, name, SAMPLES[name].text)).format.name == name


def test_an_unknown_table_is_refused_with_what_was_seen(tmp_path: Path) -> None:
    """The person sees at once whether the file is the wrong one or the columns are new."""
    path = put(tmp_path, "a.csv", "When,Thing,Much\n1,2,3\n")

    with pytest.raises(InputError) as caught:
        read_statement(path)

    assert caught.value.line == (
        "a.csv:1: no known statement has the columns: When, Thing, Much "
        "(name the venue with --venue, or describe the columns in a mapping file)"
    )


def test_an_unknown_venue_is_refused_with_those_that_are_known(tmp_path: Path) -> None:
    """A misspelt venue is a misspelt option, not an unknown file."""
    path = put(tmp_path, "a.csv", SAMPLES["kraken-ledgers"].text)

    with pytest.raises(UsageError, match=r"known: .*kraken"):
        read_statement(path, venue="krakn")


def test_a_missing_file_and_no_file_are_refused(tmp_path: Path) -> None:
    """The commonest mistakes get the plainest words."""
    with pytest.raises(InputError, match="no such file"):
        read_statement(tmp_path / "nowhere.csv")
    with pytest.raises(UsageError, match="no statements"):
        read_statement([])


def test_a_file_that_cannot_be_opened_is_the_disks_fault(tmp_path: Path) -> None:
    """Exit 4, not 2: the person cannot mend the statement."""
    path = tmp_path / "loop"
    path.symlink_to(path)

    with pytest.raises(OutsideError):
        read_statement(path)


# --- size --------------------------------------------------------------------------------------


def test_a_long_list_is_not_held_in_memory(tmp_path: Path) -> None:
    """Six years of a busy account are gigabytes of JSON."""
    record = json.dumps(json.loads(SAMPLES["binance-income"].text)[0])
    peaks = []

    for count in (500, 4_000):
        path = put(tmp_path, "long.json", '{"result": {"list": [' + ",".join([record] * count) + "]}}")
        tracemalloc.start()
        assert sum(1 for _ in read_statement(path)) == count
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()

    assert peaks[1] < 1.5 * peaks[0]


def test_a_comma_between_semicolons_is_not_taken_for_a_thousand(tmp_path: Path) -> None:
    """The venue groups by thousands, but the spreadsheet that wrote this parts decimals with commas."""
    text = "Date(UTC){0}Market{0}Type{0}Price{0}Amount{0}Total{0}Fee{0}Fee Coin\n"
    row = "2023-05-01 10:00:00{0}ETHBTC{0}BUY{0}1{0}{1}1,234{1}{0}1{0}0{0}ETH\n"
    by_comma = put(tmp_path, "a.csv", (text + row).format(",", '"'))
    by_semicolon = put(tmp_path, "b.csv", (text + row).format(";", ""))

    assert next(read_statement(by_comma)).movements[0].amount == 1234
    with pytest.raises(InputError, match=r"b\.csv:2: Amount: '1,234' may mean 1234 or 1\.234"):
        list(read_statement(by_semicolon))


def test_amounts_keep_every_digit(tmp_path: Path) -> None:
    """Python's own context rounds at 28 digits; a wallet of 18 decimals has more."""
    change = "123456789012345678.123456789012345678"
    text = SAMPLES["okx-bills"].text.replace('"11.87"', f'"{change}"')

    row = next(read_statement(put(tmp_path, "a.json", text)))

    assert sum((one.amount for one in row.movements[1:]), row.movements[0].amount * 0) != 0
    assert f"{row.movements[0].amount:f}" == "123456789012345666.253456789012345678"


def test_every_kind_of_file_is_counted_by_the_registry() -> None:
    """`--venue` lists the venues; each belongs to at least one format."""
    assert {member.venue for _, member in FORMATS} >= {
        "bybit", "binance", "okx", "kraken", "coinbase", "kucoin", "bitmex", "bitfinex", "hyperliquid",
        "bitstamp",
        "ccxt",
    }  # fmt: skip
