"""
One instance per account and symbol: the kernel holds the lock, and takes it back from the dead.

A process list says who looks like a bot; a lock file that merely exists says who once was one.
Beside each lock stands who holds it and where its record is, so that a watcher finds both.
"""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from ..model.atomic import write_json
from ..model.errors import OutsideError, RefusedError, Where
from ..store.lock import held, holder_pid
from .latch.state import Presence

_TRIES, _PAUSE_S = 5, 0.02


@dataclass(frozen=True)
class Seat:
    """One symbol's lock: the pid that holds it (None: free), and who says that it does."""

    symbol: str
    pid: int | None
    presence: Presence | None


@contextmanager
def seated(folder: Path, presence: Presence) -> Iterator[None]:
    """
    Hold the locks of every symbol of an instance while the block runs.

    A symbol that another instance trades is a `RefusedError` (exit 5), whatever else the two share.
    """
    try:
        (folder / "locks").mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutsideError(
            f"cannot make the folder of the locks: {error.strerror}",
            where=Where(str(folder)),
            fix="choose another live.state",
        ) from error
    with ExitStack() as stack:
        # In one order everywhere, so that two that start together do not each get a half.
        for symbol in sorted(set(presence.symbols)):
            lock = _lock(folder, symbol)
            _take(stack, lock, f"{symbol} of the account {presence.account}")
            write_json(lock.with_suffix(".json"), presence.model_dump(mode="json"))
        yield


def _take(stack: ExitStack, lock: Path, whose: str) -> None:
    """Take one lock; whoever only looks who holds it has it for a moment, so one refusal is none."""
    for left in reversed(range(_TRIES)):
        try:
            stack.enter_context(held(lock))
        except RefusedError as error:
            if left:
                time.sleep(_PAUSE_S)
                continue
            raise RefusedError(
                f"{whose} is traded by another instance: pid {holder_pid(lock)}",
                where=Where(str(lock)),
                fix="stop it first; `seatrial live status` says where it stands",
            ) from error
        return


def seats(folder: Path, symbols: tuple[str, ...] = ()) -> tuple[Seat, ...]:
    """Return the locks of these symbols, or of every symbol that was ever traded; nothing is written."""
    names = symbols or tuple(sorted(path.stem for path in (folder / "locks").glob("*.lock")))
    found = []
    for symbol in names:
        lock = _lock(folder, symbol)
        found.append(Seat(symbol, holder_pid(lock), _presence(lock.with_suffix(".json"))))
    return tuple(found)


def _lock(folder: Path, symbol: str) -> Path:
    safe = "".join(char if char.isalnum() or char in "-_." else "_" for char in symbol)
    return folder / "locks" / f"{safe}.lock"


def _presence(path: Path) -> Presence | None:
    try:
        return Presence.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None
