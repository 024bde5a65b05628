"""What the commands say of a dataset: the forms that outside programs rely on."""

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.market.conftest import SECOND, START, Capture

from seatrial.market.dataset import Dataset
from seatrial.market.importing import import_files
from seatrial.market.inspecting import coverage, duration_ns, gaps, imported, info, moment
from seatrial.model.errors import InputError, UsageError

KEYS = {
    "symbol", "venue", "contract", "events", "trades", "first_ts_ns", "last_ts_ns", "coverage_ratio", "gaps",
    "sequence_breaks", "crossed", "duplicate_trade_ids", "non_monotonic", "off_book_prints",
}  # fmt: skip
BARS = "timestamp,open,high,low,close,volume\n"


@pytest.fixture
def bars(tmp_path: Path) -> Path:
    """Ten hours of bars, two of them missing."""
    path = tmp_path / "BTCUSDT_1h.csv"
    start_s = START // SECOND // 3_600 * 3_600
    hours = [hour for hour in range(10) if hour not in (4, 5)]
    path.write_text(BARS + "".join(f"{start_s + hour * 3_600},100,102,99,101,5\n" for hour in hours))
    return path


@pytest.fixture
def folder(whole: Capture) -> Path:
    """A dataset with a gap of ten seconds."""
    whole.ts_ns += 9 * SECOND
    whole.trade()
    return import_files([whole.file()], whole.folder / "dataset").path


def test_an_import_tells_what_it_found(whole: Capture) -> None:
    """For machines under fixed keys, for people in a table and a last line with the place."""
    to = whole.folder / "dataset"

    outcome = imported([whole.file()], to, wanted=None, silence_s=5.0)

    (instrument,) = outcome.data["instruments"]
    assert set(instrument) == KEYS
    assert outcome.data["dataset"] == str(to)
    assert (outcome.verdict, outcome.exit_code()) == (None, 0)
    assert "binance-futures:BTCUSDT" in outcome.lines[1]
    assert outcome.lines[-1].startswith(f"dataset: {to}")


def test_info_says_the_same_as_the_import(whole: Capture) -> None:
    """A dataset remembers what was wrong with it."""
    made = imported([whole.file()], whole.folder / "dataset", wanted=None, silence_s=5.0)

    assert info(whole.folder / "dataset").data == made.data


def test_the_silence_that_is_a_gap_can_be_chosen(whole: Capture) -> None:
    """An illiquid market is silent for minutes and whole."""
    whole.ts_ns += 9 * SECOND
    whole.trade()

    outcome = imported([whole.file()], whole.folder / "dataset", wanted=None, silence_s=60.0)

    assert outcome.data["instruments"][0]["gaps"] == []


def test_findings_are_said_in_words(whole: Capture) -> None:
    """A person looks at the table once; what is wrong must be in it."""
    whole.trade(t=1)

    outcome = imported([whole.file()], whole.folder / "dataset", wanted=None, silence_s=5.0)

    assert any("1 duplicate trade ids" in line for line in outcome.lines)


def test_gaps_are_listed_with_their_length(folder: Path) -> None:
    """With times as people read them."""
    outcome = gaps(folder)

    assert outcome.lines == (
        "binance-futures:BTCUSDT  2024-07-18 23:57:03.000 - 2024-07-18 23:57:13.000  10.000 s",
        "1 gap",
    )
    assert outcome.data["instruments"][0]["gaps"] == [
        {"from_ts_ns": START + 3 * SECOND, "to_ts_ns": START + 13 * SECOND}
    ]


def test_a_grid_counts_slots(folder: Path) -> None:
    """Ten of fourteen seconds are empty here."""
    outcome = coverage(folder, "1s")

    assert (outcome.data["expected"], outcome.data["present"]) == (14, 5)
    (instrument,) = outcome.data["instruments"]
    assert (instrument["expected"], instrument["present"]) == (14, 5)
    assert instrument["coverage_ratio"] == pytest.approx(5 / 14)
    assert [gap["to_ts_ns"] - gap["from_ts_ns"] for gap in instrument["gaps"]] == [9 * SECOND]


def test_without_a_grid_coverage_is_that_of_the_import(folder: Path) -> None:
    """Silence for events."""
    assert coverage(folder, None).data["instruments"][0]["coverage_ratio"] == pytest.approx(3 / 13)


def test_a_file_of_bars_is_covered_directly(bars: Path) -> None:
    """The question is usually asked before anything is imported."""
    outcome = coverage(bars, "1h")

    assert (outcome.data["expected"], outcome.data["present"]) == (10, 8)
    (instrument,) = outcome.data["instruments"]
    assert instrument["coverage_ratio"] == pytest.approx(0.8)
    assert [gap["to_ts_ns"] - gap["from_ts_ns"] for gap in instrument["gaps"]] == [2 * 3_600 * SECOND]
    assert sorted(path.name for path in bars.parent.iterdir()) == [bars.name]


def test_an_import_of_bars_counts_bars(bars: Path) -> None:
    """A bar's silence is its own length and no gap."""
    report = import_files([bars], bars.parent / "dataset").reports[0]

    assert report.coverage_ratio == pytest.approx(0.8)
    assert len(report.gaps) == 1


def test_a_real_outage_is_a_gap_on_every_instrument(recorded: Callable[[str], Dataset]) -> None:
    """The Hyperliquid recording lost its connection once, for about 18 s, on all its streams."""
    for report in recorded("hyperliquid_perps_20250904/*_BTC.csv.gz").reports:
        longest = max(gap.to_ts_ns - gap.from_ts_ns for gap in report.gaps)
        assert 15 * SECOND < longest < 22 * SECOND
        assert report.coverage_ratio is not None
        assert 0.98 < report.coverage_ratio < 1


def test_a_folder_without_a_dataset_is_named(tmp_path: Path) -> None:
    """Info is about datasets; coverage also takes raw files."""
    with pytest.raises(InputError, match="it is not a dataset"):
        info(tmp_path)
    with pytest.raises(InputError, match="no dataset and no raw files here"):
        coverage(tmp_path, None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("250ms", 250_000_000),
        ("5s", 5 * SECOND),
        ("5", 5 * SECOND),
        ("1.5m", 90 * SECOND),
        ("1h", 3_600 * SECOND),
        ("1d", 86_400 * SECOND),
    ],
)
def test_durations_are_read_as_people_write_them(text: str, expected: int) -> None:
    """Without a unit they are seconds."""
    assert duration_ns(text) == expected


@pytest.mark.parametrize("text", ["", "h", "-1s", "0s", "1w", "nan", "inf", "1e400s", "one hour"])
def test_what_is_no_duration_is_an_error(text: str) -> None:
    """A grid of nothing would never end."""
    with pytest.raises(UsageError, match="is not a duration"):
        duration_ns(text)


def test_moments_are_utc() -> None:
    """Wherever the reader sits."""
    assert moment(START + 1_234_000) == "2024-07-18 23:57:00.001"
    assert moment(None) == "-"
