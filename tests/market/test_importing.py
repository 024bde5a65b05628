"""An import tells the truth about what it read, or leaves nothing."""

import hashlib
import os
import resource
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.market.conftest import SECOND, START, Capture

from seatrial.market.dataset import Dataset
from seatrial.market.importing import ImportSettings, import_files
from seatrial.model.errors import InputError, OutsideError, UsageError
from seatrial.model.tape import (
    ASK,
    BBO,
    CLEAR,
    DELTA,
    FUNDING,
    KIND_MASK,
    LAST,
    NO_FILL,
    SIDE_BIT,
    SNAPSHOT,
    TRADE,
    Tape,
)

USDM_BTC = "binance_usdm_raw_ws/btcusdt_*.gz"
USDM_ETH = "binance_usdm_raw_ws/ethusdt_*.gz"
COINM = "binance_coinm_raw_ws/btcusd_perp_*.gz"
SPOT = "binance_spot_raw_ws/btcusdt_*.gz"
HOURLY = "binance_spot_hourly_depth_2020/ETHBTC*.gz"
# pattern: (venue, contract, tick, lot, contract size, records, trades, prints > 5 bps off the touch)
ORACLE = {
    USDM_BTC: ("binance-futures", "linear", "0.1", "0.001", "1", 11_414 + 60_570, 974 + 9_727, 0),
    USDM_ETH: ("binance-futures", "linear", "0.01", "0.001", "1", 14_003 + 55_910, 1_640 + 12_015, None),
    COINM: ("binance-delivery", "inverse", "0.1", "1", "100", 48_270 + 50_116, 2_286 + 2_949, 11),
    SPOT: ("binance", "spot", "0.01", "0.000001", "1", 41_249 + 58_325, 9_757 + 10_147, None),
    HOURLY: ("binance", "spot", "0.000001", "0.001", "1", 1 + 3_600 + 1_736, 1_736, None),
}


def everything(dataset: Dataset) -> Tape:
    return dataset.tape(0, 2**62)


def kinds(tape: Tape) -> list[int]:
    return [code & KIND_MASK for code in tape.code.tolist()]


def into(capture: Capture) -> Dataset:
    return import_files([capture.file()], capture.folder / "dataset")


@pytest.mark.parametrize(
    "pattern",
    [pytest.param(name, marks=[] if name in (USDM_BTC, HOURLY) else [pytest.mark.slow]) for name in ORACLE],
)
def test_a_real_recording_is_reported_as_its_readme_counts_it(
    recorded: Callable[[str], Dataset], pattern: str
) -> None:
    """The README figures were computed on every record by other means: chains, crosses, ids."""
    venue, contract, tick, lot, size, events, trades, off_book = ORACLE[pattern]

    dataset = recorded(pattern)

    (instrument,), (report,) = dataset.instruments, dataset.reports
    assert (report.venue, report.contract) == (venue, contract)
    assert [str(instrument.tick_size), str(instrument.lot_size), str(instrument.contract_size)] == [
        tick,
        lot,
        size,
    ]
    assert (report.events, report.trades) == (events, trades)
    assert (report.sequence_breaks, report.crossed, report.duplicate_trade_ids, report.non_monotonic) == (
        0,
        0,
        0,
        0,
    )
    assert report.coverage_ratio == 1.0
    assert off_book in (None, report.off_book_prints)


@pytest.mark.slow
def test_a_receive_clock_behind_the_exchange_orders_the_rows_all_the_same(
    recorded: Callable[[str], Dataset],
) -> None:
    """A negative latency is normal where clocks are not synchronised; ordering must not notice."""
    dataset = recorded(COINM)

    rows = next(dataset.every_row(0))

    assert dataset.clock == "receive"
    assert int(rows.ts_ns[0]) == 1_723_161_256_607_640_365 or bool((rows.ts_ns[1:] >= rows.ts_ns[:-1]).all())
    known = rows.exch_ts_ns > 0
    assert float((rows.exch_ts_ns[known] > rows.ts_ns[known]).mean()) > 0.99


@pytest.mark.slow
def test_files_are_chained_by_what_they_hold(
    data: Path, tmp_path: Path, recorded: Callable[[str], Dataset]
) -> None:
    """People name files as they like and shells sort them as they like."""
    first, second = sorted((data / "l2").glob(USDM_BTC))

    swapped = import_files([second, first], tmp_path / "swapped")

    assert swapped.sha256 == recorded(USDM_BTC).sha256


def test_the_second_file_of_a_pair_alone_is_refused(data: Path, tmp_path: Path) -> None:
    """Changes of an unknown book say nothing; the file to add is named."""
    second = data / "l2" / "binance_coinm_raw_ws" / "btcusd_perp_20240809.gz"

    with pytest.raises(
        InputError, match=r"20240809\.gz:\d+: BTCUSD_PERP has book changes but no snapshot .*earlier"
    ):
        import_files([second], tmp_path / "out")

    assert list(tmp_path.iterdir()) == []


def test_the_same_files_give_the_same_bytes(whole: Capture, tmp_path: Path) -> None:
    """A hash in a manifest is worth something only if the same market always has it."""
    first = into(whole)
    other = import_files([whole.file("renamed.log")], tmp_path / "elsewhere" / "deep")

    assert first.sha256 == other.sha256
    segments = [dataset.path / dataset.description.parts[0].segments[0].path for dataset in (first, other)]
    assert segments[0].read_bytes() == segments[1].read_bytes()


def test_changes_before_the_snapshot_are_joined_by_their_ids(capture: Capture) -> None:
    """A REST snapshot arrives after changes that are newer and older than it."""
    capture.depth(bids=[("90.0", "1")])  # ids 101-110, older than the snapshot
    capture.depth(bids=[("91.0", "1")])  # ids 111-120, overlaps it
    capture.last_id = 115
    capture.snapshot()
    capture.last_id = 120
    capture.depth(bids=[("92.0", "1")])

    dataset = into(capture)

    tape = everything(dataset)
    assert kinds(tape) == [CLEAR, SNAPSHOT, SNAPSHOT, DELTA, DELTA]
    assert [str(dataset.instruments[0].price(px)) for px in tape.px.tolist()[3:]] == ["91.0", "92.0"]
    assert tape.ts.tolist()[:4] == [START + 2 * SECOND] * 4
    assert dataset.reports[0].sequence_breaks == 0


def test_a_missing_change_is_counted_and_opens_a_gap(whole: Capture) -> None:
    """A book with a hole in its history may be wrong without looking wrong."""
    whole.last_id += 5
    whole.depth(bids=[("99.8", "1")])
    whole.depth(bids=[("99.7", "1")])

    report = into(whole).reports[0]

    assert report.sequence_breaks == 1
    assert [(gap.from_ts_ns, gap.to_ts_ns) for gap in report.gaps] == [(START + SECOND, START + 4 * SECOND)]
    assert report.coverage_ratio == pytest.approx(1 - 3 / 5)


def test_spot_changes_chain_without_naming_their_predecessor(capture: Capture) -> None:
    """Spot has no `pu`: the next first id is the last one plus one."""
    for first, last in ((101, 110), (111, 120), (122, 130)):
        data = {"e": "depthUpdate", "E": capture.exch_ms, "s": "BTCUSDT", "U": first, "u": last}
        capture.event("depth@100ms", data | {"b": [["99.9", "1"]], "a": []})
        if first == 101:
            capture.snapshot()

    dataset = into(capture)

    assert dataset.instruments[0].venue == "binance"
    assert dataset.reports[0].sequence_breaks == 1


def test_an_older_change_does_not_override_a_fresher_quote(whole: Capture) -> None:
    """Depth and quotes travel separately: the touch is said again after a change that is older than it."""
    whole.quote(bid=("100.3", "1"), ask=("100.4", "1"), u=500)
    whole.depth(bids=[("100.0", "7")])

    tape = everything(into(whole))

    assert kinds(tape)[-3:] == [DELTA, BBO, BBO]
    assert tape.px.tolist()[-2:] == [1003, 1004]
    ends = [bool(code & LAST) for code in tape.code.tolist()[-3:]]
    assert ends == [False, False, True]


def test_a_quote_older_than_the_book_is_left_out(whole: Capture) -> None:
    """It would remove levels that are really there."""
    before = len(whole.lines)
    whole.quote(bid=("95.0", "1"), ask=("95.1", "1"), u=1)

    dataset = into(whole)

    assert 950 not in everything(dataset).px.tolist()
    assert dataset.reports[0].events == before + 1
    assert dataset.description.detail["late_quotes"] == {"binance-futures:BTCUSDT": 1}


def test_prints_that_no_order_could_meet_are_marked(whole: Capture) -> None:
    """An insurance fund's print, a repeated id, a replay: none of them fills a resting order."""
    whole.trade(X="INSURANCE_FUND", price="150.0")
    whole.trade(t=1)
    whole.trade(T=whole.exch_ms - 5_000)
    whole.trade(m=True)

    dataset = into(whole)

    trades = [code for code in everything(dataset).code.tolist() if code & KIND_MASK == TRADE]
    assert [bool(code & NO_FILL) for code in trades] == [False, True, True, True, False]
    assert [bool(code & SIDE_BIT) for code in trades] == [False, False, False, False, bool(ASK)]
    report = dataset.reports[0]
    assert (report.trades, report.duplicate_trade_ids, report.off_book_prints) == (5, 1, 1)


def test_funding_is_paid_once_when_its_boundary_passes(whole: Capture) -> None:
    """An update of the rate is not a payment."""
    for rate, boundary in (("0.0001", 8), ("0.0002", 8), ("0.0003", 16), ("0.0004", 16)):
        data = {"e": "markPriceUpdate", "E": whole.exch_ms, "s": "BTCUSDT", "p": "100.04123456", "r": rate}
        whole.event("markPrice@1s", data | {"T": START // 10**6 + boundary})

    tape = everything(into(whole))

    paid = [
        (px, qty)
        for kind, px, qty in zip(kinds(tape), tape.px.tolist(), tape.qty.tolist(), strict=True)
        if kind == FUNDING
    ]
    assert paid == [(1000, 200_000_000)]


def test_a_silence_is_a_gap(whole: Capture) -> None:
    """Five seconds unless told otherwise; coverage is the share that is left."""
    whole.ts_ns += 9 * SECOND
    whole.trade()

    report = into(whole).reports[0]

    (gap,) = report.gaps
    assert (gap.from_ts_ns, gap.to_ts_ns) == (START + 3 * SECOND, START + 13 * SECOND)
    assert report.coverage_ratio == pytest.approx(3 / 13)


def test_slightly_unsorted_lines_are_sorted_and_counted(whole: Capture) -> None:
    """Two threads of a recorder may write two lines in the wrong order."""
    whole.lines[-1], whole.lines[-2] = whole.lines[-2], whole.lines[-1]

    dataset = into(whole)

    assert dataset.reports[0].non_monotonic == 1
    assert kinds(everything(dataset))[-1] == TRADE


def test_a_crossed_book_is_counted_and_kept(whole: Capture) -> None:
    """What the venue sent is what the record shows."""
    whole.depth(bids=[("100.2", "1")])
    whole.depth(bids=[("100.2", "0")])

    assert into(whole).reports[0].crossed == 1


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads the memory of Linux")
def test_memory_does_not_grow_with_the_input(capture: Capture) -> None:
    """Multi-gigabyte captures must fit where a minute does: rows leave memory as they come."""
    peaks = []
    for rounds in (1, 4):
        capture.lines.clear()
        capture.snapshot()
        for _ in range(60_000 * rounds):
            capture.trade()
            capture.ts_ns -= SECOND * 99 // 100
        file = capture.file(f"{rounds}.log")
        # The high-water mark of the child itself: ru_maxrss would carry over its parent's.
        code = (
            "import sys; from pathlib import Path; from seatrial.market.importing import import_files;"
            "import_files([Path(sys.argv[1])], Path(sys.argv[2]));"
            "print(Path('/proc/self/status').read_text().partition('VmHWM:')[2].split()[0])"
        )
        command = [sys.executable, "-c", code, str(file), str(capture.folder / f"dataset-{rounds}")]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        peaks.append(int(done.stdout))

    assert peaks[1] - peaks[0] < 60_000


def bad(lines: list[str], number: int, text: str) -> list[str]:
    return [*lines[:number], text, *lines[number + 1 :]]


NOT_JSON = '1721347021000000000 {"stream":"btcusdt@trade","data":{"e":"tra'
BAD_LINES: dict[str, tuple[Callable[[str], str], str]] = {
    "cut short": (lambda _: NOT_JSON, r":2: not JSON"),
    "NaN": (lambda good: good.replace('"99.9"', '"NaN"'), r":2: .*'NaN' is not a finite number"),
    "bare NaN": (lambda good: good.replace('"99.9"', "NaN"), r":2: not JSON"),
    "negative size": (lambda good: good.replace('"3"', '"-3"'), r":2: BTCUSDT depth: -3 is negative"),
    "zero price": (lambda good: good.replace('"99.9"', '"0"'), r":2: BTCUSDT depth: it is zero"),
    "text for a price": (lambda good: good.replace('"99.9"', '"abc"'), r":2: .*'abc' is not a number"),
    "a missing field": (
        lambda good: good.replace('"pu"', '"px"').replace('"u"', '"w"'),
        r":2: not a Binance .*'u'",
    ),
    "no stamp": (lambda good: good.partition(" ")[2], r":2: the line does not begin with a stamp"),
    "a stamp of odd digits": (lambda good: good[4:], r":2: the line does not begin with a stamp"),
    "the year 1970": (lambda good: "0" * 19 + good[19:], r":2: .*not between the years 2009 and 2100"),
    "the year 2262": (lambda good: "9" * 19 + good[19:], r":2: .*not between the years 2009 and 2100"),
}


@pytest.mark.parametrize("case", BAD_LINES)
def test_a_bad_line_is_named_and_nothing_is_left(whole: Capture, case: str) -> None:
    """File, line and reason in one line of text; half a dataset would be believed later."""
    spoil, message = BAD_LINES[case]
    whole.lines = bad(whole.lines, 1, spoil(whole.lines[1]))
    file = whole.file("capture.log")

    with pytest.raises(InputError, match=r"^capture\.log" + message) as caught:
        import_files([file], whole.folder / "dataset")

    assert "\n" not in caught.value.line
    assert list(whole.folder.iterdir()) == [file]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    number=st.integers(0, 3),
    place=st.integers(0, 400),
    gone=st.integers(0, 9),
    put=st.sampled_from(
        ['"', "{", "]", "null", "-", "1e999", "NaN", '""', "0", "[]", "9" * 23, ",", "\x00", "\u00e9"]
    ),
)
def test_whatever_happens_to_a_line_it_is_read_or_named(
    whole: Capture, number: int, place: int, gone: int, put: str
) -> None:
    """Never a traceback, never half a dataset."""
    line = whole.lines[number]
    spoilt = line[:place] + put + line[place + gone :]
    file = whole.folder / "spoilt.log"
    file.write_text("\n".join(bad(whole.lines, number, spoilt)))
    to = whole.folder / "dataset"

    complaint = "spoilt.log"
    try:
        import_files([file], to)
        shutil.rmtree(to)
    except InputError as error:
        complaint = error.line

    assert "spoilt.log" in complaint
    assert list(whole.folder.iterdir()) == [file]


def test_a_truncated_gzip_is_refused(whole: Capture) -> None:
    """An interrupted download reads well until its end."""
    file = whole.file()
    file.write_bytes(file.read_bytes()[:-12])

    with pytest.raises(InputError, match=r"capture\.gz:\d+: the compressed file is cut short"):
        import_files([file], whole.folder / "dataset")


def test_damaged_gzip_data_are_refused(whole: Capture) -> None:
    """A flipped bit is not a market event."""
    for _ in range(2_000):
        whole.trade()
    file = whole.file()
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 0xFF
    file.write_bytes(content)

    with pytest.raises(InputError, match=r"capture\.gz:\d+: "):
        import_files([file], whole.folder / "dataset")

    assert not (whole.folder / "dataset").exists()


def test_grossly_unsorted_lines_are_refused(capture: Capture) -> None:
    """Sorting a shuffled file silently would invent a market."""
    for _ in range(5_000):
        capture.trade()
    capture.lines.append(capture.lines.pop(0))

    with pytest.raises(
        InputError, match=r"capture\.gz:5000: the rows are not in order of time: .* 4999\.000 s late"
    ):
        into(capture)


def test_a_stamp_in_the_wrong_unit_is_refused(whole: Capture) -> None:
    """Years of difference are no jitter, however few lines lie between."""
    whole.lines[-1] = whole.lines[-1][3:]

    with pytest.raises(InputError, match=r":4: the rows are not in order of time"):
        into(whole)


def test_swapped_sides_are_refused(capture: Capture) -> None:
    """Bids read as asks would make every order marketable."""
    capture.snapshot(bids=[("100.1", "1"), ("100.2", "1")], asks=[("99.9", "1"), ("99.8", "1")])
    capture.trade()

    with pytest.raises(InputError, match=r":1: BTCUSDT snapshot: .*are the sides swapped\?"):
        into(capture)


@pytest.mark.parametrize("content", [b"", b"\n\n"])
def test_an_empty_file_is_refused(tmp_path: Path, content: bytes) -> None:
    """Nothing recorded is not a quiet market."""
    file = tmp_path / "empty.log"
    file.write_bytes(content)

    with pytest.raises(InputError, match=r"empty\.log"):
        import_files([file], tmp_path / "dataset")


@pytest.mark.parametrize("content", [os.urandom(64) * 0 + bytes(range(256)) * 40, b"hello\nworld\n", b"{}\n"])
def test_what_no_importer_knows_is_refused(tmp_path: Path, content: bytes) -> None:
    """And the formats that are known are named."""
    file = tmp_path / "junk.bin"
    file.write_bytes(content)

    with pytest.raises(InputError, match=r"junk\.bin: no known format .*binance-ws"):
        import_files([file], tmp_path / "dataset")


def test_a_file_without_events_is_refused(capture: Capture) -> None:
    """A capture of other topics holds no market."""
    capture.event("kline_1m", {"e": "kline", "s": "BTCUSDT"})

    with pytest.raises(InputError, match="the files hold no market events"):
        into(capture)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """The first thing to go wrong is the path."""
    with pytest.raises(InputError, match=r"nowhere\.gz: no such file"):
        import_files([tmp_path / "nowhere.gz"], tmp_path / "dataset")


def test_the_same_file_twice_is_refused(whole: Capture) -> None:
    """Every event would be there twice, under two names."""
    with pytest.raises(UsageError, match=r"are the same file"):
        import_files([whole.file("a.gz"), whole.file("b.gz")], whole.folder / "dataset")


def test_an_unknown_format_name_is_an_error(whole: Capture) -> None:
    """With the nearest name that exists."""
    with pytest.raises(
        UsageError, match=r"no importer is called 'binance-wss' \(did you mean 'binance-ws'\?\)"
    ):
        import_files([whole.file()], whole.folder / "dataset", ImportSettings(format="binance-wss"))


def test_a_target_in_use_is_refused(whole: Capture) -> None:
    """Somebody's other dataset is never overwritten."""
    target = whole.folder / "dataset"
    target.mkdir()
    (target / "mine").write_text("precious")

    with pytest.raises(UsageError, match="the target folder is not empty"):
        into(whole)

    assert [item.name for item in target.iterdir()] == ["mine"]


def test_an_empty_target_folder_is_taken(whole: Capture) -> None:
    """People make the folder first."""
    (whole.folder / "dataset").mkdir()

    assert into(whole).reports[0].trades == 1


def test_a_target_that_is_a_file_is_refused(whole: Capture) -> None:
    """The fix is another name."""
    (whole.folder / "dataset").write_text("x")

    with pytest.raises(UsageError, match="the target is not a folder"):
        into(whole)


def test_a_target_below_a_file_is_the_disks_answer(whole: Capture) -> None:
    """Exit code 4: the place is at fault and not the data."""
    file = whole.file()

    with pytest.raises(OutsideError, match="cannot be written"):
        import_files([file], file / "below" / "dataset")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_target_is_the_disks_answer(whole: Capture) -> None:
    """Exit code 4, and one line."""
    file = whole.file()
    locked = whole.folder / "locked"
    locked.mkdir()
    locked.chmod(stat.S_IRUSR | stat.S_IXUSR)

    with pytest.raises(OutsideError, match="cannot be written"):
        import_files([file], locked / "dataset")


@pytest.mark.parametrize("limit_bytes", [4_000, 20_000, 100_000, 1_400_000])
def test_a_full_disk_leaves_nothing(whole: Capture, limit_bytes: int) -> None:
    """Each limit stops another writer, as a full disk would: scratch rows, DuckDB's file, the segments."""
    for _ in range(30_000):
        whole.trade()
    file = whole.file()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit_bytes, hard))
    try:
        with pytest.raises(OutsideError, match="cannot be written") as caught:
            import_files([file], whole.folder / "dataset")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert "\n" not in caught.value.line
    assert list(whole.folder.iterdir()) == [file]


def test_folders_are_looked_into(whole: Capture, tmp_path: Path) -> None:
    """A capture is usually a folder of files with a README."""
    folder = tmp_path / "captures"
    folder.mkdir()
    (folder / "README.md").write_text("mine")
    (folder / "a.gz").write_bytes(whole.file().read_bytes())

    assert import_files([folder], tmp_path / "dataset").reports[0].trades == 1


def test_sources_are_recorded_with_their_hashes(whole: Capture) -> None:
    """A record must be able to say which bytes its market was made of."""
    dataset = into(whole)

    (source,) = dataset.description.sources
    file = whole.folder / "capture.gz"
    assert (source.name, source.bytes) == ("capture.gz", file.stat().st_size)
    assert source.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()
