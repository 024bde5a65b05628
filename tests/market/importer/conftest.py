"""How importer tests read: one file to messages, or several to a dataset."""

from collections.abc import Callable
from pathlib import Path

import pytest

from seatrial.market.dataset import Dataset
from seatrial.market.importer import IMPORTERS
from seatrial.market.importer.interface import Message
from seatrial.market.importing import import_files
from seatrial.market.source import Source
from seatrial.model.artifact import InstrumentReport

Read = Callable[[str, str | bytes], list[Message]]
Imported = Callable[..., dict[str, InstrumentReport]]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Return a function that writes a file and reads it with the one importer that claims it."""

    def messages(name: str, content: str | bytes) -> list[Message]:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        source = Source(path)
        (importer,) = [importer for _, importer in IMPORTERS if importer.claims(source)]
        return [message for stream in importer.streams([source]) for message in stream.messages()]

    return messages


@pytest.fixture
def imported(tmp_path: Path) -> Imported:
    """Return a function that imports files and gives the report of each `venue:symbol`."""

    def reports(*paths: Path) -> dict[str, InstrumentReport]:
        dataset: Dataset = import_files(list(paths), tmp_path / "dataset")
        return {f"{report.venue}:{report.symbol}": report for report in dataset.reports}

    return reports


@pytest.fixture
def recordings(data: Path) -> Path:
    """Return the folder of real recordings of order books and trades."""
    return data / "l2"
