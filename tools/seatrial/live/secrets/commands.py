"""The `secrets` commands."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from ...console import AllowEnvOption, JsonOption, ProfileOption, QuietOption, SetOption, StrictOption, speak

if TYPE_CHECKING:
    from ...model.secret_settings import SecretsSettings

app = typer.Typer(help="Say how old the keys are, read one, replace one.", no_args_is_help=True)

NameArgument = Annotated[
    str, typer.Argument(metavar="NAME", help="A name under secrets.names of the profile.")
]
PurposeOption = Annotated[str, typer.Option("--purpose", help="Why; it is written to the access log.")]
Reveal = Annotated[bool, typer.Option("--reveal", help="Print the value, and nothing else, to a terminal.")]
Force = Annotated[bool, typer.Option("--force", help="Print it although stdout is no terminal.")]


@app.command("status")
def status_(
    profile: ProfileOption = None,
    sets: SetOption = None,
    *,
    allow_env: AllowEnvOption = False,
    json: JsonOption = False,
    quiet: QuietOption = False,
    strict: StrictOption = False,
) -> None:
    """Say of every secret whether it is there, how old it is and when it is due; exit 0, 1, 3 or 4."""
    from .opening import access_of
    from .status import status

    settings = _settings(profile, sets, allow_env=allow_env)
    speak(status(settings, access_of(settings)), json=json, quiet=quiet, strict=strict)


@app.command("get")
def get_(
    name: NameArgument,
    profile: ProfileOption = None,
    sets: SetOption = None,
    purpose: PurposeOption = "secrets get",
    *,
    reveal: Reveal = False,
    force: Force = False,
    allow_env: AllowEnvOption = False,
    json: JsonOption = False,
    quiet: QuietOption = False,
    strict: StrictOption = False,
) -> None:
    """Say how one secret stands; its value is printed with --reveal only, and only to a terminal."""
    from .opening import access_of
    from .reveal import revealed
    from .status import status

    settings = _settings(profile, sets, allow_env=allow_env)
    access = access_of(settings)
    if reveal:
        secret = revealed(
            settings, name, purpose, access, open_end=json or not (force or sys.stdout.isatty())
        )
        typer.echo(secret.reveal())
        raise typer.Exit
    speak(status(settings, access, (name,)), json=json, quiet=quiet, strict=strict)


@app.command("rotate")
def rotate_(
    name: NameArgument,
    profile: ProfileOption = None,
    sets: SetOption = None,
    purpose: PurposeOption = "secrets rotate",
    *,
    allow_env: AllowEnvOption = False,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Replace a secret with a new value, read from a prompt or from stdin, never from the command line."""
    from .opening import access_of, place_of
    from .rotate import LARGEST_INPUT, rotate

    settings = _settings(profile, sets, allow_env=allow_env)
    place_of(settings, name)
    asked = sys.stdin.isatty()
    prompt = f"New value of {name}"
    value = (
        typer.prompt(prompt, hide_input=True, confirmation_prompt=True, err=True)
        if asked
        else sys.stdin.read(LARGEST_INPUT)
    )
    speak(rotate(settings, name, value, purpose, access_of(settings)), json=json, quiet=quiet)


def _settings(profile: str | None, sets: list[str] | None, *, allow_env: bool) -> "SecretsSettings":
    from ...config.environment import variables
    from ...config.manager import ConfigManager

    config = ConfigManager(variables())
    return config.resolve(profile, sets=sets or (), allow_env=allow_env).profile.secrets
