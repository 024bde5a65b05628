"""
The record of a run: one folder, and the only place that knows its paths.

`<out>/<mode>/<run_id>/` appears whole, with its first files in it, so that there is no moment at
which a folder exists and nobody can say what it is; `latest` beside it points at the newest.
"""

import os
import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ..model.atomic import write_bytes
from ..model.errors import InputError, OutsideError, RefusedError, Where

LATEST = "latest"
MANIFEST = "run.json"
_TWINS = 100


@dataclass(frozen=True)
class Record:
    """A record folder and the paths of what is in it."""

    path: Path

    @property
    def run_id(self) -> str:
        """Return the run's id, which is the folder's name."""
        return self.path.name

    @property
    def manifest(self) -> Path:
        """Return the path of run.json."""
        return self.path / MANIFEST

    @property
    def journal(self) -> Path:
        """Return the path of the journal."""
        return self.path / "journal.jsonl"

    @property
    def iterations(self) -> Path:
        """Return the folder of the iteration summaries."""
        return self.path / "iterations"

    def iteration(self, index: int) -> Path:
        """Return the path of one iteration's summary; `index` counts from 0, the file from 1."""
        return self.iterations / f"ITER_SUMMARY_{index + 1:04d}.json"

    @property
    def heartbeat(self) -> Path:
        """Return the path of the heartbeat."""
        return self.path / "heartbeat.json"

    @property
    def checkpoint(self) -> Path:
        """Return the path of the checkpoint; there is one while the run has not ended."""
        return self.path / "checkpoint.json"

    @property
    def resources(self) -> Path:
        """Return the path of the measured process resources, a line an iteration."""
        return self.path / "resources.jsonl"

    @property
    def verdict(self) -> Path:
        """Return the path of the verdict."""
        return self.path / "verdict.json"

    @property
    def report(self) -> Path:
        """Return the path of the report for people."""
        return self.path / "report.html"

    @property
    def lock(self) -> Path:
        """Return the path of the lock that the record's one writer holds."""
        return self.path / "lock"

    def sweep(self) -> None:
        """Remove scratch files of writes that a kill cut short; hold the lock while you do."""
        for scratch in (*self.path.glob(".*.tmp"), *self.iterations.glob(".*.tmp")):
            scratch.unlink(missing_ok=True)

    def point_latest(self) -> None:
        """Make `latest` beside the record point at it, atomically."""
        link = self.path.parent / LATEST
        scratch = self.path.parent / f".{LATEST}.{os.getpid()}.tmp"
        try:
            scratch.unlink(missing_ok=True)
            scratch.symlink_to(self.path.name)
            scratch.replace(link)
        except OSError as error:
            with suppress(OSError):
                scratch.unlink(missing_ok=True)
            raise _cannot_write(link, error) from error


def free_run_id(out: Path, mode: str, wanted: str) -> str:
    """Return `wanted`, or `wanted-2`, `wanted-3`... when runs of that id are there already."""
    for run_id in (wanted, *(f"{wanted}-{number}" for number in range(2, _TWINS))):
        if not (out / mode / run_id).exists():
            return run_id
    raise RefusedError(
        f"{_TWINS} runs are called {wanted}", where=Where(str(out / mode)), fix="use another --out"
    )


def create_record(out: Path, mode: str, run_id: str, files: Mapping[str, bytes] | None = None) -> Record:
    """
    Make the folder of a new run with its first `files` (name to content) in it.

    It appears all at once. A run of that id that is there already is a `RefusedError`; a folder
    that cannot be written is an `OutsideError`.
    """
    record = Record((out / mode / run_id).absolute())
    stage = record.path.with_name(f".{run_id}.{os.getpid()}.tmp")
    try:
        stage.mkdir(parents=True)
        (stage / "iterations").mkdir()
        for name, content in (files or {}).items():
            write_bytes(stage / name, content)
        _publish(stage, record.path)
    except OSError as error:
        raise _cannot_write(record.path, error) from error
    finally:
        shutil.rmtree(stage, ignore_errors=True)
    return record


def open_record(path: Path) -> Record:
    """Return the record at `path`, a record folder or a link to one such as `latest`."""
    folder = path.resolve()
    if not folder.is_dir():
        raise InputError(
            "there is no such record", where=Where(str(path)), fix="name a folder that holds a run.json"
        )
    if not (folder / MANIFEST).is_file():
        raise InputError(
            "this folder is not a record", where=Where(str(path / MANIFEST)), fix="it has no run.json"
        )
    return Record(folder)


def _publish(stage: Path, place: Path) -> None:
    if place.exists():
        raise RefusedError(
            "a run of this id is there already", where=Where(str(place)), fix="use another --out"
        )
    stage.rename(place)


def _cannot_write(path: Path, error: OSError) -> OutsideError:
    return OutsideError(
        f"cannot write the record: {error.strerror}",
        where=Where(str(path)),
        fix="free space, or choose another folder with --out",
    )
