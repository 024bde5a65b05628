"""The `dryrun` commands."""

from pathlib import Path
from typing import Annotated

import typer

from ..console import (
    AllowEnvOption,
    JsonOption,
    OutOption,
    QuietOption,
    SeedOption,
    SetOption,
    StrictOption,
    speak,
)

app = typer.Typer(help="Run a bot once against the simulated exchange.", no_args_is_help=True)


@app.callback()
def room() -> None:
    """Run a bot once against the simulated exchange."""


@app.command("run")
def run_(  # noqa: PLR0917 -- one parameter per option
    ctx: typer.Context,
    profile: Annotated[
        str | None, typer.Option("--profile", metavar="NAME|PATH", help="Profile: a name or a file.")
    ] = None,
    data: Annotated[
        Path | None, typer.Option("--data", help="Dataset folder, or raw files to import first.")
    ] = None,
    seed: SeedOption = None,
    out: OutOption = None,
    iterations: Annotated[int | None, typer.Option(min=1, help="How many iterations (default: 1).")] = None,
    window: Annotated[
        str | None, typer.Option(metavar="LENGTH", help="Length of one in market time: 60s, 5m, 1h.")
    ] = None,
    bot: Annotated[str | None, typer.Option(metavar="NAME|MODULE:ATTR", help="The bot to try.")] = None,
    sets: SetOption = None,
    fast: Annotated[
        bool | None,
        typer.Option("--fast/--no-fast", help="Compile the hot loop, or interpret it."),
    ] = None,
    allow_env: AllowEnvOption = False,
    json: JsonOption = False,
    quiet: QuietOption = False,
    strict: StrictOption = False,
) -> None:
    """Run a bot against the simulated exchange; exit 0 pass, 1 fail, 3 unknown."""
    from .asking import Ask, words_of
    from .run import run

    ask = Ask(
        mode="dryrun",
        profile=profile,
        sets=tuple(sets or ()),
        seed=seed,
        out=out,
        data=data,
        iterations=iterations,
        window=window,
        bot=bot,
        fast=fast,
        strict=strict,
        allow_env=allow_env,
        command=words_of("dryrun", "run", ctx.params),
    )
    speak(run(ask), json=json, quiet=quiet, strict=strict)
