"""
What two equal runs may differ in: the one list, and the comparison that leaves it out.

The same inputs give the same bytes; this page names everything that is not an input's doing: who
ran it, when, on which machine, and what was measured of the machine on the way.
"""

import re
from pathlib import Path
from typing import Any

import orjson

from .record import open_record

# file (or folder/pattern) -> fields that differ; dots go into objects.
IDENTITY: dict[str, tuple[str, ...]] = {
    "run.json": (
        "run_id",
        "command",
        "config_sources",
        "code_commit",
        "code_dirty",
        "lock_sha256",
        "host",
        "versions",
        "started_ns",
        "ended_ns",
    ),
    "iterations/*.json": ("resources",),
    "verdict.json": ("run_id", "inputs"),
    "KPI_GATE.json": ("run_id", "inputs"),
    "EDGE_REPORT.json": ("run_id", "inputs"),
}
# Files that hold nothing but measurements of the process, or the state of one at work.
MEASURED = frozenset({"resources.jsonl", "RESOURCES.json", "heartbeat.json", "checkpoint.json", "lock"})
PLACEHOLDER = b"RUN_ID"
# Reports for people put what differs between two such comments.
_MARKED = re.compile(rb"<!--identity-->.*?<!--/identity-->", re.DOTALL)


def strip_identity(record_dir: Path) -> dict[str, bytes]:
    """
    Return a record's files (path within it to bytes) without what two equal runs may differ in.

    The run's id is replaced wherever it stands; JSON files lose their identity fields; files of
    measurements are left out, and so is what reports mark as identity.
    """
    record = open_record(record_dir)
    run_id = record.run_id.encode()
    stripped: dict[str, bytes] = {}
    for file in sorted(path for path in record.path.rglob("*") if path.is_file()):
        name = file.relative_to(record.path).as_posix()
        if name not in MEASURED:
            stripped[name] = _without(file, name).replace(run_id, PLACEHOLDER)
    return stripped


def _without(file: Path, name: str) -> bytes:
    relative, content = Path(name), file.read_bytes()
    if relative.suffix in {".html", ".md"}:
        return _MARKED.sub(b"", content)
    fields = [field for pattern, names in IDENTITY.items() if relative.match(pattern) for field in names]
    if not fields:
        return content
    document = orjson.loads(content)
    for field in fields:
        _drop(document, field.split("."))
    return orjson.dumps(document, option=orjson.OPT_INDENT_2)


def _drop(document: Any, path: list[str]) -> None:
    for key in path[:-1]:
        document = document.get(key) if isinstance(document, dict) else None
    if isinstance(document, dict):
        document.pop(path[-1], None)
