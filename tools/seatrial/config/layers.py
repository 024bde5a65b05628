"""
The layers of a configuration, each as a tree that knows its sources.

The profile chain, the environment and `--set`, lowest first; each is checked for unknown keys by
itself, so that a typo is told with the line it stands in even when a higher layer hides it.
"""

import os.path
from collections.abc import Mapping, Sequence

from ..model.errors import UsageError
from . import locate
from .environment import OLD_PREFIX, PREFIX, overrides
from .locate import Found
from .scalars import scalar_of
from .shape import members, nearest, plain, root, settings
from .tree import Node, Source, branch
from .yaml_file import parse, read_profile

LONGEST_CHAIN = 16


def profile_chain(name: str) -> tuple[Found, tuple[Node, ...]]:
    """Return the profile's file and its layers, the oldest ancestor first."""
    found = first = locate.find(name, asked_by=Source("set", text=f"--profile {name}"))
    chain: list[Found] = []
    layers: list[Node] = []
    while True:
        chain.append(found)
        layer, parent = _profile_layer(found)
        layers.append(layer)
        if parent is None:
            return first, tuple(reversed(layers))
        found = _parent(parent, chain)


def environment_layers(env: Mapping[str, str], below: Node) -> tuple[Node, ...]:
    """Return one layer per variable; `below` is the profile, whose free-form keys keep their case."""
    layers = []
    for name, text in overrides(env).items():
        path = _path_of_variable(name, below)
        if path is not None:
            source = Source("environment", text=f"{name}={text}")
            layers.append(_checked(branch(path, _value(text, source, ".".join(path)))))
    return tuple(layers)


def set_layers(sets: Sequence[str]) -> tuple[Node, ...]:
    """Return one layer per `key.path=value`."""
    layers = []
    for text in sets:
        key, equals, value = text.partition("=")
        source = Source("set", text=f"--set {text}")
        path = tuple(part.strip() for part in key.split("."))
        if not equals or not all(path):
            raise UsageError(f"--set {text!r} is not KEY=VALUE", fix="for example --set soak.iterations=24")
        layers.append(_checked(branch(path, _value(value, source, ".".join(path)))))
    return tuple(layers)


def _profile_layer(found: Found) -> tuple[Node, Node | None]:
    tree = read_profile(found.path, found.label)
    held = dict(tree.value) if isinstance(tree.value, dict) else {}
    parent = held.pop("extends", None)
    # Name and description are a file's own: inherited, they would speak of the parent.
    for key, text in (("name", found.name), ("description", "")):
        held.setdefault(key, Node(text, Source("profile", found.label, None, text), text))
    return _checked(Node(held, tree.source)), parent


def _parent(extends: Node, chain: Sequence[Found]) -> Found:
    name, child = extends.value, chain[-1]
    if not isinstance(name, str):
        raise extends.source.refuse(
            "should name one profile", field="extends", fix="for example `extends: demo`"
        )
    found = locate.find(name, asked_by=extends.source, beside=child)
    seen = [os.path.realpath(other.path) for other in chain]
    here = os.path.realpath(found.path)
    if here in seen:
        circle = [*(other.label for other in chain[seen.index(here) :]), found.label]
        raise extends.source.refuse(
            f"goes in a circle: {' -> '.join(circle)}",
            field="extends",
            fix="one of them must not extend another",
        )
    if len(chain) >= LONGEST_CHAIN:
        raise extends.source.refuse(f"the chain is longer than {LONGEST_CHAIN} profiles", field="extends")
    if not locate.is_file(found.path):
        raise extends.source.refuse(f"there is no file {found.label}", field="extends", fix="check the path")
    return found


def _checked(layer: Node) -> Node:
    plain(layer)
    return layer


def _value(text: str, source: Source, field: str) -> Node:
    """Read a value as a profile would: `[`, `{` and quotes open YAML, all else is one bare word."""
    text = text.strip()
    if text.startswith(("[", "{", '"', "'")):
        node = parse(text, source)
        if node is not None:
            return node
    try:
        text.encode()
        return Node(scalar_of(text), source, text)
    except UnicodeEncodeError as error:
        raise source.refuse("is not UTF-8 text", field=field) from error
    except ValueError as error:
        raise source.refuse(str(error), field=field, fix="quote it if it is a text") from error


def _path_of_variable(name: str, below: Node) -> tuple[str, ...] | None:
    """Return the setting that a variable means; None for a stranger's `SOAK_...`."""
    old = not name.startswith(PREFIX)
    prefix = OLD_PREFIX if old else PREFIX
    words = name.removeprefix(prefix).lower().split("__")
    spelt = _spelling(("soak", *words) if old else tuple(words), below)
    if spelt is not None:
        return spelt
    keys = [key.removeprefix("soak.") for key in settings() if key.startswith("soak.")] if old else settings()
    # The prefix is left out, or every name would be alike.
    near = nearest(name.removeprefix(prefix), [key.replace(".", "__").upper() for key in keys])
    if near is None and old:
        # Other programs have SOAK_ variables too; only one that is nearly ours is taken for a typo.
        return None
    fix = f"did you mean {prefix}{near}?" if near else "`seatrial config show` lists the settings"
    raise UsageError(f"the environment variable {name} is not a setting", fix=fix)


def _spelling(path: tuple[str, ...], below: Node) -> tuple[str, ...] | None:
    """Return the path as a profile spells it: a variable's name has lost the case of free-form keys."""
    shape, node = root(), below
    spelt: list[str] = []
    for word in path:
        held = node.value if isinstance(node.value, dict) else {}
        known = members(shape.model) if shape.model else {}
        if word in known:
            shape, key = known[word], word
        elif shape.kind == "free" and word:
            key = next((own for own in held if own.lower() == word), word)
        else:
            return None
        spelt.append(key)
        node = held.get(key, Node(None, below.source))
    return tuple(spelt)
