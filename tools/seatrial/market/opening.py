"""From a profile's market section to a feed: recorded, resampled if that is too short, or synthetic."""

from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from weakref import finalize

from ..model.errors import InputError, UsageError, Where
from ..model.profile import MarketSettings
from .dataset import DESCRIPTION, Dataset
from .dataset_feed import DatasetFeed
from .feed import Feed


def open_feed(settings: MarketSettings, *, seed: int, needed_ns: int) -> Feed:
    """
    Return the feed that the settings ask for, long enough for `needed_ns` of market time.

    A recording that is too short is resampled in blocks if the settings allow it, else refused.
    """
    if settings.feed == "synth":
        from .calibration import load
        from .synth import SynthFeed

        return SynthFeed(load(settings.calibration), seed=seed)
    if settings.feed == "venue":
        raise UsageError(
            "a venue's market goes by only once, and this run replays one",
            where=Where(field="market.feed"),
            fix="use `seatrial shadow run`, or give --data DIR",
        )
    if settings.data is None:
        raise UsageError("market.feed is 'dataset' but market.data names none", fix="give --data DIR")
    dataset = open_data(Path(settings.data))
    feed = DatasetFeed(dataset, settings.symbols)
    recorded_ns = (feed.end_ns or feed.start_ns) - feed.start_ns
    if needed_ns <= recorded_ns:
        return feed
    if not settings.resample:
        raise UsageError(
            f"the recording lasts {_seconds(recorded_ns)} and the run needs {_seconds(needed_ns)}",
            where=Where(settings.data),
            fix="shorten the run or allow market.resample",
        )
    from .resample import ResampleFeed

    return ResampleFeed(
        dataset, seed=seed, block_s=settings.block_s, symbols=settings.symbols, needed_ns=needed_ns
    )


def _seconds(length_ns: int) -> str:
    return f"{length_ns / 1e9:.3f}".rstrip("0").rstrip(".") + " s"


def open_data(path: Path) -> Dataset:
    """
    Open a dataset folder; raw files are imported into a scratch folder that lives as long as the dataset.

    The dataset's name and hash do not depend on where the scratch folder is.
    """
    if path.is_dir() and (path / DESCRIPTION).exists():
        return Dataset.open(path)
    if not path.exists() or (path.is_dir() and not any(item.is_file() for item in path.iterdir())):
        raise InputError(
            "no dataset and no raw files here",
            where=Where(str(path)),
            fix="make a dataset with `seatrial market import PATH... --to DIR`",
        )
    from .importing import import_files

    scratch = Path(mkdtemp(prefix="seatrial-"))
    try:
        dataset = import_files([path], scratch / (path.name or "raw"))
    except BaseException:
        rmtree(scratch, ignore_errors=True)
        raise
    finalize(dataset, rmtree, scratch, ignore_errors=True)
    return dataset
