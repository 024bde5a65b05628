"""Where reports go: a folder of the caller's choice, each file whole or not at all."""

from collections.abc import Mapping
from pathlib import Path

from ...model.atomic import write_bytes
from ...model.errors import OutsideError, UsageError, Where


def put(out: Path, reports: Mapping[str, bytes | None]) -> list[str]:
    """Write the reports that there are into `out` and return their paths, in order."""
    if out.exists() and not out.is_dir():
        raise UsageError("is no folder", where=Where(str(out)), fix="name a folder for the reports")
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutsideError(f"cannot be made: {error.strerror}", where=Where(str(out))) from error
    written = []
    for name, data in reports.items():
        if data is not None:
            write_bytes(out / name, data)
            written.append(str(out / name))
    return written
