"""
The checkpoint: where a soak stands after an iteration, so that a killed one can go on.

It lies in the record while the run has not ended, from the first moment on; with the journal cut
to its position, what follows is what would have followed.
"""

import json
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError

from ..dryrun.seams import Mode
from ..model.atomic import write_bytes
from ..model.config import Config, Count
from ..model.errors import InputError, Where

NAME = "checkpoint.json"


class Place(Config):
    """A position in the journal."""

    offset: Count = 0
    seq: Count = 0
    prev: str = "0" * 64


class Checkpoint(Config):
    """
    `checkpoint.json`.

    `session` and `feed` are what engine and market need to go on, `carried` the events that the
    next iteration's summary begins with, `guards` each guard's (frozen, streak).
    """

    schema_version: Literal[1] = 1
    run_id: str
    next_iteration: Count = 0
    now_ns: int | None = None
    covered_ns: Count = 0
    journal: Place = Place()
    dataset: str | None = None
    session: dict[str, Any] | None = None
    feed: dict[str, Any] | None = None
    guards: dict[str, tuple[bool, int]] = {}
    mode: Mode = "normal"
    freeze: Literal["none", "partial", "full"] = "none"
    carried: list[dict[str, Any]] = []
    last_decision_ns: int | None = None


def to_bytes(checkpoint: Checkpoint) -> bytes:
    """Return the file's content; plain JSON, because a generator's state may be wider than 64 bits."""
    return json.dumps(checkpoint.model_dump(mode="python"), separators=(",", ":")).encode() + b"\n"


def write(path: Path, checkpoint: Checkpoint) -> None:
    """Replace the checkpoint, whole or not at all."""
    write_bytes(path, to_bytes(checkpoint))


def read(path: Path) -> Checkpoint | None:
    """Return the checkpoint, None when there is none; one that cannot be read is an `InputError`."""
    try:
        return Checkpoint.model_validate(json.loads(path.read_bytes()))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise InputError(f"cannot read the checkpoint: {error.strerror}", where=Where(str(path))) from error
    except (ValueError, ValidationError) as error:
        raise InputError(
            "this is not a checkpoint",
            where=Where(str(path)),
            fix="the run cannot go on: judge what is there with `soak report`, or start a new run",
        ) from error
