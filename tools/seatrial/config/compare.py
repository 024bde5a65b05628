"""
`config diff`: what two configurations do not share, setting by setting, with both sources.

A side is a profile (name or path), a record's folder, or a record's `run.json`; so one can ask
what changed between two profiles, two runs, or a profile and the run that claims to have used it.
"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..model.errors import InputError, Where
from ..model.outcome import Outcome
from .locate import SUFFIXES, is_file
from .manager import ConfigManager, fingerprint
from .show import worded
from .tree import DEFAULT, Source

LARGEST_MANIFEST_BYTES = 64 << 20
# How an item of a list is called, so that an added gate does not shift all the others.
ITEM_NAMES = ("kpi", "name")


@dataclass(frozen=True)
class Side:
    """One of the two: what it is called, its values and the source of each."""

    name: str
    values: Mapping[str, Any]
    sources: Mapping[str, Mapping[str, Any]]


def compare(first: str, second: str) -> Outcome:
    """Return the settings in which the two differ, sorted by key; a difference is no failure."""
    left, right = side(first), side(second)
    a, b = dict(_flat(left.values)), dict(_flat(right.values))
    rows = [
        {
            "key": key,
            "a": a.get(key),
            "b": b.get(key),
            "a_source": _source(left, key) if key in a else None,
            "b_source": _source(right, key) if key in b else None,
        }
        for key in sorted(a.keys() | b.keys())
        # What only one side has, and leaves empty, is no difference.
        if a.get(key) != b.get(key)
    ]
    data = {
        "a": {"name": left.name, "sha256": fingerprint(left.values)},
        "b": {"name": right.name, "sha256": fingerprint(right.values)},
        "same": not rows,
        "differences": rows,
    }
    told = f"{len(rows)} of {len(a.keys() | b.keys())} settings differ" if rows else "no setting differs"
    return Outcome(
        "config.diff",
        data=data,
        lines=(*(_line(row) for row in rows), f"{told} between {left.name} and {right.name}"),
    )


def side(name: str) -> Side:
    """Return the configuration of a record (folder or run.json) or of a profile."""
    path = Path(name)
    if is_file(path / "run.json"):
        return _recorded(path / "run.json", name)
    if name.endswith(".json"):
        return _recorded(path, name)
    if os.sep in name and not name.endswith(SUFFIXES):
        raise InputError("is neither a profile nor a record: it has no run.json", where=Where(name))
    resolved = ConfigManager().resolve(name)
    sources = {key: source.document() for key, source in resolved.sources.items()}
    return Side(name, resolved.values, sources)


def _recorded(path: Path, name: str) -> Side:
    import orjson

    where = Where(str(path))
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_MANIFEST_BYTES)
        manifest = orjson.loads(data)
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", where=where) from error
    except orjson.JSONDecodeError as error:
        raise InputError(f"is not JSON: {error}", where=Where(str(path), error.lineno)) from error
    values = manifest.get("config") if isinstance(manifest, dict) else None
    if not isinstance(values, dict):
        raise InputError("is not a run manifest", where=Where(str(path), field="config"))
    sources = manifest.get("config_sources")
    return Side(name, values, sources if isinstance(sources, dict) else {})


def _source(side: Side, key: str) -> str:
    # A list is replaced whole, so the source of an item is that of its list.
    held = side.sources.get(key) or side.sources.get(key.partition("[")[0])
    if not isinstance(held, dict):
        return DEFAULT.layer
    return Source(held.get("layer", "default"), held.get("file"), held.get("line"), held.get("text")).label


def _flat(value: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping) and value:
        for key, held in value.items():
            yield from _flat(held, f"{prefix}.{key}" if prefix else str(key))
    elif isinstance(value, list) and value:
        for name, held in zip(_item_names(value), value, strict=True):
            yield from _flat(held, f"{prefix}[{name}]")
    else:
        yield prefix, value


def _item_names(items: list[Any]) -> list[str]:
    names: list[str] = []
    for index, item in enumerate(items):
        own = next((item[key] for key in ITEM_NAMES if isinstance(item, dict) and key in item), index)
        again = sum(name.partition("#")[0] == str(own) for name in names)
        names.append(f"{own}#{again + 1}" if again else str(own))
    return names


def _line(row: Mapping[str, Any]) -> str:
    sides = []
    for name in ("a", "b"):
        source = row[f"{name}_source"]
        sides.append("(not there)" if source is None else f"{worded(row[name])} [{source}]")
    return f"{row['key']}: {sides[0]} -> {sides[1]}"
