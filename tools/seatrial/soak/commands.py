"""The `soak` commands."""

from pathlib import Path
from typing import Annotated

import typer

from ..console import (
    AllowEnvOption,
    BotOption,
    DataOption,
    FastOption,
    IterationsOption,
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

app = typer.Typer(help="Repeat a run for hours or days and judge it as it goes.", no_args_is_help=True)

RecordArgument = Annotated[Path, typer.Argument(metavar="RECORD", help="A record's folder, or `latest`.")]


@app.command("run")
def run_(  # noqa: PLR0917 -- one parameter per option
    ctx: typer.Context,
    profile: ProfileOption = None,
    data: DataOption = None,
    seed: SeedOption = None,
    out: OutOption = None,
    iterations: IterationsOption = None,
    window: WindowOption = None,
    bot: BotOption = None,
    sets: SetOption = None,
    fast: FastOption = None,
    allow_env: AllowEnvOption = False,
    json: JsonOption = False,
    quiet: QuietOption = False,
    strict: StrictOption = False,
) -> None:
    """Soak a bot under a profile; exit 0 pass, 1 fail, 3 unknown."""
    from ..dryrun.asking import Ask, words_of
    from .console import watching
    from .run import run

    ask = Ask(
        mode="soak",
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
        command=words_of("soak", "run", ctx.params),
    )
    with watching(wanted=not (json or quiet)) as told:
        outcome = run(ask, told=told)
    speak(outcome, json=json, quiet=quiet, strict=strict)


@app.command("resume")
def resume_(
    record: RecordArgument,
    fast: FastOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
    strict: StrictOption = False,
) -> None:
    """Go on with a soak that was stopped, from its last checkpoint."""
    from .console import watching
    from .run import resume

    with watching(wanted=not (json or quiet)) as told:
        outcome = resume(record, told=told, fast=fast, strict=strict)
    speak(outcome, json=json, quiet=quiet, strict=strict)


@app.command("status")
def status_(
    record: Annotated[
        Path | None, typer.Argument(metavar="[RECORD]", help="A record's folder; none: the newest.")
    ] = None,
    out: OutOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Say how a soak stands."""
    from .status import status

    speak(status(record, out=out), json=json, quiet=quiet)


@app.command("report")
def report_(  # noqa: PLR0917 -- one parameter per option
    path: Annotated[
        Path, typer.Argument(metavar="RECORD|PATH", help="A record, `latest`, or a bot's own file or folder.")
    ],
    from_: Annotated[
        str | None,
        typer.Option(
            "--from", metavar="BOT", help="Whose files: hummingbot, freqtrade, nautilus, ccxt, jsonl."
        ),
    ] = None,
    profile: ProfileOption = None,
    out: OutOption = None,
    sets: SetOption = None,
    allow_env: AllowEnvOption = False,
    json: JsonOption = False,
    quiet: QuietOption = False,
    strict: StrictOption = False,
) -> None:
    """Judge a record again from its files alone; or make a record from a bot's own files and judge it."""
    from ..dryrun.asking import Ask, words_of
    from .report import report_of

    words = words_of("soak", "report", {"from": from_, "profile": profile, "out": out, "set": sets})
    ask = Ask(
        mode="history",
        profile=profile,
        sets=tuple(sets or ()),
        out=out,
        strict=strict,
        allow_env=allow_env,
        command=(*words, str(path)),
    )
    speak(report_of(path, from_, ask), json=json, quiet=quiet, strict=strict)


@app.command("rollup")
def rollup_(
    records: Annotated[list[Path], typer.Argument(metavar="RECORD...", help="Records, each counted once.")],
    into: Annotated[
        Path | None, typer.Option("--into", help="A file in which the rollup grows from week to week.")
    ] = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
    strict: StrictOption = False,
) -> None:
    """Say what many records say together, week by week, and how it moves."""
    from .rollup import rollup

    speak(rollup(records, into), json=json, quiet=quiet, strict=strict)


@app.command("compare")
def compare_(
    a: Annotated[Path, typer.Argument(metavar="A", help="A record.")],
    b: Annotated[Path, typer.Argument(metavar="B", help="The record to compare with it.")],
    json: JsonOption = False,
    quiet: QuietOption = False,
    strict: StrictOption = False,
) -> None:
    """Compare two soaks KPI by KPI; exit 1 when B is worse beyond chance and by more than matters."""
    from .compare import compare

    speak(compare(a, b), json=json, quiet=quiet, strict=strict)
