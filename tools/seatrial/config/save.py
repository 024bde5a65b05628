"""
A profile written back to a file: only what differs from what it extends, whole or not at all.

Before the file is replaced its text is read again; what does not come back equal is not written.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ..model.atomic import write_bytes
from ..model.errors import UsageError, Where
from ..model.profile import Profile
from .manager import ConfigManager, flatten
from .scalars import text_of
from .shape import Shape, members, plain, root
from .show import without_nulls
from .tree import Node, Source, merge
from .yaml_file import parse

OWN = ("name", "description")


def save_profile(path: Path, profile: Profile, *, extends: str | None = None, comment: str = "") -> None:
    """
    Write `profile` to `path` as YAML, over `extends` when given, with `comment` above it.

    UsageError when it cannot be said as an extension (a free-form key that the parent has and
    this one lacks); OutsideError when the disk refuses. The old file stays until the new is whole.
    """
    text = profile_text(profile, extends=extends, comment=comment)
    _refuse_a_change(text, profile, extends, path)
    write_bytes(path, text.encode())


def profile_text(profile: Profile, *, extends: str | None = None, comment: str = "") -> str:
    """Return the YAML text of a profile: its own name and what its parent does not say already."""
    base = dict(flatten(_base(extends).model_dump(mode="json")))
    values = profile.model_dump(mode="json")
    changed: dict[str, Any] = {}
    for key, value in flatten(values):
        if key in OWN or key not in base or base[key] != value:
            _put(changed, key.split("."), value)
    lines = [f"# {line}".rstrip() for line in comment.splitlines()]
    if extends is not None:
        lines.append(f"extends: {text_of(extends)}")
    return "\n".join((*lines, *_block(changed, root(), ""))) + "\n"


def _refuse_a_change(text: str, profile: Profile, extends: str | None, path: Path) -> None:
    import orjson

    tree = parse(text, Source("profile", str(path)))
    held = dict(tree.value) if tree is not None and isinstance(tree.value, dict) else {}
    held.pop("extends", None)
    base = parse(text_of(_base(extends).model_dump(mode="json")), Source("profile", str(path)))
    whole = Node(held, Source("profile"))
    merged = plain(whole if base is None else merge(base, whole))
    if Profile.model_validate_json(orjson.dumps(merged), strict=True) != profile:
        raise UsageError(
            f"the profile cannot be written as an extension of {extends}",
            where=Where(str(path)),
            fix="a free-form key cannot be taken away: save it without extends",
        )


def _base(extends: str | None) -> Profile:
    return Profile() if extends is None else ConfigManager().resolve(extends).profile


def _put(tree: dict[str, Any], path: list[str], value: Any) -> None:
    for key in path[:-1]:
        tree = tree.setdefault(key, {})
    tree[path[-1]] = value


def _block(values: Mapping[str, Any], shape: Shape, indent: str) -> Iterator[str]:
    known = members(shape.model) if shape.model else {}
    for key, value in values.items():
        inner = known.get(key, Shape("free"))
        head = f"{indent}{text_of(key)}:"
        if isinstance(value, dict) and value:
            yield head
            yield from _block(value, inner, indent + "  ")
        elif inner.item is not None and inner.item.kind == "section" and value:
            yield head
            yield from (f"{indent}  - {text_of(without_nulls(item))}" for item in value)
        elif inner.kind == "decimal" and isinstance(value, str):
            yield f"{head} {value}"
        else:
            yield f"{head} {text_of(value)}"
