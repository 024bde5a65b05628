"""
Where a soak in real time stands, so that a killed one can go on: what is known, not what is to be repeated.

Real time does not come back. What happened after this was written is a gap, and the journal is
cut to here.
"""

import json
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from ...model.atomic import write_json
from ...model.config import Config, Count
from ...model.errors import InputError, UsageError, Where
from ..checkpoint import Place

Gap = tuple[int, str]


class WallPlace(Config):
    """`checkpoint.json` of a soak in real time; `processes` are (pid, start) of the bot's."""

    schema_version: Literal[1] = 1
    clock: Literal["wall"] = "wall"
    run_id: str
    start_ns: int
    at_ns: int
    iteration: Count = 0
    covered_ns: Count = 0
    window_ns: Count = 0
    missing_ns: dict[str, int] = {}
    gap: Gap | None = None
    restarts_ns: tuple[int, ...] = ()
    starts: Count = 0
    processes: tuple[tuple[int, float], ...] = ()
    journal: Place = Place()


def write(path: Path, place: WallPlace) -> None:
    """Replace the checkpoint, whole or not at all."""
    write_json(path, place.model_dump(mode="json"))


def read(path: Path, run_id: str) -> WallPlace:
    """Return where a record stands; none, or one of another run, is an error."""
    try:
        place = WallPlace.model_validate(json.loads(path.read_bytes()))
    except FileNotFoundError as error:
        raise UsageError(
            "this soak has no checkpoint to go on from",
            where=Where(str(path)),
            fix="judge what is there with `seatrial soak report`, or start a new run",
        ) from error
    except OSError as error:
        raise InputError(f"cannot read the checkpoint: {error.strerror}", where=Where(str(path))) from error
    except (ValueError, ValidationError) as error:
        raise InputError(
            "this is not a checkpoint of a soak in real time",
            where=Where(str(path)),
            fix="judge what is there with `seatrial soak report`, or start a new run",
        ) from error
    if place.run_id != run_id:
        raise InputError(
            f"the checkpoint is of the run {place.run_id}",
            where=Where(str(path), field="run_id"),
            fix="put the record's own files back",
        )
    return place
