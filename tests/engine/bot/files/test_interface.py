"""Which adapter reads a file, what is said when none does, and that nothing is ever written."""

from pathlib import Path

import pytest
from tests.engine.bot.files.making import freqtrade, ft_order, ft_trade, hb_fill, hb_order, hummingbot, prints

from seatrial.engine.bot.files import BOT_FILES
from seatrial.engine.bot.files.interface import read_files
from seatrial.model.errors import InputError, UsageError


def test_every_kind_of_bot_is_there() -> None:
    """The command line names them; a missing one is found by its user."""
    assert set(BOT_FILES.names()) == {"ccxt", "freqtrade", "hummingbot", "jsonl", "nautilus"}


def test_a_database_goes_to_the_bot_that_wrote_it(tmp_path: Path) -> None:
    """Both write SQLite; taken for each other they would read as empty."""
    ours = hummingbot(tmp_path / "a.sqlite", [hb_order("So1", "OrderCancelled")], [hb_fill(1)])
    theirs = freqtrade(tmp_path / "b.sqlite", [ft_trade(1)], [ft_order(1, 1, "buy")])

    assert [read_files(path).told.format for path in (ours, theirs)] == ["hummingbot", "freqtrade"]


def test_reading_leaves_no_trace(tmp_path: Path) -> None:
    """A tool that changes the evidence cannot be let near it."""
    hummingbot(tmp_path / "a.sqlite", [hb_order("So1", "OrderCancelled")], [hb_fill(1)])
    before = prints(tmp_path)

    reading = read_files(tmp_path)

    assert prints(tmp_path) == before
    assert [one.sha256 for one in reading.files] == [before["a.sqlite"][0]]


@pytest.mark.parametrize(
    "content", [b"", b"SQLite format 3\x00", b"SQLite format 3\x00" + b"\xff" * 4096, b"\x1f\x8b1"]
)
@pytest.mark.parametrize("name", [None, "hummingbot", "freqtrade"])
def test_a_broken_database_is_one_clear_error(tmp_path: Path, content: bytes, name: str | None) -> None:
    """Half a copy is common; it must neither crash nor read as an idle bot."""
    path = tmp_path / "a.sqlite"
    path.write_bytes(content)

    with pytest.raises(InputError) as caught:
        read_files(path, name)

    assert "a.sqlite" in caught.value.line


def test_what_nobody_claims_says_how_to_name_it(tmp_path: Path) -> None:
    """The way out belongs into the error."""
    (tmp_path / "x.csv").write_text("a,b\n1,2\n")

    with pytest.raises(InputError, match="--from"):
        read_files(tmp_path / "x.csv")
    with pytest.raises(InputError, match="no such file"):
        read_files(tmp_path / "none")
    with pytest.raises(UsageError, match="did you mean 'hummingbot'"):
        read_files(tmp_path / "x.csv", "humingbot")
