"""
The latch as a file: replaced whole, synced with its folder, and read for the price of a stat.

`latch.json` is written under a lock, `acks/<instance>.json` by its instance alone. An instance is
running while it holds the kernel's lock on `instances/<instance>.lock`, which a crash lets go of.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from ...model.atomic import write_json
from ...model.errors import OutsideError, RefusedError
from ...store.lock import held, holder_pid
from .channel import Change, Channel, ChannelError, Place, understood
from .state import Ack, Latch, Presence

Model = TypeVar("Model", Ack, Presence)
_TRIES, _PAUSE_S = 200, 0.01


class FileChannel:
    """A folder that holds the latch of one account."""

    def __init__(self, folder: Path, account: str) -> None:
        self.where = str(folder / "latch.json")
        self._folder, self._account = folder, account
        self._path = folder / "latch.json"
        self._signature: tuple[int, int, int, int] | None = None
        self._latch = Latch(account=account)

    def read(self) -> Latch | None:
        """Return the state; a file that has not changed since the last look costs one stat."""
        try:
            stat = self._path.stat()
        except (FileNotFoundError, NotADirectoryError):
            self._signature = None
            return None
        except OSError as error:
            raise self._unreachable(error) from error
        signature = (stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino, stat.st_size)
        if signature != self._signature:
            self._latch = self._load()
            self._signature = signature
        return self._latch

    def change(self, change: Change) -> Latch:
        """Replace the state under the writers' lock, durably."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise self._unreachable(error) from error
        with self._alone():
            self._signature = None
            latch = change(self.read())
            write_json(self._path, latch.model_dump(mode="json"))
            return latch

    def acknowledge(self, ack: Ack) -> None:
        """Write the answer into the instance's own file."""
        self._write("acks", ack.instance, ack)

    def acks(self) -> tuple[Ack, ...]:
        """Return every answer that can be read."""
        return tuple(ack for path in self._files("acks") if (ack := _parsed(path, Ack)) is not None)

    @contextmanager
    def present(self, presence: Presence) -> Iterator[None]:
        """Hold the instance's lock and say beside it who holds it."""
        self._write("instances", presence.instance, presence)
        try:
            with held(self._folder / "instances" / f"{presence.instance}.lock"):
                yield
        finally:
            for suffix in ("json", "lock"):
                with suppress(OSError):
                    (self._folder / "instances" / f"{presence.instance}.{suffix}").unlink()

    def running(self) -> tuple[Presence, ...]:
        """Return the instances whose lock is held; what is left of the dead does not count."""
        found = []
        for path in self._files("instances"):
            presence = _parsed(path, Presence)
            if presence is not None and holder_pid(path.with_suffix(".lock")) is not None:
                found.append(presence)
        return tuple(found)

    def close(self) -> None:
        """Do nothing: no file is held open."""

    def _load(self) -> Latch:
        try:
            return understood(self._path.read_bytes(), self._account)
        except (PermissionError, IsADirectoryError) as error:
            # It is there and will not become readable by asking again.
            return Latch(account=self._account, damage=f"the latch cannot be read: {error.strerror}")
        except OSError as error:
            raise self._unreachable(error) from error

    def _write(self, kind: str, name: str, model: Ack | Presence) -> None:
        folder = self._folder / kind
        try:
            folder.mkdir(parents=True, exist_ok=True)
            write_json(folder / f"{name}.json", model.model_dump(mode="json"))
        except OutsideError as error:
            raise ChannelError(error.message, where=error.where, fix=error.fix) from error
        except OSError as error:
            raise self._unreachable(error) from error

    def _files(self, kind: str) -> list[Path]:
        try:
            return sorted((self._folder / kind).glob("*.json"))
        except OSError as error:
            raise self._unreachable(error) from error

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Hold the writers' lock, waiting a bounded time for whoever has it."""
        for _ in range(_TRIES):
            lock = held(self._folder / "write.lock")
            try:
                lock.__enter__()
            except RefusedError:
                time.sleep(_PAUSE_S)
                continue
            try:
                yield
            finally:
                lock.__exit__(None, None, None)
            return
        raise ChannelError(f"{self.where}: another command keeps the latch locked")

    def _unreachable(self, error: OSError) -> ChannelError:
        return ChannelError(f"cannot reach the latch {self.where}: {error.strerror}")


def _parsed(path: Path, model: type[Model]) -> Model | None:
    try:
        return model.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None


def _open(place: Place) -> Channel:
    given = place.settings.place
    folder = Path(given).expanduser() / place.account if given else place.folder / "latch"
    return FileChannel(folder, place.account)


CHANNEL = _open
