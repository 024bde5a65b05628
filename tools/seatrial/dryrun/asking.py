"""What somebody asked for on the command line, as one value, and the configuration it means."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..config.environment import variables
from ..config.manager import ConfigManager, Resolved
from ..model.errors import UsageError
from .duration import seconds

DEFAULT_OUT = Path("artifacts")


@dataclass(frozen=True, kw_only=True)
class Ask:
    """One run as it was asked for; None leaves a thing to the profile."""

    mode: str
    profile: str | None = None
    sets: tuple[str, ...] = ()
    seed: int | None = None
    out: Path | None = None
    data: Path | None = None
    iterations: int | None = None
    window: str | None = None
    bot: str | None = None
    fast: bool | None = None
    strict: bool = False
    allow_env: bool = False
    command: tuple[str, ...] = ()

    @property
    def folder(self) -> Path:
        """Return the folder that holds all records."""
        return self.out or DEFAULT_OUT


def resolve(ask: Ask) -> Resolved:
    """Return the configuration; options of the command win over the profile, `--set` over both."""
    options = tuple(_options(ask))
    if ask.mode == "dryrun":
        count = ask.iterations or 1
        phases = ("soak.warmup_iterations=0", "soak.rampdown_iterations=0", f"soak.iterations={count}")
        return _resolve(ask, (*options, *phases))
    if ask.iterations is None:
        return _resolve(ask, options)
    return _resolve(ask, (*options, *_shortened(ask, options, ask.iterations)))


def words_of(room: str, verb: str, options: Mapping[str, Any]) -> tuple[str, ...]:
    """Return a command as the words that would repeat it, options sorted, defaults left out."""
    words = [room, verb]
    for name, value in sorted(options.items()):
        option = "--" + {"sets": "set"}.get(name, name.replace("_", "-"))
        if isinstance(value, bool):
            words += [option] if value else ["--no-fast"] if name == "fast" else []
        elif isinstance(value, list | tuple):
            words += [word for item in value for word in (option, str(item))]
        elif value is not None:
            words += [option, str(value)]
    return tuple(words)


def _resolve(ask: Ask, options: tuple[str, ...]) -> Resolved:
    return ConfigManager(variables()).resolve(
        ask.profile, sets=(*options, *ask.sets), seed=ask.seed, allow_env=ask.allow_env
    )


def _options(ask: Ask) -> Iterator[str]:
    if ask.data is not None:
        yield "market.feed=dataset"
        yield f"market.data={_quoted(str(ask.data))}"
    if ask.window is not None:
        yield f"soak.window_s={seconds(ask.window)}"
    if ask.bot is not None:
        yield f"bot.entry={_quoted(ask.bot)}"


def _shortened(ask: Ask, options: tuple[str, ...], count: int) -> Iterator[str]:
    """
    Yield what fits a plan into `count` iterations.

    A short trial of a long profile keeps at least one steady iteration; it gives up the ramp-down
    first, then warm-up, unless the profile's own numbers fit.
    """
    soak = _resolve(ask, options).profile.soak
    rampdown = soak.rampdown_iterations if soak.warmup_iterations + soak.rampdown_iterations < count else 0
    yield f"soak.iterations={count}"
    yield f"soak.rampdown_iterations={rampdown}"
    yield f"soak.warmup_iterations={min(soak.warmup_iterations, count - rampdown - 1)}"


def _quoted(text: str) -> str:
    if not text.isprintable():
        raise UsageError(f"{text!r} holds characters that no path or name should have")
    import json

    return json.dumps(text, ensure_ascii=False)
