"""How a run ends, written into its manifest: as planned, interrupted, or by an error."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from ..model.atomic import write_json
from ..model.errors import SeatrialError
from ..store.manifest import read_manifest
from ..store.record import Record

if TYPE_CHECKING:
    from .voyage import Voyage

BUG = 70


def ended(voyage: "Voyage", reason: str) -> None:
    """Write down that the bot has stopped, when and why; the verdict is still to come."""
    manifest = read_manifest(voyage.record.manifest)
    facts = {
        "covered_ns": voyage.covered_ns,
        "ended_ns": voyage.seams.utc_now_ns(),
        "stopped_by": reason,
    }
    write_json(voyage.record.manifest, manifest.model_copy(update=facts))


@contextmanager
def failing(record: Record) -> Iterator[None]:
    """
    Write down that the block ended by an error, and let the error go on.

    The record stays as it is otherwise, so that it can be read and, if it has a checkpoint,
    resumed. A disk that is full takes no last words either; the error is told all the same.
    """
    try:
        yield
    except Exception as error:
        code = error.exit_code if isinstance(error, SeatrialError) else BUG
        with suppress(SeatrialError):
            manifest = read_manifest(record.manifest)
            write_json(
                record.manifest, manifest.model_copy(update={"exit_code": code, "stopped_by": "error"})
            )
        raise
