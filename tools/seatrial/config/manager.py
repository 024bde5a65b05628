"""
The ConfigManager: defaults < profile chain < environment < `--set`, and who said what.

A run is only worth its verdict when its settings are known to the line they came from, so every
value keeps its source and the ones it overrode, and the whole has one hash.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from ..model.profile import Profile
from .envelope import is_production, keep_ceilings, keep_limits, keep_production
from .environment import overrides
from .layers import environment_layers, profile_chain, set_layers
from .locate import Found
from .refusal import refusal
from .shape import plain
from .tree import DEFAULT, Node, Source, leaves, lookup, merge


@dataclass(frozen=True)
class Setting:
    """One value that one layer gave."""

    value: Any
    source: Source


@dataclass(frozen=True)
class Resolved:
    """
    A configuration with everything that is known about it.

    `values` is the whole profile as JSON values (a decimal is its text), `sources` has the place
    of each dotted key, `history` all layers' values of it, lowest first, `sha256` is the hash of
    the canonical values, `found` the profile's file (None: defaults alone).
    """

    profile: Profile
    values: dict[str, Any]
    sources: dict[str, Source]
    sha256: str
    history: dict[str, tuple[Setting, ...]] = field(default_factory=dict)
    found: Found | None = None

    @property
    def sources_document(self) -> dict[str, dict[str, Any]]:
        """Return the sources as a record keeps them, for settings that are not defaults."""
        return {
            key: source.document()
            for key, source in sorted(self.sources.items())
            if source.layer != "default"
        }


class ConfigManager:
    """Resolves profiles; it holds nothing but the environment it was given, so it can be shared."""

    def __init__(self, env: Mapping[str, str] | None = None) -> None:
        self.env = dict(env or {})

    def resolve(
        self,
        profile: str | Path | None = None,
        *,
        sets: Sequence[str] = (),
        env: Mapping[str, str] | None = None,
        allow_env: bool = False,
        seed: int | None = None,
    ) -> Resolved:
        """
        Return the configuration of `profile` (a name or a path; None: the defaults).

        `sets` are `key.path=value` texts, `env` the environment to read (that of this manager
        when None), `seed` the value of `--seed`, which wins over all. Raises InputError or
        UsageError that names file, line, field and the nearest valid key.
        """
        found, chain = (None, ()) if profile is None else profile_chain(str(profile))
        below = _stack(chain)
        held = self.env if env is None else env
        from_env = environment_layers(held, below)
        if from_env and not allow_env:
            _refuse_in_production(below, from_env, held)
        above = (*from_env, *set_layers(sets))
        keep_ceilings(below, above)
        layers = (*chain, *above, *_seed_layer(seed))
        resolved = _resolved(layers, found)
        risk = resolved.profile.risk
        keep_limits(risk, layers)
        if above and is_production(below):
            keep_production(_resolved(chain, found).profile.risk, risk, above)
        return resolved


def fingerprint(values: Mapping[str, Any]) -> str:
    """Return the SHA-256 of resolved values, whatever the order of their keys."""
    import orjson

    return hashlib.sha256(orjson.dumps(values, option=orjson.OPT_SORT_KEYS)).hexdigest()


def flatten(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield (dotted key, value) of everything that a layer replaces whole."""
    for key, value in values.items():
        if isinstance(value, dict) and value:
            yield from flatten(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _resolved(layers: Sequence[Node], found: Found | None) -> Resolved:
    import orjson

    tree = _stack(layers)
    try:
        profile = Profile.model_validate_json(orjson.dumps(plain(tree)), strict=True)
    except ValidationError as error:
        raise refusal(error, tree, layers) from error
    values = profile.model_dump(mode="json")
    history = _history(layers)
    sources, settings = {}, {}
    for key, value in flatten(values):
        leaf, depth = lookup(tree, tuple(key.split(".")))
        # An empty mapping that nobody gave is a default, though its section has a source.
        given = depth == key.count(".") + 1
        sources[key] = leaf.source if given else DEFAULT
        settings[key] = (*history.get(key, ()), Setting(value, sources[key]))
    return Resolved(profile, values, sources, fingerprint(values), settings, found)


def _history(layers: Sequence[Node]) -> dict[str, tuple[Setting, ...]]:
    """Return what each layer but the last one said of each key, the default first."""
    default = dict(flatten(Profile().model_dump(mode="json")))
    told: dict[str, list[Setting]] = {}
    for layer in layers:
        for path, leaf in leaves(layer):
            key = ".".join(path)
            first = [Setting(default[key], DEFAULT)] if key in default else []
            told.setdefault(key, first).append(Setting(leaf.raw, leaf.source))
    return {key: tuple(settings[:-1]) for key, settings in told.items()}


def _stack(layers: Sequence[Node]) -> Node:
    tree = Node({}, DEFAULT)
    for layer in layers:
        tree = merge(tree, layer)
    return tree


def _seed_layer(seed: int | None) -> tuple[Node, ...]:
    if seed is None:
        return ()
    source = Source("set", text=f"--seed {seed}")
    return (Node({"seed": Node(seed, source, str(seed))}, source),)


def _refuse_in_production(below: Node, from_env: Sequence[Node], env: Mapping[str, str]) -> None:
    if not is_production(below):
        return
    mark, _ = lookup(below, ("production",))
    told = [leaf.source.text or "" for layer in from_env for _, leaf in leaves(layer)]
    names = [name for name in overrides(env) if any(text.startswith(f"{name}=") for text in told)]
    raise mark.source.refuse(
        f"a production profile takes no settings from the environment ({', '.join(names)})",
        field="production",
        fix="unset them, or say --allow-env",
    )
