"""
The envelope of the risk limits: what no layer may do, whichever way it comes.

A limit stays within its ceiling because the settings say so themselves (`model.risk`). The ways
around that are closed here, where the layers are known: lifting the ceiling of a production profile
from outside its files, widening there what has no ceiling, and taking a limit away, because no
limit is above every ceiling.
"""

from collections.abc import Sequence
from typing import Any

from ..model.risk import RiskCeilings, RiskSettings
from .tree import Node, Path, dotted, leaves, lookup

CEILINGS = ("risk", "ceilings")


def is_production(below: Node) -> bool:
    """Tell whether a profile's own files call it a production profile."""
    mark, depth = lookup(below, ("production",))
    return depth == 1 and mark.value is True


def keep_ceilings(below: Node, above: Sequence[Node]) -> None:
    """Refuse any word of `above` (environment, `--set`) on the ceilings of a production profile."""
    if not is_production(below):
        return
    for layer in above:
        for path, leaf in leaves(layer):
            if path[:2] == CEILINGS:
                raise leaf.source.refuse(
                    "the ceilings of a production profile come from its files alone",
                    field=dotted(path),
                    fix="change the profile, where somebody reviews it",
                )


def keep_production(files: RiskSettings, risk: RiskSettings, above: Sequence[Node]) -> None:
    """
    Refuse what `above` widens of a production profile's limits (`files`) where there is no ceiling.

    A limit without a ceiling is its own for what comes from outside the files.
    """
    result, tightest = risk.model_dump(), files.tightest(risk).model_dump()
    for layer in reversed(above):
        for path, leaf in leaves(layer):
            # An empty mapping changes nothing.
            speaks = path[0] == "risk" and not isinstance(leaf.value, dict)
            free = speaks and getattr(risk.ceilings, path[-1], None) is None
            if free and _at(result, path) != _at(tightest, path):
                raise leaf.source.refuse(
                    "is wider than in the production profile's files, and has no ceiling",
                    field=dotted(path),
                    fix="give it a ceiling there, or tighten it",
                )


def _at(values: Any, path: Path) -> Any:
    for step in path[1:]:
        values = values[step]
    return values


def keep_limits(risk: RiskSettings, layers: Sequence[Node]) -> None:
    """Refuse a `null` that takes away a limit which a lower layer gave and which has a ceiling."""
    given: dict[Path, Node] = {}
    gone: dict[Path, Node] = {}
    for layer in layers:
        for path, leaf in leaves(layer):
            if path[0] != "risk" or path[:2] == CEILINGS or path[-1] not in RiskCeilings.model_fields:
                continue
            if leaf.value is not None:
                given[path] = leaf
                gone.pop(path, None)
            elif path in given:
                gone[path] = leaf
    for path, leaf in gone.items():
        ceiling = getattr(risk.ceilings, path[-1])
        if ceiling is not None:
            raise leaf.source.refuse(
                f"null would take away the limit of {given[path].text} ({given[path].source.label});"
                f" its ceiling is {ceiling}",
                field=dotted(path),
                fix="leave it, or give a number within the ceiling",
            )
