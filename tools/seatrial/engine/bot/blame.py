"""What a bot raised, as one line that names its own file and line: the person to act is its author."""

import traceback
from pathlib import Path

from ...model.errors import OutsideError, Where

_OURS = Path(__file__).resolve().parents[2]
FIX = "mend the bot, then run or resume"


def blame(error: BaseException, said: str, *, field: str | None = None) -> OutsideError:
    """Return the error that says `said`, at the last line of the bot's own code that was at work."""
    if isinstance(error, SyntaxError):
        text, file, line = f"SyntaxError: {error.msg}", error.filename, error.lineno
    else:
        text = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        file, line = _place(error)
    where = Where(_short(file), line, field) if file else Where(field=field)
    return OutsideError(f"{said} raised {text}", where=where, fix=FIX)


def _place(error: BaseException) -> tuple[str | None, int | None]:
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if _OURS not in Path(frame.filename).parents and not frame.filename.startswith("<")
    ]
    bots = [frame for frame in frames if "importlib" not in Path(frame.filename).parts]
    if not bots:
        return None, None
    own = [frame for frame in bots if frame.filename == bots[0].filename]
    return own[-1].filename, own[-1].lineno


def _short(file: str) -> str:
    path, here = Path(file), Path.cwd()
    return path.relative_to(here).as_posix() if here in path.parents else file
