"""
What it takes to read a bot's own files: recognise one, and tell what is in it.

Adapters only read. Which files of a folder are theirs, they say one by one.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ....model.artifact import SourceFile
from ....model.errors import InputError, Where
from ....model.registry import Registry
from ..told.database import companions, is_database
from ..told.findings import examine
from ..told.sheets import source_of
from ..told.telling import Told


@dataclass(frozen=True)
class BotFiles:
    """One bot's kind of files: `claims` looks at one file, `tell` reads those that it claimed."""

    name: str
    claims: Callable[[Path], bool]
    tell: Callable[[Sequence[Path]], Told]


BOT_FILES: Registry[BotFiles] = Registry("bot_files")


@dataclass(frozen=True)
class Reading:
    """What was read, and exactly which files it was read from."""

    told: Told
    files: tuple[SourceFile, ...]


def read_files(path: Path, name: str | None = None) -> Reading:
    """
    Read a bot's history from a file, or from a folder of them.

    Without a name the kind is recognised. A file that nobody claims is an `InputError`; an
    unknown name a `UsageError`.
    """
    if name is not None:
        BOT_FILES.get(name)
    candidates = _candidates(path)
    wanted = [BOT_FILES.get(name)] if name else [kind for _, kind in BOT_FILES]
    for kind in wanted:
        claimed = [file for file in candidates if kind.claims(file)]
        if claimed:
            sources = [source_of(part) for file in claimed for part in _parts(file)]
            told = kind.tell(claimed)
            examine(told)
            return Reading(told, tuple(sources))
    raise _unclaimed(path, candidates, name)


def _candidates(path: Path) -> list[Path]:
    if path.is_dir():
        return sorted(file for file in path.iterdir() if file.is_file() and not file.name.startswith("."))
    if not path.is_file():
        raise InputError("there is no such file or folder", where=Where(str(path)))
    return [path]


def _parts(file: Path) -> list[Path]:
    return [file, *companions(file)] if is_database(file) else [file]


def _unclaimed(path: Path, candidates: Sequence[Path], name: str | None) -> InputError:
    known = ", ".join(BOT_FILES.names())
    if not candidates:
        return InputError("the folder holds no file", where=Where(str(path)))
    what = f"this is not what {name} writes" if name else "no known bot writes such a file"
    return InputError(what, where=Where(str(path)), fix=f"name the kind with --from: {known}")
