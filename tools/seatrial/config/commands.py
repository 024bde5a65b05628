"""The `config` commands: show, compare and check profiles."""

from pathlib import Path
from typing import Annotated

import typer

from ..console import AllowEnvOption, JsonOption, QuietOption, SeedOption, SetOption, speak

app = typer.Typer(help="Show, compare and check profiles.", no_args_is_help=True)

ProfileArgument = Annotated[
    str | None, typer.Argument(metavar="[NAME|PATH]", help="Profile: a name or a file; none: the defaults.")
]
ProfileChoice = Annotated[
    str | None, typer.Option("--profile", metavar="NAME|PATH", help="The same, as elsewhere.")
]
SchemaOut = Annotated[Path | None, typer.Option("--out", dir_okay=False, help="Write it to this file.")]
Changed = Annotated[bool, typer.Option("--changed", help="Only settings that are not defaults.")]


@app.command("show")
def show_(
    name: ProfileArgument = None,
    *,
    profile: ProfileChoice = None,
    sets: SetOption = None,
    seed: SeedOption = None,
    allow_env: AllowEnvOption = False,
    changed: Changed = False,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Show every setting, where it comes from and what it overrode."""
    from .environment import variables
    from .show import Ask, show

    ask = Ask(name, profile, sets or (), seed, allow_env, variables())
    speak(show(ask, changed=changed), json=json, quiet=quiet)


@app.command()
def diff(
    a: Annotated[str, typer.Argument(metavar="A", help="A profile, a record's folder or its run.json.")],
    b: Annotated[str, typer.Argument(metavar="B", help="What to compare it with.")],
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Show in which settings two profiles or records differ."""
    from .compare import compare

    speak(compare(a, b), json=json, quiet=quiet)


@app.command("validate")
def validate_(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME|PATH]...", help="Profiles; none: every one there is.")
    ] = None,
    profile: ProfileChoice = None,
    sets: SetOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Check profiles; exit 2 with file, line and field of the first mistake."""
    from .listing import validate

    speak(validate([*(names or ()), *filter(None, [profile])], sets=sets or ()), json=json, quiet=quiet)


@app.command("schema")
def schema_(out: SchemaOut = None, json: JsonOption = False, quiet: QuietOption = False) -> None:
    """Print the JSON Schema of a profile, for editors."""
    from .schema import schema

    speak(schema(out), json=json, quiet=quiet)


@app.command("profiles")
def profiles_(json: JsonOption = False, quiet: QuietOption = False) -> None:
    """List the profiles that a name can reach."""
    from .listing import profiles

    speak(profiles(), json=json, quiet=quiet)
