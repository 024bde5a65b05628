"""
Golden files: what a report said when a person last read it, kept in `golden/` as readable artefacts.

`golden/<path of the test without .py>/<test>.<kind>` is one snapshot. Only `make golden` rewrites
them; an unused one fails the run, and in CI a rewrite is refused, because a golden changes in a
commit that a person reads.
"""

import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import orjson
import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode
from syrupy.location import PyTestLocation

ROOT = Path(__file__).parents[1]
GOLDEN = ROOT / "golden"

Golden = Callable[[str], SnapshotAssertion]


class GoldenExtension(SingleFileSnapshotExtension):
    """Text snapshots in `golden/`, at the path of their test; LF whatever the system."""

    _write_mode = WriteMode.TEXT
    file_extension = "txt"

    @classmethod
    def dirname(cls, *, test_location: PyTestLocation) -> str:
        """Return the folder of a test module's snapshots."""
        inside = Path(test_location.filepath).relative_to(ROOT / "tests")
        return str(GOLDEN / inside.with_suffix(""))

    def serialize(self, data: Any, **_: Any) -> str:
        """Return the text, a JSON-able value with sorted keys and indented."""
        if isinstance(data, str):
            return data
        options = orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
        return orjson.dumps(data, default=str, option=options).decode()


@cache
def extension_of(kind: str) -> type[GoldenExtension]:
    """Return the extension that writes files ending in `.<kind>`."""
    return type(f"Golden_{kind}", (GoldenExtension,), {"file_extension": kind})


@pytest.fixture
def golden(snapshot: SnapshotAssertion) -> Golden:
    """What this test's golden file says; `"md"`, `"json"` and so on is its kind."""
    return lambda kind: snapshot.use_extension(extension_of(kind))


def refuse_rewriting_in_ci(config: pytest.Config) -> None:
    """End the run with a usage error when CI asks for new golden files."""
    if os.environ.get("CI") and config.getoption("update_snapshots", default=False):
        raise pytest.UsageError("golden files are not rewritten in CI: run `make golden` and review the diff")


def orphans(golden_folder: Path = GOLDEN, tests: Path = ROOT / "tests") -> list[str]:
    """Return golden files whose test module is gone; syrupy only looks where a test still is."""
    files = (path for path in golden_folder.rglob("*") if path.is_file() and path.name != ".gitkeep")
    return sorted(
        path.relative_to(golden_folder).as_posix()
        for path in files
        if not (tests / path.parent.relative_to(golden_folder)).with_suffix(".py").is_file()
    )
