from pathlib import Path

import pytest

from seatrial.engine.bot.loading import load_bot
from seatrial.engine.bot.reference import ReferenceMaker
from seatrial.model.errors import OutsideError, UsageError

OWN = """
from seatrial.engine.bot.strategy import Strategy


class Mine(Strategy):
    def __init__(self, size=1):
        self.size = size


class Broken(Strategy):
    def __init__(self):
        raise RuntimeError("no key")


def thing():
    return 7
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a user's bot in it, and a module that cannot be imported."""
    (tmp_path / "own_bots.py").write_text(OWN)
    (tmp_path / "half_written.py").write_text("1 / 0\n")
    (tmp_path / "needy.py").write_text("import not_installed_anywhere\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.path", ["/nowhere"])
    return tmp_path


def test_a_registered_name_is_enough() -> None:
    """The bundled bots need no module path."""
    bot = load_bot("reference", {"order_qty": "0.5"})

    assert isinstance(bot, ReferenceMaker)
    assert bot.order_qty == "0.5"


@pytest.mark.usefixtures("here")
def test_a_bot_in_the_current_folder_is_found() -> None:
    """Users write their bot beside their profile."""
    bot = load_bot("own_bots:Mine", {"size": 3})

    assert vars(bot) == {"size": 3}


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("entry", "params", "error", "says"),
    [
        ("referense", {}, UsageError, "reference"),
        ("reference", {"qty": 1}, UsageError, "qty"),
        ("own_bots:Mine", {"price": 1}, UsageError, "price"),
        ("own_bots:Other", {}, UsageError, "Other"),
        ("own_bots:thing", {}, UsageError, "not a Strategy"),
        ("own_bots:Broken", {}, OutsideError, "no key"),
        ("no_such_module:Mine", {}, UsageError, "no_such_module"),
        ("needy:Mine", {}, UsageError, "not_installed_anywhere"),
        ("half_written:Mine", {}, OutsideError, "half_written"),
    ],
)
def test_what_is_wrong_with_a_bot_is_said(
    entry: str, params: dict[str, object], error: type[Exception], says: str
) -> None:
    """A wrong name or argument is the user's to fix; a bot that raises is the bot's."""
    with pytest.raises(error, match=says):
        load_bot(entry, params)
