"""What pydantic found wrong, as one line that names the file, the line, the field and the fix."""

from collections.abc import Sequence
from typing import Any

from ..model.errors import UsageError
from .shape import nearest
from .tree import Node, Source, dotted, leaves, lookup

Loc = tuple[str | int, ...]


def refusal(problem: Any, tree: Node, layers: Sequence[Node]) -> UsageError:
    """Return the error for the first thing that `problem` (a ValidationError) tells of `tree`."""
    first = problem.errors(include_url=False)[0]
    loc: Loc = tuple(first["loc"])
    if first["type"] == "value_error":
        message = str(first["msg"]).removeprefix("Value error, ")
        source, extra = _culprit(loc, message, tree, layers)
        return source.refuse(message, field=dotted((*loc, *extra)) or None)
    node, _ = lookup(tree, loc)
    if first["type"] == "missing":
        return node.source.refuse("is missing", field=dotted(loc))
    message = str(first["msg"]).replace("Input should be ", "should be ")
    message = message.replace("Decimal input should be", "should be")
    return node.source.refuse(f"{message}, not {_told(node)}", field=dotted(loc), fix=_fix(first, node))


def _culprit(loc: Loc, message: str, tree: Node, layers: Sequence[Node]) -> tuple[Source, Loc]:
    """Return who last touched a section whose values do not go together."""
    node, depth = lookup(tree, loc)
    if depth == len(loc) and any(isinstance(step, int) for step in loc):
        return node.source, ()
    for layer in reversed(layers):
        here, reached = lookup(layer, loc)
        if reached < len(loc):
            continue
        held = [(path, leaf) for path, leaf in leaves(here) if lookup(tree, (*loc, *path))[0] is leaf]
        named = [(path, leaf) for path, leaf in held if path and path[-1] in message]
        if held:
            path, leaf = (named or held)[-1]
            return leaf.source, path
    return node.source, ()


def _told(node: Node) -> str:
    if isinstance(node.value, dict):
        return "a mapping"
    if isinstance(node.value, list):
        return "a list"
    if node.value is None:
        return "empty"
    return repr(node.value) if isinstance(node.value, str) else str(node.text or node.value)


def _fix(first: dict[str, Any], node: Node) -> str | None:
    percent = _percent(first, node)
    if percent is not None:
        return f"a ratio is between 0 and 1: {percent:g} % is {percent / 100:.6g}"
    if first["type"] == "literal_error":
        known = [word.strip(" '") for word in str(first["ctx"]["expected"]).replace(" or ", ",").split(",")]
        near = nearest(str(node.value), known)
        return f"did you mean {near!r}?" if near else None
    if first["type"] == "string_type" and node.value is not None:
        return f'quote it: "{node.text}"' if node.text else None
    if isinstance(node.value, str) and first["type"] in {"int_type", "float_type", "bool_type"}:
        return {"bool_type": "write true or false"}.get(first["type"], "write a bare number, without quotes")
    return None


def _percent(first: dict[str, Any], node: Node) -> float | None:
    """Return what was meant as a percentage where a ratio belongs, None when nothing was."""
    if not str(first["loc"][-1]).endswith("_ratio") or first["type"] not in {"less_than_equal", "float_type"}:
        return None
    text = str(node.value).strip()
    try:
        percent = float(text.removesuffix("%"))
    except ValueError:
        return None
    return percent if 0 <= percent <= 100 and (percent > 1 or text.endswith("%")) else None
