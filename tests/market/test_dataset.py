"""Opening a dataset: everything that can be wrong with a folder is said in one line."""

import json
import tracemalloc
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.market.conftest import Capture
from tests.market.test_dataset_writer import NOON, trades, write

from seatrial.market.dataset import DESCRIPTION, Dataset
from seatrial.market.importing import import_files
from seatrial.market.segments import BLOCK_ROWS
from seatrial.model.errors import InputError, UsageError

Edit = Callable[[Path], object]


@pytest.fixture
def folder(whole: Capture) -> Path:
    """A small dataset."""
    return import_files([whole.file()], whole.folder / "dataset").path


def edit(folder: Path, change: Callable[[dict[str, object]], object]) -> None:
    content = json.loads((folder / DESCRIPTION).read_bytes())
    change(content)
    (folder / DESCRIPTION).write_text(json.dumps(content))


def segment(folder: Path) -> Path:
    (path,) = folder.rglob("*.parquet")
    return path


BROKEN: dict[str, tuple[Edit, str]] = {
    "no description": (lambda folder: (folder / DESCRIPTION).unlink(), r"the folder has no dataset\.json"),
    "not JSON": (lambda folder: (folder / DESCRIPTION).write_text('{"clock"'), r"dataset\.json: not JSON"),
    "not an object": (lambda folder: (folder / DESCRIPTION).write_text("[1]"), r"dataset\.json: "),
    "a newer schema": (
        lambda folder: edit(folder, lambda content: content.update(schema_version=2)),
        r"schema_version: the dataset has schema version 2; this program knows 1 \(upgrade seatrial\)",
    ),
    "a missing field": (
        lambda folder: edit(folder, lambda content: content.pop("clock")),
        r"dataset\.json: clock: ",
    ),
    "an unknown field": (
        lambda folder: edit(folder, lambda content: content.update(colour=1)),
        r"colour: Extra",
    ),
    "a missing segment": (lambda folder: segment(folder).unlink(), r"\.parquet: the segment is missing"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_folder_is_named(folder: Path, case: str) -> None:
    """File, field and way out, in one line."""
    spoil, message = BROKEN[case]
    spoil(folder)

    with pytest.raises(InputError, match=message) as caught:
        Dataset.open(folder)

    assert "\n" not in caught.value.line


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    """With the command that makes one."""
    with pytest.raises(InputError, match=r"no such dataset \(make one with `seatrial market import`\)"):
        Dataset.open(tmp_path / "nowhere")


@pytest.mark.parametrize("spoil", [lambda content: content[:40], lambda content: content[:-8] + b"\0" * 8])
def test_a_damaged_segment_is_named_when_it_is_read(folder: Path, spoil: Callable[[bytes], bytes]) -> None:
    """Opening stays cheap; reading never returns half a market."""
    segment(folder).write_bytes(spoil(segment(folder).read_bytes()))

    with pytest.raises(InputError, match=r"18\.parquet: the segment is damaged"):
        Dataset.open(folder).tape(0, 2**62)


def test_a_segment_of_another_dataset_is_noticed(folder: Path, capture: Capture) -> None:
    """A file that was swapped has other rows than the description says."""
    capture.lines = capture.lines[:3]
    other = import_files([capture.file("other.gz")], capture.folder / "other").path
    segment(folder).write_bytes(segment(other).read_bytes())

    with pytest.raises(InputError, match=r"a block holds \d+ rows and not \d+"):
        Dataset.open(folder).tape(0, 2**62)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(st.lists(st.integers(0, 400 * 10**9), min_size=0, max_size=6).map(sorted))
def test_windows_add_up_to_the_whole(recorded: Callable[[str], Dataset], cuts: list[int]) -> None:
    """However a recording is cut, every row is in exactly one window, in the same order."""
    dataset = recorded("binance_usdm_raw_ws/btcusdt_20240718.gz")
    start, end = dataset.first_ts_ns, dataset.last_ts_ns + 1
    edges = [start, *(min(start + cut, end) for cut in cuts), end]

    rows = [row for low, high in pairwise(edges) for row in dataset.tape(low, high).ts.tolist()]

    assert rows == dataset.tape(start, end).ts.tolist()


def test_symbols_choose_and_number_the_instruments(two_markets: Dataset) -> None:
    """The index in a row's code is the place in what was asked for."""
    tape = two_markets.tape(0, 2**62, ["binance-futures:BTCUSDT"])

    assert {code >> 8 for code in tape.code.tolist()} == {0}
    both = two_markets.tape(0, 2**62, ["binance-futures:BTCUSDT", "binance:BTCUSDT"])
    assert {code >> 8 for code in both.code.tolist()} == {0, 1}


@pytest.mark.parametrize(
    ("symbol", "message"),
    [("XRPUSDT", "'XRPUSDT' is not in the dataset"), ("BTCUSDT", "is on several venues in")],
)
def test_a_symbol_that_names_nothing_or_too_much_is_an_error(
    two_markets: Dataset, symbol: str, message: str
) -> None:
    """The answer lists what there is."""
    with pytest.raises(UsageError, match=message + r".*it has: binance:BTCUSDT, binance-futures:BTCUSDT"):
        two_markets.index_of(symbol)


def test_provenance_names_the_market_and_not_the_machine(folder: Path) -> None:
    """A record must read the same wherever it was made."""
    provenance = Dataset.open(folder).provenance

    assert (provenance.kind, provenance.dataset, provenance.recorded_ratio) == ("recorded", "dataset", 1.0)
    assert str(folder.parent) not in provenance.model_dump_json()


def test_what_was_played_is_let_go(tmp_path: Path) -> None:
    """Memory must not grow with the length of a recording: a run of days keeps the block it is in."""
    blocks, bytes_of_a_row = 6, 24
    dataset = write(tmp_path / "long", trades([NOON + number for number in range(blocks * BLOCK_ROWS)]))
    dataset.rows_of(0, NOON, NOON + 1)
    tracemalloc.start()
    try:
        for at in range(0, blocks * BLOCK_ROWS, BLOCK_ROWS // 2):
            dataset.rows_of(0, NOON + at, NOON + at + BLOCK_ROWS // 2)
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert held < 3 * BLOCK_ROWS * bytes_of_a_row
