"""The `edge` commands: where the edge goes, and when it goes."""

from pathlib import Path
from typing import Annotated

import typer

from ..console import JsonOption, QuietOption, StrictOption, speak

app = typer.Typer(help="Find where the edge goes, and when.", no_args_is_help=True)

RecordArgument = Annotated[
    Path | None, typer.Argument(metavar="[RECORD]", help="A record's folder, or `latest`; or give files.")
]
FillsOption = Annotated[Path | None, typer.Option("--fills", help="A file of own trades: CSV or JSON lines.")]
QuotesOption = Annotated[Path | None, typer.Option("--quotes", help="A file of quotes for --fills.")]
HorizonOption = Annotated[
    str,
    typer.Option("--horizon", metavar="LENGTH", help="How long after a fill adverse selection is measured."),
]
StaleOption = Annotated[
    str, typer.Option("--stale", metavar="LENGTH", help="A quote older than this is missing (files only).")
]
BaselineOption = Annotated[
    Path | None, typer.Option("--baseline", help="A record to explain the change against.")
]


@app.command("audit")
def audit_(
    record: RecordArgument = None,
    *,
    fills: FillsOption = None,
    quotes: QuotesOption = None,
    horizon: HorizonOption = "5s",
    stale: StaleOption = "5s",
    baseline: BaselineOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
    strict: StrictOption = False,
) -> None:
    """Account for every basis point, by symbol, hour, regime, side and order age."""
    from ..dryrun.duration import seconds
    from .asked import Asked, audit

    asked = Asked(record, fills, quotes, baseline)
    speak(audit(asked, seconds(horizon), seconds(stale)), json=json, quiet=quiet, strict=strict)


@app.command("sentinel")
def sentinel_(
    record: RecordArgument = None,
    *,
    series: Annotated[Path | None, typer.Option("--series", help="A file of timestamp,value.")] = None,
    online: Annotated[
        bool, typer.Option("--online", help="See each value once, as a live watch would.")
    ] = False,
    run_length: Annotated[
        float, typer.Option("--run-length", min=50, max=1e7, help="Values between two false alarms (online).")
    ] = 10_000.0,
    json: JsonOption = False,
    quiet: QuietOption = False,
    strict: StrictOption = False,
) -> None:
    """Find when a run, or a series, changed; exit 1 when a run changed for the worse."""
    from .asked import sentinel

    found = sentinel(record, series, online=online, run_length=run_length)
    speak(found, json=json, quiet=quiet, strict=strict)


@app.command("radar")
def radar_(
    record: RecordArgument = None,
    *,
    series: Annotated[Path | None, typer.Option("--series", help="A file with a column per metric.")] = None,
    most: Annotated[int, typer.Option("--most", min=1, help="How many to list.")] = 20,
    json: JsonOption = False,
    quiet: QuietOption = False,
    strict: StrictOption = False,
) -> None:
    """Rank what is out of line, over every KPI of a run."""
    from .asked import radar

    speak(radar(record, series, most), json=json, quiet=quiet, strict=strict)
