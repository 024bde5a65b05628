"""A file system without space: a small one is mounted over a folder of the target and filled."""

import errno
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ...model.errors import OutsideError, UsageError, Where
from .interface import Fault, Proof, Scene

BLOCK = 4096
FILLER = "filler"


def probe() -> str | None:
    """Say why a small file system cannot be mounted."""
    return None if os.geteuid() == 0 else "mounting a small file system needs root"


@contextmanager
def small(scene: Scene, name: str, size_bytes: int) -> Iterator[Path]:
    """Mount a file system of a size at a new folder of the place, for a target to write to."""
    folder = scene.place.folder / name
    with scene.place.undo.owed("mount", {"path": str(folder)}):
        folder.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", f"size={size_bytes}", "seatrial-chaos", str(folder)]
        done = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603
        if done.returncode:
            raise OutsideError(f"cannot mount: {done.stderr.strip()}", where=Where(str(folder)))
        scene.folders[name] = folder
        yield folder


@contextmanager
def _apply(scene: Scene, target: str, _: dict[str, float]) -> Iterator[Proof]:
    folder = scene.folders.get(target)
    if folder is None or not os.path.ismount(folder):
        raise UsageError(f"{target!r} is no small file system of this drill")
    filler = folder / FILLER
    full = _fill(filler)
    try:
        yield lambda: f"{folder} answers ENOSPC" if full and _is_full(folder) else None
    finally:
        filler.unlink(missing_ok=True)


def _fill(path: Path) -> bool:
    with path.open("wb", buffering=0) as file:
        for _ in range(1 << 20):
            try:
                file.write(b"\0" * BLOCK)
            except OSError as error:
                return error.errno == errno.ENOSPC
    return False


def _is_full(folder: Path) -> bool:
    trial = folder / "trial"
    try:
        trial.write_bytes(b"\0" * BLOCK)
    except OSError as error:
        return error.errno == errno.ENOSPC
    finally:
        trial.unlink(missing_ok=True)
    return False


FAULT = Fault("disk-full", "fill the file system of a folder", probe, _apply)
