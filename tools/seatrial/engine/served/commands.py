"""The `exchange` commands."""

from typing import Annotated

import typer

from ...console import (
    AllowEnvOption,
    DataOption,
    FastOption,
    JsonOption,
    OutOption,
    ProfileOption,
    QuietOption,
    SeedOption,
    SetOption,
    WindowOption,
    speak,
)

app = typer.Typer(help="Serve the simulated exchange to any bot that speaks Bybit v5.", no_args_is_help=True)


@app.callback()
def room() -> None:
    """Serve the simulated exchange to any bot that speaks Bybit v5."""


@app.command("serve")
def serve_(  # noqa: PLR0917 -- one parameter per option
    ctx: typer.Context,
    data: DataOption = None,
    profile: ProfileOption = None,
    host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Port; 0 takes a free one.")] = 0,
    speed: Annotated[
        float, typer.Option("--speed", min=0, max=1000, help="Times real time; 0 is stepped by control.")
    ] = 1.0,
    api_key: Annotated[
        str, typer.Option("--api-key", metavar="K", help="Key of the account; none lets nobody trade.")
    ] = "",
    api_secret: Annotated[str, typer.Option("--api-secret", metavar="S", help="Its secret.")] = "",
    tls: Annotated[
        bool, typer.Option("--tls", help="Serve https and wss by a throw-away authority.")
    ] = False,
    seed: SeedOption = None,
    out: OutOption = None,
    window: WindowOption = None,
    sets: SetOption = None,
    fast: FastOption = None,
    allow_env: AllowEnvOption = False,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Serve until SIGTERM or Ctrl-C; the first line on stdout says where, the record is sealed at the end."""
    from ...dryrun.asking import Ask, words_of
    from ...dryrun.service import Service, serve

    told = {name: value for name, value in ctx.params.items() if name not in {"api_key", "api_secret"}}
    ask = Ask(
        mode="exchange",
        profile=profile,
        sets=tuple(sets or ()),
        seed=seed,
        out=out,
        data=data,
        window=window,
        bot="external",
        fast=fast,
        allow_env=allow_env,
        command=words_of("exchange", "serve", told),
    )
    service = Service(host=host, port=port, speed=speed, api_key=api_key, api_secret=api_secret, tls=tls)
    speak(serve(ask, service, ready=typer.echo), json=json, quiet=quiet)
