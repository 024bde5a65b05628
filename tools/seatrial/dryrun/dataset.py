"""
`--data`: a dataset folder as it is, or raw files that become one first.

Raw files are imported into `<out>/datasets/<hash>`, named by content: the same files are imported
once, and a record says the same of them wherever they lie.
"""

import os
import shutil
from contextlib import suppress
from pathlib import Path

from ..market.dataset import DESCRIPTION, Dataset
from ..market.importing import import_files, sources_of
from ..model.errors import InputError, OutsideError, SeatrialError, Where

_NAME_LENGTH = 12


def dataset_folder(data: Path, out: Path) -> Path:
    """Return the dataset that `data` is, or that its files become under `out`; an absolute path."""
    if not data.exists():
        raise InputError(
            "there are no such data", where=Where(str(data)), fix="name a folder or a file with --data"
        )
    if (data / DESCRIPTION).is_file():
        return data.absolute()
    wanted = {source.sha256 for source in sources_of([data])}
    shelf = (out / "datasets").absolute()
    return _imported_before(shelf, wanted) or _import(data, shelf)


def _tidy(folders: list[Path]) -> None:
    """Remove the folders that an import made, inner one first, where it left nothing in them."""
    with suppress(OSError):
        for folder in folders:
            folder.rmdir()


def _imported_before(shelf: Path, wanted: set[str]) -> Path | None:
    for description in sorted(shelf.glob(f"[!.]*/{DESCRIPTION}")):
        try:
            found = Dataset.open(description.parent)
        except SeatrialError:
            continue
        if {source.sha256 for source in found.description.sources} == wanted:
            return description.parent
    return None


def _import(data: Path, shelf: Path) -> Path:
    stage = shelf / f".import-{os.getpid()}"
    made = [folder for folder in (shelf, shelf.parent) if not folder.exists()]
    try:
        shelf.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(stage, ignore_errors=True)
        place = shelf / import_files([data], stage).sha256[:_NAME_LENGTH]
        with suppress(FileExistsError):
            _move(stage, place)
    except OSError as error:
        raise OutsideError(
            f"cannot keep the imported data: {error.strerror}", where=Where(str(shelf))
        ) from error
    finally:
        shutil.rmtree(stage, ignore_errors=True)
        _tidy(made)
    return place


def _move(stage: Path, place: Path) -> None:
    """Put a folder in its place; FileExistsError when somebody else has put the same there."""
    try:
        stage.rename(place)
    except OSError as error:
        # A folder that is not empty cannot be replaced, and says so in one of two ways.
        if place.is_dir():
            raise FileExistsError(error.errno, error.strerror) from error
        raise
