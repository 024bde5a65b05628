"""
The shape of a profile: which keys there are, which are free, which hold exact decimals.

It is read off the pydantic models, so that a new setting is known here by being declared.
"""

import difflib
import types
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from ..model.profile import Profile
from .tree import Node, dotted

Kind = Literal["section", "list", "free", "decimal", "value"]


@dataclass(frozen=True)
class Shape:
    """What may stand at one key; `model` of a section, `item` of a list."""

    kind: Kind
    model: type[BaseModel] | None = None
    item: "Shape | None" = None
    optional: bool = False


def root() -> Shape:
    """Return the shape of a whole profile."""
    return Shape("section", Profile)


@cache
def members(model: type[BaseModel]) -> dict[str, Shape]:
    """Return the keys of a section with their shapes."""
    return {name: _shape(field.annotation) for name, field in model.model_fields.items()}


@cache
def settings() -> tuple[str, ...]:
    """Return the dotted key of every setting of a profile, free-form ones by their own name."""
    return tuple(".".join(path) for path in _walk(root(), ()))


def plain(node: Node, shape: Shape | None = None, path: tuple[str | int, ...] = ()) -> Any:
    """
    Return the tree as plain JSON values, a decimal as the text that was written.

    A key that no section knows, and a section or list where something else stands, are errors
    that name the place; whether a value fits is the model's business.
    """
    shape = shape or root()
    if node.value is None and shape.optional:
        return None
    if shape.kind == "section":
        return _section(node, shape, path)
    if shape.kind == "list":
        return _list(node, shape, path)
    if shape.kind == "free":
        return _free(node, path)
    if isinstance(node.value, dict | list):
        raise node.source.refuse("should be one value", field=dotted(path))
    if shape.kind == "decimal" and isinstance(node.value, int | float) and not isinstance(node.value, bool):
        return node.text if isinstance(node.value, float) else str(node.value)
    return node.value


def nearest(key: str, known: tuple[str, ...] | list[str]) -> str | None:
    """Return the known word most like `key`, None when none is alike."""
    near = difflib.get_close_matches(key, known, n=1, cutoff=0.6)
    return near[0] if near else None


def _section(node: Node, shape: Shape, path: tuple[str | int, ...]) -> dict[str, Any]:
    known = members(shape.model) if shape.model else {}
    if not isinstance(node.value, dict):
        empty = node.value is None
        told = "is an empty section" if empty else "should be a section with settings below it"
        fix = "remove the line or put settings below it" if empty else f"known there: {', '.join(known)}"
        raise node.source.refuse(told, field=dotted(path), fix=fix)
    held = {}
    for key, child in node.value.items():
        if key not in known:
            raise child.source.refuse(
                "is not a setting", field=dotted((*path, key)), fix=_meant(key, tuple(known), path)
            )
        held[key] = plain(child, known[key], (*path, key))
    return held


def _list(node: Node, shape: Shape, path: tuple[str | int, ...]) -> list[Any]:
    if not isinstance(node.value, list):
        raise node.source.refuse("should be a list", field=dotted(path), fix="write [a, b] or `- a` lines")
    return [plain(item, shape.item, (*path, index)) for index, item in enumerate(node.value)]


def _free(node: Node, path: tuple[str | int, ...]) -> Any:
    # The top of a free-form setting is a mapping whose keys belong to the bot.
    if not isinstance(node.value, dict):
        raise node.source.refuse("should be a mapping of names", field=dotted(path), fix="{} is an empty one")
    return node.raw


def _meant(key: str, known: tuple[str, ...], path: tuple[str | int, ...]) -> str:
    near = nearest(key, known)
    if near:
        return f"did you mean {dotted((*path, near))!r}?"
    elsewhere = [name for name in settings() if name.rpartition(".")[2] == key]
    if len(elsewhere) == 1:
        return f"did you mean {elsewhere[0]!r}?"
    return f"known there: {', '.join(known)}"


def _walk(shape: Shape, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    if shape.kind != "section" or shape.model is None:
        yield path
        return
    for name, member in members(shape.model).items():
        yield from _walk(member, (*path, name))


def _shape(annotation: Any) -> Shape:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _shape(arguments[0])
    if origin in {Union, types.UnionType}:
        kinds = [_shape(part) for part in arguments if part is not type(None)]
        return replace(kinds[0], optional=True) if len(kinds) == 1 else Shape("value")
    if origin in {tuple, list}:
        return Shape("list", item=_shape(arguments[0]))
    if origin is dict or annotation is dict:
        return Shape("free")
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return Shape("section", annotation)
    return Shape("decimal" if annotation is Decimal else "value")
