"""
Settings before they are checked: a tree in which every value still knows where it was written.

The file, line and words are kept for the error that names them, and for `config show`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from ..model.errors import InputError, UsageError, Where
from .scalars import Scalar

Layer = Literal["default", "profile", "environment", "set"]
Path = tuple[str, ...]


@dataclass(frozen=True)
class Source:
    """
    Where a value was written.

    `layer` is the kind of place, `file` and `line` (from 1) the spot in a profile, `text` the
    words as they stood there: a scalar, `SEATRIAL_SOAK__ITERATIONS=24`, `--set a.b=c`.
    """

    layer: Layer
    file: str | None = None
    line: int | None = None
    text: str | None = None

    def document(self) -> dict[str, Any]:
        """Return the source as a record keeps it."""
        return asdict(self)

    @property
    def label(self) -> str:
        """Return the source in a few words, for people."""
        if self.file is None:
            return self.text or self.layer
        return self.file if self.line is None else f"{self.file}:{self.line}"

    def refuse(self, message: str, *, field: str | None = None, fix: str | None = None) -> UsageError:
        """Return the error that names this place."""
        if self.file is None:
            told = f"{message}, from {self.text}" if self.text else message
            return UsageError(told, where=Where(field=field), fix=fix)
        return InputError(message, where=Where(self.file, self.line, field), fix=fix)


DEFAULT = Source("default")


@dataclass(frozen=True)
class Node:
    """A scalar, a list or a mapping, with its source; `text` is the exact words of a scalar."""

    value: "Scalar | list[Node] | dict[str, Node]"
    source: Source
    text: str | None = None

    @property
    def raw(self) -> Any:
        """Return the value without its sources."""
        if isinstance(self.value, dict):
            return {key: child.raw for key, child in self.value.items()}
        if isinstance(self.value, list):
            return [child.raw for child in self.value]
        return self.value


def merge(below: Node, above: Node) -> Node:
    """Return `above` laid over `below`: mappings merge key by key, all else is replaced whole."""
    if not isinstance(below.value, dict) or not isinstance(above.value, dict):
        return above
    merged = dict(below.value)
    for key, child in above.value.items():
        merged[key] = merge(merged[key], child) if key in merged else child
    return Node(merged, above.source)


def leaves(node: Node, path: Path = ()) -> Iterator[tuple[Path, Node]]:
    """Yield every value that is replaced whole: scalars, lists and empty mappings."""
    if not isinstance(node.value, dict) or not node.value:
        yield path, node
        return
    for key, child in node.value.items():
        yield from leaves(child, (*path, key))


def branch(path: Path, leaf: Node) -> Node:
    """Return a tree that holds `leaf` at `path` and nothing else."""
    for key in reversed(path):
        leaf = Node({key: leaf}, leaf.source)
    return leaf


def lookup(node: Node, path: Sequence[str | int]) -> tuple[Node, int]:
    """Return the deepest node on the way along `path`, and how many steps led to it."""
    for depth, step in enumerate(path):
        held = node.value
        if isinstance(held, dict) and step in held:
            node = held[str(step)]
        elif isinstance(held, list) and isinstance(step, int) and step < len(held):
            node = held[step]
        else:
            return node, depth
    return node, len(path)


def dotted(path: Sequence[str | int]) -> str:
    """Return `a.b[2].c` for a path."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return text.removeprefix(".")
