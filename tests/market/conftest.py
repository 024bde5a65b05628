"""Captures in the making, and the real ones imported once."""

import gzip
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from seatrial.market.dataset import Dataset
from seatrial.market.importing import import_files

SECOND = 10**9
START = 1_721_347_020 * SECOND

Level = tuple[str, str]


class Capture:
    """A USD-M capture of BTCUSDT in the making: each call is one line, a second after the last."""

    def __init__(self, folder: Path, start_ns: int = START, last_id: int = 100) -> None:
        self.folder, self.ts_ns, self.last_id = folder, start_ns, last_id
        self.lines: list[str] = []
        self.trade_id = 0

    def snapshot(
        self, bids: Sequence[Level] = (("100.0", "1"),), asks: Sequence[Level] = (("100.1", "2"),)
    ) -> None:
        """Add a REST snapshot at the present update id."""
        self.line({"lastUpdateId": self.last_id, "T": self.exch_ms, "bids": bids, "asks": asks})

    def depth(self, bids: Sequence[Level] = (), asks: Sequence[Level] = (), **ids: int) -> None:
        """Add a change that follows the last one, unless `ids` say otherwise."""
        first, prev, self.last_id = self.last_id + 1, self.last_id, self.last_id + 10
        data = {"e": "depthUpdate", "E": self.exch_ms, "T": self.exch_ms, "s": "BTCUSDT", "U": first}
        self.event("depth@0ms", data | {"u": self.last_id, "pu": prev, "b": bids, "a": asks} | ids)

    def quote(self, bid: Level = ("100.0", "1"), ask: Level = ("100.1", "2"), **more: int) -> None:
        """Add a best quote as new as the last change."""
        data = {"e": "bookTicker", "u": self.last_id, "s": "BTCUSDT", "T": self.exch_ms, "E": self.exch_ms}
        self.event("bookTicker", data | dict(zip("bBaA", (*bid, *ask), strict=True)) | more)

    def trade(self, price: str = "100.1", qty: str = "0.5", **more: Any) -> None:
        """Add a trade of a buying taker with the next id."""
        self.trade_id += 1
        data = {"e": "trade", "E": self.exch_ms, "T": self.exch_ms, "s": "BTCUSDT", "t": self.trade_id}
        self.event("trade", data | {"p": price, "q": qty, "X": "MARKET", "m": False} | more)

    @property
    def exch_ms(self) -> int:
        """The exchange's clock: 1.27 s ahead of the receiver's."""
        return self.ts_ns // 1_000_000 + 1_270

    def event(self, topic: str, data: dict[str, Any]) -> None:
        """Add one event in its envelope."""
        self.line({"stream": f"btcusdt@{topic}", "data": data})

    def line(self, content: dict[str, Any]) -> None:
        """Add one line and let a second pass."""
        self.lines.append(f"{self.ts_ns} {json.dumps(content, separators=(',', ':'))}")
        self.ts_ns += SECOND

    def file(self, name: str = "capture.gz") -> Path:
        """Write the lines so far (compressed when the name ends in gz) and return the path."""
        path = self.folder / name
        content = "".join(line + "\n" for line in self.lines).encode()
        path.write_bytes(gzip.compress(content, mtime=0) if name.endswith("gz") else content)
        return path


@pytest.fixture
def capture(tmp_path: Path) -> Capture:
    """An empty capture."""
    return Capture(tmp_path)


@pytest.fixture
def whole(capture: Capture) -> Capture:
    """A capture with a book, a change, a quote and a trade."""
    capture.snapshot()
    capture.depth(bids=[("99.9", "3")])
    capture.quote()
    capture.trade()
    return capture


@pytest.fixture
def two_markets(whole: Capture) -> Dataset:
    """The same symbol on two venues, in one dataset."""
    futures = whole.file("futures.gz")
    spot = Capture(whole.folder)
    spot.ts_ns += SECOND // 2
    spot.quote(T=0)
    data = {
        "e": "depthUpdate",
        "E": spot.exch_ms,
        "s": "BTCUSDT",
        "U": 1,
        "u": 2,
        "b": [["99.9", "1"]],
        "a": [],
    }
    spot.event("depth@100ms", data)
    spot.last_id = 1
    spot.snapshot()
    spot.trade(M=True)
    return import_files([futures, spot.file("spot.gz")], whole.folder / "two")


@pytest.fixture(scope="session")
def recorded(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Dataset]:
    """Import real files by a pattern under l2, once a session."""
    made: dict[str, Dataset] = {}

    def dataset(pattern: str) -> Dataset:
        if pattern not in made:
            files = sorted((data / "l2").glob(pattern))
            if not files:
                pytest.skip(f"no recording matches {pattern}")
            made[pattern] = import_files(files, tmp_path_factory.mktemp("recorded") / "dataset")
        return made[pattern]

    return dataset
