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
