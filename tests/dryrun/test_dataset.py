"""`--data`: datasets as they are, raw files imported once and named by their content."""

import shutil
from pathlib import Path

import pytest

from seatrial.dryrun.dataset import dataset_folder
from seatrial.market.dataset import Dataset
from seatrial.model.errors import InputError, SeatrialError

_HEAD = "exchange,symbol,timestamp,local_timestamp,id,side,price,amount\n"


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    """Return a folder with one raw file of trades."""
    start_us = 1_600_000_000_000_000
    rows = (
        f"binance-futures,BTCUSDT,{start_us + n * 1_000_000},{start_us + n * 1_000_000 + 50},"
        f"{n + 1},{'buy' if n % 2 else 'sell'},{100 + n % 3}.5,0.1\n"
        for n in range(50)
    )
    folder = tmp_path / "raw"
    folder.mkdir()
    (folder / "trades.csv").write_text(_HEAD + "".join(rows))
    return folder


def test_raw_files_become_a_dataset_named_by_its_content(raw: Path, tmp_path: Path) -> None:
    """A record then says the same of the same market wherever the files lay."""
    here = dataset_folder(raw, tmp_path / "out")
    shutil.copytree(raw, tmp_path / "elsewhere")
    there = dataset_folder(tmp_path / "elsewhere", tmp_path / "other")

    assert here.parent == tmp_path / "out" / "datasets"
    assert here.name == there.name == Dataset.open(here).sha256[:12]


def test_the_same_files_are_imported_once(raw: Path, tmp_path: Path) -> None:
    """The second soak of a big recording begins at once."""
    first = dataset_folder(raw, tmp_path)
    before = (first / "dataset.json").stat().st_ino
    again = dataset_folder(raw / "trades.csv", tmp_path)

    assert again == first
    assert (first / "dataset.json").stat().st_ino == before
    assert [path.name for path in (tmp_path / "datasets").iterdir()] == [first.name]


def test_other_content_is_another_dataset(raw: Path, tmp_path: Path) -> None:
    """A file that was replaced must not be answered from what was imported before."""
    first = dataset_folder(raw, tmp_path)
    text = (raw / "trades.csv").read_text()
    (raw / "trades.csv").write_text(text.replace("100.5", "99.5"))

    assert dataset_folder(raw, tmp_path) != first


def test_a_dataset_is_taken_as_it_is(raw: Path, tmp_path: Path) -> None:
    """Nothing is copied."""
    dataset = dataset_folder(raw, tmp_path)

    assert dataset_folder(dataset, tmp_path / "out") == dataset
    assert not (tmp_path / "out").exists()


def test_files_that_cannot_be_imported_leave_nothing_behind(tmp_path: Path) -> None:
    """One clear line, and no folder that looks like data."""
    (tmp_path / "raw.csv").write_text("nonsense\n1\n")

    with pytest.raises(SeatrialError):
        dataset_folder(tmp_path / "raw.csv", tmp_path / "out")
    assert list((tmp_path / "out").rglob("*.json")) == []
    assert not (tmp_path / "out").exists()


def test_data_that_are_not_there_are_one_clear_error(tmp_path: Path) -> None:
    """A typo in --data."""
    with pytest.raises(InputError, match="no such data"):
        dataset_folder(tmp_path / "none", tmp_path)
