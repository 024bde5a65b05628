"""Progress is for people at a terminal."""

import sys

import pytest
from tests.market.conftest import Capture

from seatrial.market.console import watching
from seatrial.market.importing import ImportSettings, import_files


class Terminal:
    """A stderr that says it is one, or not."""

    def __init__(self, *, is_terminal: bool) -> None:
        self.is_terminal = is_terminal
        self.written = ""

    def isatty(self) -> bool:
        """Answer."""
        return self.is_terminal

    def write(self, text: str) -> int:
        """Keep it."""
        self.written += text
        return len(text)

    def flush(self) -> None:
        """Do nothing."""


@pytest.mark.parametrize(("is_terminal", "wanted"), [(False, True), (True, False)])
def test_nobody_is_told_where_nobody_watches(
    monkeypatch: pytest.MonkeyPatch, is_terminal: bool, wanted: bool
) -> None:
    """A log file full of bars helps nobody."""
    monkeypatch.setattr(sys, "stderr", terminal := Terminal(is_terminal=is_terminal))

    with watching("import", wanted=wanted) as told:
        assert told is None

    assert terminal.written == ""


def test_a_terminal_shows_the_share(monkeypatch: pytest.MonkeyPatch) -> None:
    """On stderr: stdout belongs to the answer."""
    monkeypatch.setattr(sys, "stderr", terminal := Terminal(is_terminal=True))

    with watching("import", wanted=True) as told:
        assert told is not None
        told(0.5)

    assert "import" in terminal.written


def test_an_import_tells_growing_shares(whole: Capture) -> None:
    """A bar that jumps back is worse than none."""
    shares: list[float] = []

    import_files([whole.file()], whole.folder / "dataset", ImportSettings(told=shares.append))

    assert shares == sorted(shares)
    assert len(shares) >= 2
    assert all(0 <= share <= 1 for share in shares)
