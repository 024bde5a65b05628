"""
The forms of a secrets file: YAML, JSON and dotenv, read and rewritten.

Errors name the line and never what stands in it, and no reader's own message is passed on, because
readers like to quote. Values are texts: a key that looks like a number stays what was written.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import yaml

from ...model.errors import InputError, UsageError, Where

_PARTS = ("value", "rotated", "previous")
_ASSIGNMENT = re.compile(r"\s*(?:export\s+)?(?P<name>[A-Za-z_][A-Za-z0-9_]*)\s*=\s*(?P<rest>.*?)\s*")
_DOUBLE = re.compile(r'"((?:[^"\\]|\\.)*)"\s*(?:#.*)?')
_SINGLE = re.compile(r"'([^']*)'\s*(?:#.*)?")
_UNESCAPED = {"n": "\n", "r": "\r", "t": "\t"}


@dataclass(frozen=True)
class Entry:
    """One value, when it was rotated as an ISO time, and the value before it."""

    value: str
    rotated: str | None = None
    previous: str | None = None


class Form(Protocol):
    """One kind of file."""

    def entries(self, text: str, file: str) -> dict[str, Entry]:
        """Return every entry of the text; `file` is for errors."""

    def replaced(self, text: str, name: str, entry: Entry) -> str:
        """Return the text with one entry replaced or added."""


def form_of(path: Path) -> Form:
    """Return the form that a file's name says it has."""
    suffix = path.suffix.lower()
    if suffix in {".yaml", ".yml"}:
        return YamlForm()
    if suffix == ".json":
        return JsonForm()
    if suffix == ".env" or path.name.startswith(".env"):
        return DotenvForm()
    raise UsageError(
        "names a value in a file of unknown form", where=Where(str(path)), fix="use .yaml, .json or .env"
    )


class YamlForm:
    """`name: value`, or `name: {value, rotated, previous}`; comments are lost when it is rewritten."""

    def entries(self, text: str, file: str) -> dict[str, Entry]:
        """Return every entry, each scalar as it was written."""
        return _entries(self._tree(text, file), file)

    def replaced(self, text: str, name: str, entry: Entry) -> str:
        """Return the whole mapping written anew."""
        held = {**(self._tree(text, "") if text.strip() else {}), name: _mapping(entry)}
        return str(yaml.safe_dump(held, sort_keys=False, allow_unicode=True))

    def _tree(self, text: str, file: str) -> dict[str, Any]:
        try:
            # Nodes and not objects: a key given twice shows, and nothing is taken for a number.
            root = yaml.compose(text, Loader=yaml.SafeLoader)
            return {} if root is None else _yaml_mapping(root, file)
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else None
        except (yaml.YAMLError, RecursionError):
            line = None
        raise InputError("is not valid YAML", where=Where(file, line), fix="quote values in single quotes")


class JsonForm:
    """The same as a JSON object."""

    def entries(self, text: str, file: str) -> dict[str, Entry]:
        """Return every entry."""
        return _entries(self._tree(text, file), file)

    def replaced(self, text: str, name: str, entry: Entry) -> str:
        """Return the whole object written anew."""
        held = {**(self._tree(text, "") if text.strip() else {}), name: _mapping(entry)}
        return json.dumps(held, indent=2, ensure_ascii=False) + "\n"

    def _tree(self, text: str, file: str) -> dict[str, Any]:
        try:
            held = json.loads(
                text, object_pairs_hook=lambda pairs: _once(pairs, file), parse_int=str, parse_float=str
            )
        except json.JSONDecodeError as error:
            where = Where(file, error.lineno)
            raise InputError("is not valid JSON", where=where, fix="check commas and quotes") from None
        except RecursionError:
            raise InputError("is nested too deeply", where=Where(file)) from None
        if not isinstance(held, dict):
            raise InputError("is not an object of names", where=Where(file), fix='write {"api_key": "..."}')
        return held


class DotenvForm:
    """`NAME=value` lines; `NAME_ROTATED` and `NAME_PREVIOUS` hold the rest of an entry."""

    def entries(self, text: str, file: str) -> dict[str, Entry]:
        """Return every variable as an entry."""
        held: dict[str, str] = {}
        for number, line in enumerate(text.splitlines(), 1):
            if not line.strip() or line.lstrip().startswith("#"):
                continue
            found = _ASSIGNMENT.fullmatch(line)
            value = _unquoted(found["rest"]) if found else None
            if found is None or value is None:
                raise InputError("is not NAME=value", where=Where(file, number), fix="quote the value")
            if found["name"] in held:
                raise InputError(
                    f"{found['name']} is given twice", where=Where(file, number), fix="keep one of them"
                )
            held[found["name"]] = value
        return {
            name: Entry(value, held.get(f"{name}_ROTATED"), held.get(f"{name}_PREVIOUS"))
            for name, value in held.items()
        }

    def replaced(self, text: str, name: str, entry: Entry) -> str:
        """Return the text with the entry's lines replaced in place, others as they were."""
        wanted = {name: entry.value, f"{name}_ROTATED": entry.rotated, f"{name}_PREVIOUS": entry.previous}
        new = {key: f"{key}={_quoted(value)}" for key, value in wanted.items() if value is not None}
        lines = []
        for line in text.splitlines():
            found = _ASSIGNMENT.fullmatch(line)
            if found is None or found["name"] not in wanted:
                lines.append(line)
            elif found["name"] in new:
                lines.append(new.pop(found["name"]))
        return "\n".join((*lines, *new.values())) + "\n"


def _mapping(entry: Entry) -> dict[str, str]:
    parts = zip(_PARTS, (entry.value, entry.rotated, entry.previous), strict=True)
    return {key: value for key, value in parts if value is not None}


def _entries(tree: Mapping[str, Any], file: str) -> dict[str, Entry]:
    entries = {}
    for name, held in tree.items():
        if isinstance(held, str):
            entries[name] = Entry(held)
        elif isinstance(held, dict) and isinstance(held.get("value"), str) and held.keys() <= set(_PARTS):
            entries[name] = Entry(held["value"], held.get("rotated"), held.get("previous"))
        else:
            raise InputError(
                "is neither a text nor {value, rotated, previous}",
                where=Where(file, field=name),
                fix="quote it",
            )
    return entries


def _yaml_mapping(node: yaml.Node, file: str) -> dict[str, Any]:
    if not isinstance(node, yaml.MappingNode):
        where = Where(file, node.start_mark.line + 1)
        raise InputError("is not a mapping of names", where=where, fix="write `api_key: '...'`")
    pairs = []
    for key, value in node.value:
        inner = _yaml_mapping(value, file) if isinstance(value, yaml.MappingNode) else _scalar(value, file)
        pairs.append((_scalar(key, file), inner))
    return _once(pairs, file)


def _scalar(node: yaml.Node, file: str) -> str:
    if not isinstance(node, yaml.ScalarNode):
        raise InputError("is not a text", where=Where(file, node.start_mark.line + 1), fix="quote it")
    return str(node.value)


def _once(pairs: list[tuple[str, Any]], file: str) -> dict[str, Any]:
    held = dict(pairs)
    if len(held) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise InputError("is given twice", where=Where(file, field=twice), fix="keep one of them")
    return held


def _unquoted(rest: str) -> str | None:
    if rest.startswith('"'):
        found = _DOUBLE.fullmatch(rest)
        return None if found is None else re.sub(r"\\(.)", lambda m: _UNESCAPED.get(m[1], m[1]), found[1])
    if rest.startswith("'"):
        found = _SINGLE.fullmatch(rest)
        return None if found is None else found[1]
    return re.split(r"\s+#", rest, maxsplit=1)[0]


def _quoted(value: str) -> str:
    escaped = re.sub(r'(["\\$`])', r"\\\1", value)
    for char, letter in (("\n", "n"), ("\r", "r"), ("\t", "t")):
        escaped = escaped.replace(char, f"\\{letter}")
    return f'"{escaped}"'
