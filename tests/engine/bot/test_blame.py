"""An error of a bot names the bot's own file and line."""

from pathlib import Path
from types import ModuleType

import pytest

from seatrial.engine.bot.blame import blame
from seatrial.model.errors import OutsideError


def raised(path: Path, code: str) -> OutsideError:
    """Run code as the file at `path` and return what is said of its error."""
    try:
        exec(compile(code, str(path), "exec"), ModuleType("bot").__dict__)
    except BaseException as error:  # noqa: BLE001 -- whatever it raises
        # The engine's own frame is cut off where it stands; here this test stands in its place.
        trace = error.__traceback__
        return blame(error.with_traceback(trace and trace.tb_next), "the bot's on_timer")
    raise AssertionError(code)


@pytest.mark.parametrize(
    ("code", "line", "said"),
    [
        ("x = 1\n1 / 0\n", 2, "ZeroDivisionError: division by zero"),
        ("def f():\n  raise KeyError('a')\n\nf()\n", 2, "KeyError: 'a'"),
        ("import json\njson.loads('{')\n", 2, "JSONDecodeError: "),
        ("raise SystemExit\n", 1, "SystemExit"),
        ("def f(:\n", 1, "SyntaxError: "),
    ],
)
def test_the_bot_s_own_line_is_named(
    code: str, line: int, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its author looks there first; a line inside a library tells nobody anything."""
    monkeypatch.chdir(tmp_path)

    error = raised(tmp_path / "my_bot.py", code)

    assert said in error.line
    assert error.line.startswith(f"my_bot.py:{line}: the bot's on_timer raised ")


def test_an_error_of_ours_names_no_file() -> None:
    """A line of this program would send the bot's author to the wrong place."""
    assert blame(ValueError("no"), "it").line.startswith("it raised ValueError: no (")
