"""A stage for bad input: small good files to spoil, and the look at what a command left behind."""

import os
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import orjson
import pytest
from tests.market.conftest import SECOND, START, Capture

from seatrial.cli import run as cli

Prepare = Callable[["Stage"], object]

MARKET_S = 40
BOTS = '''
"""Bots that break in each way."""

from seatrial.engine.bot.strategy import Strategy

NOT_A_BOT = 7


class Good(Strategy):
    """Does nothing."""


class Other:
    """No strategy at all."""


class BadInit(Strategy):
    """Cannot be made."""

    def __init__(self):
        raise RuntimeError("no licence key")


class BadStart(Strategy):
    """Cannot be started."""

    def on_start(self, desk):
        raise RuntimeError("no\\nmarket")


class BadTimer(Strategy):
    """Breaks after a while."""

    def on_timer(self, desk):
        if desk.now_ns >= BREAKS_AT:
            raise ValueError("division of the sea")


class BadBook(Strategy):
    """Breaks when it sees a book."""

    def on_book(self, desk, instrument):
        return [][0]


class Quitter(Strategy):
    """Leaves the process."""

    def on_timer(self, desk):
        raise SystemExit(0)


class Wild(Strategy):
    """Sends what is no order."""

    def on_timer(self, desk):
        desk.buy("a lot", None)
'''.replace("BREAKS_AT", str(START + 25 * SECOND))


@dataclass(frozen=True)
class Case:
    """Words, what is spoilt before them, and how the answer must look."""

    words: str
    says: tuple[str, ...] | str
    prepare: Prepare | None = None
    code: int = 2
    env: Mapping[str, str] = field(default_factory=dict)
    # A run that fails on the way leaves its record, to be read and resumed.
    leaves_record: bool = False


@dataclass(frozen=True)
class Stage:
    """A folder with a market, bots, profiles and records in it, and the program."""

    path: Path

    def capture(self, change: Callable[[list[str]], object] | None = None, name: str = "capture.log") -> Path:
        """Write a small capture, changed."""
        capture = small_capture(self.path)
        if change is not None:
            change(capture.lines)
        return capture.file(name)

    def text(self, name: str, content: str | bytes) -> Path:
        """Write a file."""
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def edit(self, name: str, old: str, new: str) -> None:
        """Replace text in a file, which must be there."""
        path = self.path / name
        content = path.read_bytes()
        assert old.encode() in content, f"{old} is not in {name}"
        path.write_bytes(content.replace(old.encode(), new.encode()))

    def cut(self, name: str, share: float) -> None:
        """Keep the first part of a file."""
        content = (self.path / name).read_bytes()
        (self.path / name).write_bytes(content[: round(len(content) * share)])

    def files(self) -> dict[str, bytes]:
        """Return every file and folder (as empty) here; locks, caches and scratch come and go."""
        found: dict[str, bytes] = {}
        for at, folders, names in os.walk(self.path):
            folders[:] = [name for name in folders if name != "__pycache__"]
            here = Path(at).relative_to(self.path)
            found |= {f"{here / name}/": b"" for name in folders}
            found |= {str(here / name): (Path(at) / name).read_bytes() for name in names if name != "lock"}
        return found


def small_capture(folder: Path) -> Capture:
    """Return a capture of 40 s with a book that moves and prints on both sides."""
    capture = Capture(folder)
    capture.snapshot(bids=[("100.0", "5"), ("99.9", "5")], asks=[("100.1", "5"), ("100.2", "5")])
    for step in range(MARKET_S // 2):
        capture.depth(bids=[("99.8", str(1 + step % 3))], asks=[("100.3", str(1 + step % 2))])
        capture.trade(price="100.1" if step % 2 else "100.0", m=step % 2 == 0)
    return capture


@pytest.fixture(scope="session")
def props(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that every stage begins as: capture, dataset, bots, a finished and a broken-off record."""
    folder = tmp_path_factory.mktemp("props")
    before = Path.cwd()
    small_capture(folder).file("good.log")
    (folder / "bots.py").write_text(BOTS)
    (folder / "raises.py").write_text("raise RuntimeError('no such key')\n")
    (folder / "wrong_syntax.py").write_text("def bot(:\n")
    try:
        os.chdir(folder)
        assert cli(["market", "import", "good.log", "--to", "market", "--quiet"]) == 0
        run = ["soak", "run", "--data", "market", "--iterations", "3", "--window", "10s", "--no-fast"]
        assert cli([*run, "--out", "out", "--quiet"]) == 3
        assert cli([*run, "--out", "out", "--bot", "bots:BadTimer", "--quiet"]) == 4
    finally:
        os.chdir(before)
    runs = sorted((folder / "out" / "soak").glob("2*"), key=_is_finished)
    runs[1].rename(runs[1].with_name("finished"))
    runs[0].rename(runs[0].with_name("broken"))
    (folder / "out" / "soak" / "latest").unlink()
    return folder


def _is_finished(record: Path) -> bool:
    return orjson.loads((record / "run.json").read_bytes())["verdict"] is not None


@pytest.fixture
def stage(props: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """A copy of the props to spoil, as the working directory, in an environment without overrides."""
    shutil.copytree(props, tmp_path / "here", symlinks=True)
    monkeypatch.chdir(tmp_path / "here")
    checkpoint = tmp_path / "here" / "out" / "soak" / "broken" / "checkpoint.json"
    checkpoint.write_text(checkpoint.read_text().replace(str(props), str(tmp_path / "here")))
    # Each stage has its own modules of bots, under the same names.
    for name in ("bots", "raises", "wrong_syntax"):
        sys.modules.pop(name, None)
    monkeypatch.setattr(sys, "path", [entry for entry in sys.path if not entry.endswith(("/here", "props0"))])
    for name in list(os.environ):
        if name.startswith(("SEATRIAL_", "SOAK_", "MM_")):
            monkeypatch.delenv(name)
    return Stage(tmp_path / "here")
