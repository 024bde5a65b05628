"""
What every command shares: its common options, how it speaks, how it ends.

A command parses, calls one library function that returns an `Outcome`, and hands it to `speak`.
"""

import sys
from pathlib import Path
from typing import Annotated

import typer

from .model.outcome import Outcome
from .model.redact import KNOWN

ProfileOption = Annotated[
    str | None, typer.Option("--profile", metavar="NAME|PATH", help="Profile: a name or a file.")
]
DataOption = Annotated[
    Path | None, typer.Option("--data", help="Dataset folder, or raw files to import first.")
]
IterationsOption = Annotated[int | None, typer.Option("--iterations", min=1, help="How many iterations.")]
WindowOption = Annotated[
    str | None, typer.Option("--window", metavar="LENGTH", help="Length of one in market time: 60s, 5m, 1h.")
]
BotOption = Annotated[str | None, typer.Option("--bot", metavar="NAME|MODULE:ATTR", help="The bot to try.")]
FastOption = Annotated[
    bool | None,
    typer.Option("--fast/--no-fast", help="Compile the hot loop, or interpret it."),
]
SetOption = Annotated[
    list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Override one setting; repeatable.")
]
SeedOption = Annotated[int | None, typer.Option("--seed", min=0, help="Seed of every random draw.")]
OutOption = Annotated[Path | None, typer.Option("--out", help="Folder for the records (default: artifacts).")]
JsonOption = Annotated[
    bool, typer.Option("--json", help="Print one JSON document on stdout and nothing else.")
]
QuietOption = Annotated[bool, typer.Option("--quiet", help="Print only the last line.")]
StrictOption = Annotated[bool, typer.Option("--strict", help="WARN fails too; UNKNOWN always does.")]
AllowEnvOption = Annotated[
    bool, typer.Option("--allow-env", help="Let the environment override a production profile.")
]


def speak(outcome: Outcome, *, json: bool = False, quiet: bool = False, strict: bool = False) -> None:
    """Print the outcome once, for a machine or for a person, and exit with its code."""
    try:
        if json:
            import orjson

            # Bytes, because a JSON document is UTF-8 whatever the console's alphabet is.
            options = orjson.OPT_NON_STR_KEYS | orjson.OPT_APPEND_NEWLINE
            said = orjson.dumps(outcome.document(strict=strict), default=str, option=options)
            typer.echo(KNOWN.json(said, options), nl=False)
        else:
            for line in outcome.lines[-1:] if quiet else outcome.lines:
                typer.echo(KNOWN.text(line))
    except BrokenPipeError:
        # The reader has gone, the verdict has not: keep its exit code.
        sys.stdout = None
    raise typer.Exit(outcome.exit_code(strict=strict))
