"""Where a drill works: a folder of its own, and children that can be found again by their mark."""

import socket
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from ..config.environment import variables
from ..model.errors import OutsideError
from ..store.clock import monotonic_ns
from .undo import MARK, UndoLog

POLL_S: Final = 0.02


@dataclass
class Place:
    """A folder, a mark, and the undo log that knows both."""

    folder: Path
    mark: str
    undo: UndoLog
    children: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, command: Sequence[str], name: str, **more: str) -> subprocess.Popen[bytes]:
        """Start a child with the drill's mark, its output in a file of the folder."""
        with (self.folder / f"{name}.log").open("ab") as log:
            try:
                child = subprocess.Popen(  # noqa: S603 - what a drill starts is named by its own code
                    list(command), stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder,
                    env=variables() | {MARK: self.mark} | more, start_new_session=True,
                )  # fmt: skip
            except OSError as error:
                raise OutsideError(f"cannot start {command[0]}: {error.strerror}") from error
        self.children.append(child)
        return child

    def end(self) -> None:
        """Reap the children, which the undo log has ended."""
        for child in self.children:
            with suppress(subprocess.TimeoutExpired):
                child.wait(timeout=5)


@contextmanager
def place(undo: UndoLog) -> Iterator[Place]:
    """Make a place, heal what earlier drills left, and leave nothing behind."""
    undo.heal_abandoned()
    folder = Path(tempfile.gettempdir()) / f"seatrial-chaos-{_name()}"
    with undo.owed("folder", {"path": str(folder)}):
        folder.mkdir(mode=0o700)
        made = Place(folder, folder.name, undo)
        try:
            with undo.owed("processes", {"mark": made.mark}):
                yield made
        finally:
            # They are dead by now; unreaped they would stay as zombies for as long as we live.
            made.end()


def _name() -> str:
    with tempfile.NamedTemporaryFile(prefix="", delete=True) as file:
        return Path(file.name).name


def free_ports(count: int) -> list[int]:
    """Return ports of the loopback that nobody uses now."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [int(each.getsockname()[1]) for each in sockets]
    finally:
        for each in sockets:
            each.close()


def wait_for(what: str, ready: Any, limit_s: float, pause: Any) -> int:
    """Wait until something is so; return how many ns it took, or say what was not so in time."""
    began = monotonic_ns()
    while not ready():
        if monotonic_ns() - began > limit_s * 1e9:
            raise OutsideError(f"{what} did not happen within {limit_s:g} s")
        pause(POLL_S)
    return monotonic_ns() - began
