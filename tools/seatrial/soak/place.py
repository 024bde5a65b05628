"""Which record is meant: a folder, a link to one, or `latest` for the newest soak."""

from pathlib import Path

from ..dryrun.asking import DEFAULT_OUT
from ..store.record import LATEST, Record, open_record


def record_at(path: Path | None, *, out: Path | None = None) -> Record:
    """Return the record at a path; of nothing, or of the bare word `latest`, the newest soak under `out`."""
    if path is None or (str(path) == LATEST and not path.exists()):
        return open_record((out or DEFAULT_OUT) / "soak" / LATEST)
    return open_record(path)
