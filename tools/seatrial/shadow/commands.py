"""The `shadow` commands."""

from pathlib import Path
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

app = typer.Typer(help="Run a bot on live data, its orders recorded and not sent.", no_args_is_help=True)

AccountOption = Annotated[
    str | None, typer.Option("--account", metavar="NAME", help="The account (default: the profile's).")
]


@app.command("run")
def run_(  # noqa: PLR0917 -- one parameter per option
    ctx: typer.Context,
    profile: ProfileOption = None,
    data: DataOption = None,
    speed: Annotated[
        float, typer.Option("--speed", min=0, help="Times real time, with --data; 0 does not wait.")
    ] = 1.0,
    length: Annotated[
        str | None, typer.Option("--for", metavar="LENGTH", help="Stop after so much market time.")
    ] = None,
    window: WindowOption = None,
    bot: BotOption = None,
    account: AccountOption = None,
    seed: SeedOption = None,
    out: OutOption = None,
    sets: SetOption = None,
    fast: FastOption = None,
    allow_env: AllowEnvOption = False,
    json: JsonOption = False,
    quiet: QuietOption = False,
    strict: StrictOption = False,
) -> None:
    """Run a bot on a venue's public data, or on a recording at its own pace; nothing is ever sent."""
    from ..dryrun.asking import Ask, words_of
    from .run import ShadowAsk, run

    told = {"for" if name == "length" else name: value for name, value in ctx.params.items()}
    named = () if account is None else (f"live.account={account}",)
    ask = Ask(
        mode="shadow",
        profile=profile,
        sets=(*named, *(sets or ())),
        seed=seed,
        out=out,
        data=data,
        window=window,
        bot=bot,
        fast=fast,
        strict=strict,
        allow_env=allow_env,
        command=words_of("shadow", "run", told),
    )
    speak(run(ShadowAsk(ask, length, speed)), json=json, quiet=quiet, strict=strict)


@app.command("audit")
def audit_(
    path: Annotated[
        Path, typer.Argument(metavar="PATH", help="A record, a decision log, or a folder of logs.")
    ],
    gap: Annotated[
        str, typer.Option("--gap", metavar="LENGTH", help="A longer silence between decisions is a gap.")
    ] = "5m",
    json: JsonOption = False,
    quiet: QuietOption = False,
    strict: StrictOption = False,
) -> None:
    """Check a decision log: contamination, duplicates, writers, gaps, times; exit 1 on any finding."""
    from ..dryrun.duration import seconds
    from ..store.clock import utc_now_ns
    from .audit import audit

    speak(audit(path, utc_now_ns(), seconds(gap)), json=json, quiet=quiet, strict=strict)


@app.command("health")
def health_(  # noqa: PLR0917 -- one parameter per option
    records: Annotated[list[Path], typer.Argument(metavar="RECORD...", help="Records, or folders of them.")],
    weekly: Annotated[bool, typer.Option("--weekly", help="By ISO week instead of by day.")] = False,
    hours: Annotated[float, typer.Option("--hours", min=0.01, max=24, help="Planned hours of a day.")] = 24.0,
    weeks: Annotated[int, typer.Option("--weeks", min=1, help="With --weekly: so many must count.")] = 1,
    json: JsonOption = False,
    quiet: QuietOption = False,
    strict: StrictOption = False,
) -> None:
    """Judge days or weeks by what was really seen; exit 0 healthy, 1 not, 3 not enough was measured."""
    from ..store.clock import utc_now_ns
    from .health import Wanted, health

    wanted = Wanted(weekly=weekly, hours=hours, weeks=weeks)
    speak(health(records, wanted, utc_now_ns()), json=json, quiet=quiet, strict=strict)


@app.command("compare")
def compare_(  # noqa: PLR0917 -- one parameter per option
    shadow: Annotated[Path, typer.Argument(metavar="SHADOW", help="Record of the shadow run.")],
    dryrun: Annotated[Path, typer.Argument(metavar="DRYRUN", help="Record of a dry run on that market.")],
    baseline: Annotated[
        Path | None, typer.Option("--baseline", metavar="RECORD", help="The dry run again: its noise.")
    ] = None,
    decisions: Annotated[float, typer.Option("--decisions", min=0, max=1, help="Least share alike.")] = 0.9,
    orders: Annotated[float, typer.Option("--orders", min=0, max=1, help="Least share alike.")] = 0.8,
    fills: Annotated[float, typer.Option("--fills", min=0, max=1, help="Least share alike.")] = 0.7,
    within: Annotated[
        float | None,
        typer.Option("--within-ms", min=0, help="Moments so close are one (default: the timer)."),
    ] = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
    strict: StrictOption = False,
) -> None:
    """Match decisions, orders and fills of two records; exit 0 alike, 1 not, 3 too little to say."""
    from .compare import Limits, compare

    limits = Limits(decisions, orders, fills, within)
    speak(compare(shadow, dryrun, limits, baseline), json=json, quiet=quiet, strict=strict)


@app.command("preflight")
def preflight_(  # noqa: PLR0917 -- one parameter per option
    profile: ProfileOption = None,
    account: AccountOption = None,
    out: OutOption = None,
    sets: SetOption = None,
    allow_env: AllowEnvOption = False,
    json: JsonOption = False,
    quiet: QuietOption = False,
    strict: StrictOption = False,
) -> None:
    """Look at venue, clock, feed, filters, disk and keys before a run; exit 0 ready, 1 not, 3 cannot tell."""
    from ..dryrun.asking import Ask, resolve
    from ..store.clock import utc_now_ns
    from .preflight import preflight

    named = () if account is None else (f"live.account={account}",)
    ask = Ask(mode="shadow", profile=profile, sets=(*named, *(sets or ())), out=out, allow_env=allow_env)
    found = resolve(ask).profile
    speak(preflight(found, ask.folder, utc_now_ns), json=json, quiet=quiet, strict=strict)


RedisArgument = Annotated[str, typer.Argument(metavar="URL", help="Address of the Redis: redis://HOST:PORT.")]
StreamOption = Annotated[str, typer.Option("--stream", metavar="NAME", help="Name of the stream.")]


@app.command("export")
def export_(
    record: Annotated[Path, typer.Argument(metavar="RECORD", help="A record, or its decision log.")],
    url: RedisArgument,
    stream: StreamOption = "seatrial:shadow",
    *,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Send a run's decisions and fills to a Redis Stream; exit 4 when it is out of reach."""
    from .streams import export

    speak(export(record, url, stream), json=json, quiet=quiet)


@app.command("ingest")
def ingest_(  # noqa: PLR0917 -- one parameter per option
    url: RedisArgument,
    to: Annotated[Path, typer.Option("--to", metavar="FILE", help="New decision log to write.")],
    stream: StreamOption = "seatrial:shadow",
    hold: Annotated[int, typer.Option("--hold", min=1, help="Rows to wait for a missing one.")] = 1_000,
    json: JsonOption = False,
    quiet: QuietOption = False,
    strict: StrictOption = False,
) -> None:
    """Write a stream's rows as a decision log, in order and once; exit 1 when some are missing."""
    from .streams import ingest

    speak(ingest(url, stream, to, hold), json=json, quiet=quiet, strict=strict)
