"""The `market` commands: import, inspect, make and fetch market data."""

from pathlib import Path
from typing import Annotated

import typer

from ..console import JsonOption, QuietOption, speak

app = typer.Typer(help="Import, inspect and make market data.", no_args_is_help=True)

ToOption = Annotated[Path, typer.Option("--to", metavar="DIR", help="New folder for the result.")]
DatasetArgument = Annotated[Path, typer.Argument(metavar="DIR", help="A dataset.")]


@app.command("import")
def import_(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Files, or folders of files.")],
    *,
    to: ToOption,
    format: Annotated[  # noqa: A002
        str | None, typer.Option("--format", metavar="NAME", help="Importer to use (default: recognised).")
    ] = None,
    silence_s: Annotated[
        float, typer.Option("--gap-s", min=0.001, help="A silence longer than this is a gap (seconds).")
    ] = 5.0,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Turn raw market data files into one dataset, and say what is wrong with them."""
    from .console import watching
    from .inspecting import imported

    with watching("import", wanted=not (json or quiet)) as told:
        outcome = imported(paths, to, wanted=format, silence_s=silence_s, told=told)
    speak(outcome, json=json, quiet=quiet)


@app.command()
def info(path: DatasetArgument, json: JsonOption = False, quiet: QuietOption = False) -> None:
    """Say what a dataset holds and how sane it is."""
    from .inspecting import info as told

    speak(told(path), json=json, quiet=quiet)


@app.command()
def coverage(
    path: Annotated[Path, typer.Argument(metavar="FILE|DIR", help="A dataset, or raw files.")],
    grid: Annotated[
        str | None, typer.Option("--grid", help="Count slots of this length, such as 1h.")
    ] = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Say how much of the expected time or bars is there."""
    from .inspecting import coverage as told

    speak(told(path, grid), json=json, quiet=quiet)


@app.command()
def gaps(path: DatasetArgument, json: JsonOption = False, quiet: QuietOption = False) -> None:
    """List the stretches of time in which nothing was recorded."""
    from .inspecting import gaps as told

    speak(told(path), json=json, quiet=quiet)


@app.command()
def fetch(
    venue: Annotated[str, typer.Argument(help="Such as binance-futures or bybit.")],
    symbol: Annotated[str, typer.Argument(help="Such as BTCUSDT.")],
    day: Annotated[str, typer.Argument(help="UTC day, such as 2024-03-30.")],
    *,
    to: ToOption,
    kind: Annotated[
        str, typer.Option("--kind", help="Such as trades, aggTrades, bookTicker, ob500.")
    ] = "trades",
    base_url: Annotated[str | None, typer.Option("--base-url", help="A mirror of the archive.")] = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Get one day from a venue's public archive, checksums verified, resumable."""
    from .fetch import Wanted
    from .fetch import fetch as get

    wanted = Wanted(venue=venue, symbol=symbol, day=day, kind=kind, to=to, base_url=base_url)
    speak(get(wanted), json=json, quiet=quiet)
