"""`config show`: every setting with its value, the place it comes from and what it overrode."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..model.errors import UsageError
from ..model.outcome import Outcome
from .manager import ConfigManager, Resolved, Setting, flatten
from .scalars import text_of

WIDEST_KEY, WIDEST_VALUE = 40, 32


@dataclass(frozen=True)
class Ask:
    """What a person asks to be resolved; `name` and `option` are two ways to say the profile."""

    name: str | None = None
    option: str | None = None
    sets: Sequence[str] = ()
    seed: int | None = None
    allow_env: bool = False
    env: Mapping[str, str] = field(default_factory=dict)

    def resolve(self) -> Resolved:
        """Return the configuration that was asked for."""
        if self.name and self.option and self.name != self.option:
            raise UsageError(f"two profiles are named: {self.name} and {self.option}", fix="name one")
        return ConfigManager(self.env).resolve(
            self.name or self.option, sets=self.sets, seed=self.seed, allow_env=self.allow_env
        )


def show(ask: Ask, *, changed: bool = False) -> Outcome:
    """Return the resolved settings, sorted; with `changed` only those that are not defaults."""
    resolved = ask.resolve()
    keys = [
        key for key in sorted(resolved.sources) if not changed or resolved.sources[key].layer != "default"
    ]
    values = dict(flatten(resolved.values))
    overridden = {
        key: [{"value": old.value, **old.source.document()} for old in resolved.history[key][:-1]]
        for key in sorted(resolved.history)
        if len(resolved.history[key]) > 1
    }
    data = {
        **identity(resolved),
        "values": resolved.values,
        "sources": {key: resolved.sources[key].document() for key in keys},
        "overridden": overridden,
    }
    lines = [line for key in keys for line in _rows(key, values[key], resolved.history[key])]
    return Outcome("config.show", data=data, lines=(*lines, headline(resolved)))


def identity(resolved: Resolved) -> dict[str, Any]:
    """Return which profile this is: name, file, whether it came with the suite, hash."""
    found = resolved.found
    return {
        "profile": resolved.profile.name,
        "file": found.label if found else None,
        "built_in": bool(found and found.built_in),
        "sha256": resolved.sha256,
    }


def headline(resolved: Resolved) -> str:
    """Return the profile in one line."""
    found = resolved.found
    place = "no profile" if found is None else f"{found.label}{' (built in)' if found.built_in else ''}"
    return f"profile {resolved.profile.name}, {place}, sha256 {resolved.sha256}"


def worded(value: Any) -> str:
    """Return a value for people: texts bare, lists and mappings on one line without their nulls."""
    return value if isinstance(value, str) and value else text_of(without_nulls(value))


def without_nulls(value: Any) -> Any:
    """Return the value with the keys left out, at any depth, that hold nothing."""
    if isinstance(value, dict):
        return {key: without_nulls(held) for key, held in value.items() if held is not None}
    return [without_nulls(item) for item in value] if isinstance(value, list) else value


def _rows(key: str, value: Any, history: Sequence[Setting]) -> Iterator[str]:
    """Yield the line of a setting, and one for each item of a list."""
    over = ", ".join(f"{_short(old.value)} {old.source.label}" for old in reversed(history[:-1]))
    told = f"{key:<{WIDEST_KEY}} {_short(value):<{WIDEST_VALUE}} {history[-1].source.label}"
    yield f"{told}  (over {over})" if over else told
    yield from (f"  - {worded(item)}" for item in (value if isinstance(value, list) else ()))


def _short(value: Any) -> str:
    if isinstance(value, list):
        return f"{len(value)} items"
    text = worded(value)
    return text if len(text) <= WIDEST_VALUE else f"{text[: WIDEST_VALUE - 3]}..."
