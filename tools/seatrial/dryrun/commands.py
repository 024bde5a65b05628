"""The `dryrun` commands."""

from typing import Annotated

import typer

from ..console import (
    AllowEnvOption,
    BotOption,
    DataOption,
    FastOption,
    JsonOption,
    OutOption,
    ProfileOption,
    QuietOption,
    SeedOption,
    SetOption,
    StrictOption,
    WindowOption,
    speak,
)

app = typer.Typer(help="Run a bot once against the simulated exchange.", no_args_is_help=True)


@app.callback()
def room() -> None:
    """Run a bot once against the simulated exchange."""


@app.command("run")
def run_(  # noqa: PLR0917 -- one parameter per option
    ctx: typer.Context,
    profile: ProfileOption = None,
    data: DataOption = None,
    seed: SeedOption = None,
    out: OutOption = None,
    iterations: Annotated[int | None, typer.Option(min=1, help="How many iterations (default: 1).")] = None,
    window: WindowOption = None,
    bot: BotOption = None,
    sets: SetOption = None,
    fast: FastOption = None,
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
