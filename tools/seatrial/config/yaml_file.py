"""
A profile file, read as a tree that knows its lines.

YAML by the 1.2 core schema; a key given twice, a stray tab, a second document or a tag is an
error with its line, never a silent choice. Everything is bounded: a profile is a page or two.
"""

import stat
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from ..model.errors import InputError, UsageError, Where
from .scalars import scalar_of
from .tree import Node, Source, dotted

LARGEST_BYTES = 1 << 20
LARGEST_NODES = 20_000
DEEPEST = 32
ODD = "\t!&*?%|>"
FAST_BYTES, FAST_BRACKETS, FAST_LINE = 1 << 16, 400, 300
_PLAIN, _QUOTED, _BRANCH = "plain", "quoted", "branch"
_TEXT_TAG = "tag:yaml.org,2002:str"


def read_profile(path: Path, label: str) -> Node:
    """Return the mapping in the file; every error is an InputError that names `label` and a line."""
    text = _text_of_file(path, label)
    node = parse(text, Source("profile", label))
    if node is None or node.value is None or node.value == {}:
        raise InputError("is empty", where=Where(label), fix="a profile needs at least one setting")
    if not isinstance(node.value, dict):
        raise node.source.refuse(
            "is not a mapping of settings", fix="write `section:` lines with `key: value` below them"
        )
    return node


def parse(text: str, place: Source) -> Node | None:
    """Return the tree of a YAML text, None when there is nothing in it."""
    try:
        root = _composed(text)
        return None if root is None else _Reading(place).node(root, (), 0)
    except yaml.MarkedYAMLError as error:
        raise _syntax_error(error, place) from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise _at(place, line).refuse(
            f"is not text: character number {ord(str(error.character)[:1] or '?')} cannot stand in a profile"
        ) from error
    except RecursionError as error:
        raise place.refuse(f"is nested deeper than {DEEPEST} levels") from error


def _text_of_file(path: Path, label: str) -> str:
    where = Where(label)
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise InputError("is a folder, not a profile", where=where, fix="name a .yaml file")
        if not stat.S_ISREG(mode):
            raise InputError("is not a regular file", where=where, fix="name a .yaml file")
        with path.open("rb") as file:
            data = file.read(LARGEST_BYTES + 1)
    except FileNotFoundError as error:
        raise InputError(
            "there is no such file", where=where, fix="`config profiles` lists what there is"
        ) from error
    except (OSError, ValueError) as error:
        told = getattr(error, "strerror", None) or error
        raise InputError(
            f"cannot be read: {told}", where=where, fix="check its path and permissions"
        ) from error
    if len(data) > LARGEST_BYTES:
        raise InputError(f"is larger than {LARGEST_BYTES} bytes", where=where, fix="is it a profile?")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError(
            f"is not UTF-8 text (byte {error.start})", where=Where(label, line), fix="is it a profile?"
        ) from error


def _composed(text: str) -> yaml.Node | None:
    """
    Return the nodes of a text, read by libyaml where that is there and safe.

    It is forty times quicker, but overflows the stack on deep nesting, so only a text of short
    lines and few brackets goes there; errors are always told by the Python reader.
    """
    if _FAST is not None and _is_plain(text):
        with suppress(yaml.YAMLError):
            root: yaml.Node | None = _FAST(text).get_single_node()
            return root
    return _Composer(text).get_single_node()


def _is_plain(text: str) -> bool:
    # The two readers differ on tabs, empty tags, explicit keys and block scalars.
    if any(char in text for char in ODD):
        return False
    brackets = text.count("[") + text.count("{")
    longest = max(map(len, text.splitlines()), default=0)
    return len(text) <= FAST_BYTES and brackets <= FAST_BRACKETS and longest <= FAST_LINE


class _Untyped:
    """PyYAML's own idea of types switched off; `scalar_of` decides them."""

    def resolve(self, kind: type[yaml.Node], value: object, implicit: object) -> str:
        """Tell plain from quoted scalars; an explicit tag never comes here and stays what it is."""
        if kind is not yaml.ScalarNode:
            return _BRANCH
        return _PLAIN if isinstance(implicit, tuple) and implicit[0] else _QUOTED


class _Composer(_Untyped, yaml.SafeLoader):
    """The reader in Python: slower, bounded, and the one whose errors people see."""


_FAST: Any = type("_FastComposer", (_Untyped, yaml.CSafeLoader), {}) if yaml.__with_libyaml__ else None


class _Reading:
    """One pass over the composed nodes, with its budget."""

    def __init__(self, place: Source) -> None:
        self.place = place
        self.budget = LARGEST_NODES

    def node(self, node: yaml.Node, path: tuple[str | int, ...], depth: int) -> Node:
        self.budget -= 1
        source = _at(self.place, node.start_mark.line + 1)
        if depth > DEEPEST or self.budget < 0:
            told = (
                f"deeper than {DEEPEST} levels" if depth > DEEPEST else f"larger than {LARGEST_NODES} values"
            )
            raise source.refuse(f"is nested {told}", field=dotted(path) or None)
        if isinstance(node, yaml.MappingNode) and node.tag == _BRANCH:
            return Node(self._mapping(node, path, depth), source)
        if isinstance(node, yaml.SequenceNode) and node.tag == _BRANCH:
            items = [self.node(item, (*path, index), depth + 1) for index, item in enumerate(node.value)]
            return Node(items, source)
        return self._scalar(node, path, source)

    def _mapping(self, node: yaml.MappingNode, path: tuple[str | int, ...], depth: int) -> dict[str, Node]:
        held: dict[str, Node] = {}
        lines: dict[str, int] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            key = self._key(key_node, path)
            if key in held:
                raise _at(self.place, line).refuse(
                    f"is given twice, first in line {lines[key]}",
                    field=dotted((*path, key)),
                    fix="keep one of them",
                )
            child = self.node(value_node, (*path, key), depth + 1)
            # The mark of an empty value or a block list is further down; a setting is where its key is.
            held[key] = replace(child, source=_at(child.source, line))
            lines[key] = line
        return held

    def _key(self, node: yaml.Node, path: tuple[str | int, ...]) -> str:
        source = _at(self.place, node.start_mark.line + 1)
        if not isinstance(node, yaml.ScalarNode) or node.tag not in {_PLAIN, _QUOTED, _TEXT_TAG}:
            raise source.refuse("a key must be a word", field=dotted(path) or None)
        if not node.value or "." in node.value:
            raise source.refuse(
                f"the key {node.value!r} must be a word without dots",
                field=dotted(path) or None,
                fix="nest it instead",
            )
        return str(node.value)

    def _scalar(self, node: yaml.Node, path: tuple[str | int, ...], source: Source) -> Node:
        field = dotted(path) or None
        if not isinstance(node, yaml.ScalarNode) or node.tag not in {_PLAIN, _QUOTED, _TEXT_TAG}:
            name = node.tag.replace("tag:yaml.org,2002:", "!!")
            raise source.refuse(f"the tag {name} means nothing here", field=field, fix="remove the tag")
        text = str(node.value)
        if not path and not text and node.tag == _PLAIN:
            # The two readers disagree on where nothing stands: an empty document is line 1.
            source = _at(source, 1)
        if self.place.layer == "profile":
            source = Source(source.layer, source.file, source.line, text)
        if node.tag != _PLAIN:
            return Node(text, source, text)
        try:
            return Node(scalar_of(text), source, text)
        except ValueError as error:
            raise source.refuse(str(error), field=field, fix="quote it if it is a text") from error


def _at(place: Source, line: int) -> Source:
    return replace(place, line=line if place.file is not None else None)


def _syntax_error(error: yaml.MarkedYAMLError, place: Source) -> UsageError:
    mark = error.problem_mark or error.context_mark
    problem = error.problem or "is not YAML"
    fix = None
    if "'\\t'" in problem:
        problem, fix = "a tab stands where YAML wants spaces", "indent with spaces"
    elif "single document" in (error.context or ""):
        problem, fix = "holds more than one document", "remove the second `---`"
    source = place if mark is None else _at(place, mark.line + 1)
    return source.refuse(f"is not valid YAML: {problem}", fix=fix)
