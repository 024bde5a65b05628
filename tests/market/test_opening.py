"""A profile's market section opens the feed that it asks for."""

from pathlib import Path

import pytest
from tests.market.conftest import SECOND, Capture

from seatrial.market.dataset_feed import DatasetFeed
from seatrial.market.importing import import_files
from seatrial.market.opening import open_data, open_feed
from seatrial.model.errors import InputError, UsageError
from seatrial.model.profile import MarketSettings


@pytest.fixture
def folder(whole: Capture) -> Path:
    """A dataset of four seconds."""
    return import_files([whole.file()], whole.folder / "dataset").path


def settings(folder: Path, **more: object) -> MarketSettings:
    return MarketSettings(feed="dataset", data=str(folder), **more)


def test_a_recording_that_lasts_is_played_as_it_is(folder: Path) -> None:
    """Nothing is made up while there is something recorded."""
    feed = open_feed(settings(folder), seed=1, needed_ns=2 * SECOND)

    assert isinstance(feed, DatasetFeed)
    assert feed.provenance.kind == "recorded"


def test_a_recording_that_is_too_short_is_resampled(folder: Path) -> None:
    """And the record says so."""
    feed = open_feed(settings(folder, block_s=1), seed=1, needed_ns=3_600 * SECOND)

    assert feed.provenance.kind == "resampled"


def test_without_resampling_too_short_is_refused(folder: Path) -> None:
    """Half a run would read like a whole one."""
    with pytest.raises(
        UsageError, match=r"the recording lasts 3 s and the run needs 3600 s \(shorten the run"
    ):
        open_feed(settings(folder, resample=False), seed=1, needed_ns=3_600 * SECOND)


def test_a_synthetic_market_needs_no_data() -> None:
    """The demo runs on a machine without a recording."""
    feed = open_feed(MarketSettings(), seed=3, needed_ns=SECOND)

    assert (feed.provenance.kind, feed.end_ns) == ("synthetic", None)


def test_a_dataset_feed_without_data_is_an_error() -> None:
    """The option to give is named."""
    with pytest.raises(UsageError, match=r"market\.data names none \(give --data DIR\)"):
        open_feed(MarketSettings(feed="dataset"), seed=1, needed_ns=SECOND)


def test_raw_files_are_imported_on_the_way(whole: Capture) -> None:
    """`--data capture.gz` just works, and its hash is that of the imported dataset."""
    file = whole.file()

    dataset = open_data(file)

    assert dataset.sha256 == import_files([file], whole.folder / "dataset").sha256
    assert dataset.provenance.dataset == "capture.gz"
    assert len(dataset.tape(0, 2**62)) > 0


@pytest.mark.parametrize("name", ["nowhere", "empty"])
def test_nothing_to_open_is_named(tmp_path: Path, name: str) -> None:
    """With the command that makes a dataset."""
    (tmp_path / "empty").mkdir()

    with pytest.raises(InputError, match=name + r": no dataset and no raw files here .*market import"):
        open_data(tmp_path / name)
