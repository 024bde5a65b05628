"""
What the lock guards, and how it defends itself: it remembers the largest fence and refuses smaller ones.

This is the check that money depends on. A holder that was paused between looking at its clock and
sending its order cannot know that it is late; the guarded thing can.
"""

from pathlib import Path

import orjson

from ...model.atomic import write_json
from ...model.errors import InputError, Where
from .leader import Fence


class FenceGuard:
    """Admits fences that are not older than the newest admitted; with a path it remembers over restarts."""

    __slots__ = ("newest", "off", "path", "refused")

    def __init__(self, path: Path | None = None, off: str | None = None) -> None:
        self.path, self.off, self.refused = path, off, 0
        self.newest: Fence | None = _read(path) if path is not None and path.exists() else None

    def admit(self, fence: Fence) -> bool:
        """Whether the bearer of the fence may act; a newer fence is on the disk before it may."""
        if self.newest is not None and fence < self.newest and self.off != "fence":
            self.refused += 1
            return False
        if fence != self.newest:
            if self.path is not None:
                write_json(self.path, {"fence": list(fence)})
            self.newest = fence
        return True


def _read(path: Path) -> Fence:
    try:
        epoch, count = orjson.loads(path.read_bytes())["fence"]
        return int(epoch), int(count)
    except (ValueError, KeyError, TypeError, OSError) as error:
        raise InputError(
            "this is no fence of a leader lock",
            where=Where(str(path)),
            fix="restore the file; without it an old leader would be let in",
        ) from error
