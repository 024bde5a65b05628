"""Every shared history gets the verdict that its publishers give it, within its time."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from seatrial.chaos.history.judging import check_history

FOLDER = (
    Path(os.environ.get("SEATRIAL_DATA", Path(__file__).parents[2] / ".." / "shared" / "data")) / "histories"
)


def published() -> Iterator[tuple[str, str | None, bool]]:
    """(path, model or None for the one that is guessed, valid) of every history with a verdict."""
    for path in sorted(FOLDER.glob("*/verdicts*.json")):
        for name, told in orjson.loads(path.read_bytes()).items():
            yield from rows(f"{path.parent.name}/{name}", told)


def rows(name: str, told: Any) -> Iterator[tuple[str, str | None, bool]]:
    """A verdict by itself, with its model, or a folder of them."""
    if isinstance(told, bool):
        yield name, None, told
    elif "valid" in told:
        yield name, told["model"], told["valid"]
    else:
        for inner, verdict in told.items():
            yield f"{name}/{inner}", None, verdict


CASES = list(published())


@pytest.mark.skipif(not CASES, reason="no shared histories here (SEATRIAL_DATA)")
@pytest.mark.parametrize(("name", "model", "valid"), CASES, ids=[name for name, _, _ in CASES])
def test_a_history_gets_its_published_verdict(name: str, model: str | None, valid: bool) -> None:
    """A checker of one's own is worth what it agrees with."""
    for asked in {model, None}:
        assert check_history(FOLDER / name, asked, 60).data["history"] == ("valid" if valid else "invalid")
