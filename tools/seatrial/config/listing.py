"""`config profiles` and `config validate`: which profiles there are, and whether they hold."""

from collections.abc import Mapping, Sequence
from typing import Any

from ..model.errors import UsageError
from ..model.outcome import Outcome
from . import locate
from .locate import Found
from .manager import ConfigManager
from .show import headline, identity
from .yaml_file import read_profile


def profiles() -> Outcome:
    """Return every profile that a name can reach; a broken one is listed with its error."""
    rows = [_described(found) for found in locate.every()]
    lines = [f"{row['name']:<14} {row['error'] or row['description'] or '-'}" for row in rows]
    places = f"{len(rows)} profiles; your own ./profiles win over the built-in ones"
    return Outcome("config.profiles", data={"profiles": rows}, lines=(*lines, places))


def validate(
    names: Sequence[str], *, sets: Sequence[str] = (), env: Mapping[str, str] | None = None
) -> Outcome:
    """
    Resolve each profile, all of them when none is named; the first error is raised.

    The environment of a run is not part of a profile, so it only counts when it is passed in.
    """
    wanted = list(names) or [found.name for found in locate.every()]
    manager = ConfigManager(env)
    checked = [manager.resolve(name, sets=sets) for name in wanted]
    lines = [f"ok: {headline(resolved)}" for resolved in checked]
    data = {"profiles": [identity(resolved) for resolved in checked]}
    return Outcome("config.validate", data=data, lines=(*lines, f"{len(checked)} profiles are valid"))


def _described(found: Found) -> dict[str, Any]:
    row: dict[str, Any] = {"name": found.name, "file": found.label, "built_in": found.built_in}
    try:
        tree = read_profile(found.path, found.label).raw
        resolved = ConfigManager().resolve(found.name)
    except UsageError as error:
        return {**row, "description": "", "extends": None, "production": None, "error": error.line}
    return {
        **row,
        "description": " ".join(resolved.profile.description.split()),
        "extends": tree.get("extends"),
        "production": resolved.profile.production,
        "error": None,
    }
