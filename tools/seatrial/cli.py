"""
The door: mounts each room's commands, and turns what happens into exit codes.

A room's module is imported only when one of its verbs runs, so a command pays for what it uses.
"""

import sys
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from .model.errors import SeatrialError

# name -> (module, first line of its help); a test keeps the two in step.
ROOMS: dict[str, tuple[str, str]] = {
    "soak": ("soak.commands", "Repeat a run for hours or days and judge it as it goes."),
    "dryrun": ("dryrun.commands", "Run a bot once against the simulated exchange."),
    "gate": ("judge.commands", "Decide from a record whether a release may pass."),
    "market": ("market.commands", "Import, inspect and make market data."),
    "config": ("config.commands", "Show, compare and check profiles."),
}


class LazyGroup(TyperGroup):
    """The root group: stubs for help and completion, the real room on use."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.commands = {
            name: TyperCommand(name, help=text, callback=None) for name, (_, text) in ROOMS.items()
        }

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Import the room that was asked for and put its commands in the stub's place."""
        name, command, rest = super().resolve_command(ctx, args)
        if name in ROOMS:
            module = import_module(f".{ROOMS[name][0]}", __package__)
            command = get_command(module.app)
            command.name = name
            self.commands[name] = command
        return name, command, rest


app = typer.Typer(
    cls=LazyGroup,
    name="seatrial",
    help="Sea trials for trading bots: one verdict that a release can be gated on.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(version("seatrial"))
        raise typer.Exit


@app.callback()
def root(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Print the version."),
) -> None:
    """Sea trials for trading bots: one verdict that a release can be gated on."""


def main(argv: list[str] | None = None) -> None:
    """Run the command line and leave with its exit code."""
    sys.exit(run(sys.argv[1:] if argv is None else argv))


def run(argv: list[str]) -> int:
    """Run one command and return its exit code; the only place that answers every error."""
    try:
        code = app(argv, standalone_mode=False)
    except typer.TyperException as error:
        error.show()
        return error.exit_code
    except SeatrialError as error:
        typer.echo(f"error: {error.line}", err=True)
        return error.exit_code
    except (KeyboardInterrupt, typer.Abort):
        return 130
    return code if isinstance(code, int) else 0
