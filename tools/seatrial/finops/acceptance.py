"""
Acceptances: breaks that somebody answers for, until a day.

A break is accepted by key and class, with owner, reason and expiry. An acceptance that has expired
counts no more, and one that fits no break is named, because it hides nothing and should go.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from ..model.errors import InputError, Where
from .breaks import Break
from .matching.rules import BreakClass

FIELDS = ("key", "class", "owner", "reason", "expires")
EXAMPLE = "- {key: T123, class: fee_amount, owner: you, reason: refund promised, expires: 2026-01-31}"


@dataclass(frozen=True)
class Acceptance:
    """One break that somebody answers for."""

    key: str
    kind: BreakClass
    owner: str
    reason: str
    expires: date
    line: int

    def covers(self, one: Break) -> bool:
        """Return whether it speaks of this break."""
        return (self.key, self.kind) == (one.key, one.kind)


@dataclass(frozen=True)
class Accepted:
    """Breaks with what is accepted of them, the acceptances that have expired, and those that fit nothing."""

    breaks: list[Break]
    expired: list[Acceptance]
    idle: list[Acceptance]


def read_acceptances(path: Path) -> list[Acceptance]:
    """Return the acceptances of a YAML list; anything doubtful in it is an InputError."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise InputError(f"cannot be read: {reason}", where=Where(str(path))) from error
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        raise InputError(
            "is no YAML", where=Where(str(path), mark.line + 1 if mark else None), fix=f"write {EXAMPLE}"
        ) from error
    if node is None:
        return []
    if not isinstance(node, yaml.SequenceNode):
        raise InputError("is no list of acceptances", where=Where(str(path), 1), fix=f"write {EXAMPLE}")
    return [_acceptance(path, one) for one in node.value]


def _acceptance(path: Path, node: yaml.Node) -> Acceptance:
    line = node.start_mark.line + 1
    values: Any = yaml.SafeLoader("").construct_document(node)
    if not isinstance(values, Mapping):
        raise InputError("an acceptance is a mapping", where=Where(str(path), line), fix=f"write {EXAMPLE}")
    unknown = [str(name) for name in values if name not in FIELDS]
    if unknown:
        raise InputError(
            "no such field", where=Where(str(path), line, unknown[0]), fix=f"known: {', '.join(FIELDS)}"
        )
    for name in FIELDS:
        if values.get(name) in {None, ""}:
            raise InputError("is missing", where=Where(str(path), line, name), fix=f"write {EXAMPLE}")
    try:
        kind = BreakClass(str(values["class"]))
    except ValueError as error:
        known = ", ".join(one.value for one in BreakClass)
        raise InputError(
            "no such class", where=Where(str(path), line, "class"), fix=f"known: {known}"
        ) from error
    return Acceptance(
        str(values["key"]),
        kind,
        str(values["owner"]),
        str(values["reason"]),
        _day(path, line, values["expires"]),
        line,
    )


def _day(path: Path, line: int, value: Any) -> date:
    try:
        return date.fromisoformat(str(value))
    except ValueError as error:
        raise InputError(
            f"{value!r} is no day", where=Where(str(path), line, "expires"), fix="write 2026-01-31"
        ) from error


def accept(breaks: Iterable[Break], acceptances: Sequence[Acceptance], today: date) -> Accepted:
    """Return the breaks with their acceptances; the day of the expiry is the last that counts."""
    live = {(one.key, one.kind): one for one in acceptances if one.expires >= today}
    dead = {(one.key, one.kind): one for one in acceptances if one.expires < today}
    used: set[tuple[str, BreakClass]] = set()
    marked = []
    for one in breaks:
        key = (one.key, one.kind)
        used.add(key)
        marked.append(replace(one, accepted=live.get(key)))
    return Accepted(
        marked,
        [one for key, one in dead.items() if key in used and key not in live],
        [one for one in acceptances if (one.key, one.kind) not in used],
    )
