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
def synth(
    *,
    like: Annotated[
        Path | None,
        typer.Option("--from", metavar="DATASET", help="Be like this recording."),
    ] = None,
    calibration: Annotated[str, typer.Option(help="Without --from: a packaged one, or a file.")] = "demo",
    to: Annotated[
        Path | None, typer.Option("--to", metavar="DIR", help="New folder for the dataset.")
    ] = None,
    save: Annotated[Path | None, typer.Option(metavar="FILE", help="Keep the calibration as JSON.")] = None,
    hours: Annotated[float, typer.Option(min=0.001, help="Market hours to make.")] = 24.0,
    seed: Annotated[int, typer.Option(min=0, help="Source of every random draw.")] = 7,
    symbol: Annotated[str | None, typer.Option(help="Instrument of the recording.")] = None,
    name: Annotated[str | None, typer.Option(help="Name of the new calibration.")] = None,
    description: Annotated[str, typer.Option(help="What the new calibration is for.")] = "",
    time_factor: Annotated[int, typer.Option(min=1, help="Let the recording run this much faster.")] = 1,
    lot_factor: Annotated[int, typer.Option(min=1, help="Lots of the recording in one lot.")] = 1,
    contract: Annotated[str | None, typer.Option(help="Make it spot, linear or inverse.")] = None,
    rows_per_s: Annotated[float, typer.Option(min=0.1, help="Bound on rows of the book a second.")] = 60.0,
    touch_share: Annotated[
        float, typer.Option(min=0.01, max=1.0, help="Share of the touch's changes to keep.")
    ] = 1.0,
    levels: Annotated[int, typer.Option(min=8, max=40, help="Bound on levels of each side.")] = 20,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Make a seeded synthetic market like a recorded one, and say how like it is."""
    from .calibration_tables import Density
    from .synth_make import Synthesis, contract_of, make

    wanted = Synthesis(
        seed=seed,
        hours=hours,
        to=to,
        save=save,
        like=like,
        symbol=symbol,
        calibration=calibration,
        name=name,
        description=description,
        time_factor=time_factor,
        lot_factor=lot_factor,
        contract=contract_of(contract),
        density=Density(rows_per_s, touch_share, levels),
    )
    speak(make(wanted), json=json, quiet=quiet)


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
