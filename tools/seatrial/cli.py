"""
The door: mounts each room's commands, and turns what happens into exit codes.

A room's module is imported only when one of its verbs runs, so a command pays for what it uses.
Every error ends here in one line (or, with `--json`, in one JSON document) and an exit code.
"""

import errno
import sys
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_group

from .model.errors import BugError, OutsideError, SeatrialError, StoppedError, UsageError, Where
from .model.redact import KNOWN

# name -> (module, first line of its help); a test keeps the two in step.
ROOMS: dict[str, tuple[str, str]] = {
    "soak": ("soak.commands", "Repeat a run for hours or days and judge it as it goes."),
    "dryrun": ("dryrun.commands", "Run a bot once against the simulated exchange."),
    "shadow": ("shadow.commands", "Run a bot on live data, its orders recorded and not sent."),
    "live": ("live.commands", "Run a bot with real orders, and stop it."),
    "exchange": ("engine.served.commands", "Serve the simulated exchange to any bot that speaks Bybit v5."),
    "gate": ("judge.commands", "Decide from a record whether a release may pass."),
    "finops": ("finops.commands", "Account for every fill, fee, funding payment and bill."),
    "canary": ("region.commands", "Judge a canary beside its control, and promote or roll back."),
    "edge": ("edge_sentinel.commands", "Find where the edge goes, and when."),
    "chaos": ("chaos.commands", "Break things on purpose, prove it, undo it; check histories."),
    "market": ("market.commands", "Import, inspect and make market data."),
    "config": ("config.commands", "Show, compare and check profiles."),
    "secrets": ("live.secrets.commands", "Say how old the keys are, read one, replace one."),
}

# What the machine can do to us at any write: not a bug of ours, and no traceback helps.
OUTSIDE_ERRNOS = frozenset(
    (
        errno.ENOSPC,
        errno.EDQUOT,
        errno.EROFS,
        errno.EIO,
        errno.EMFILE,
        errno.ENFILE,
        errno.EACCES,
        errno.EPERM,
    )
)


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
            command = self.commands[name] = room(name)
        return name, command, rest

    def invoke(self, ctx: Any) -> Any:
        """Run the verb; Ctrl-C becomes an error of ours before Typer makes a bare exit of it."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            raise StoppedError("interrupted") from None


def room(name: str) -> TyperGroup:
    """Return the commands of one room, importing its module."""
    module = import_module(f".{ROOMS[name][0]}", __package__)
    group = get_group(module.app)
    group.name = name
    return group


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
    version: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help="Print the version."
    ),
) -> None:
    """Sea trials for trading bots: one verdict that a release can be gated on."""


def main() -> None:
    """Run the command line and leave with its exit code."""
    for stream in (sys.stdout, sys.stderr):
        # A console of a smaller alphabet shows an escape instead of ending a long run with an error.
        getattr(stream, "reconfigure", lambda **_: None)(errors="backslashreplace")
    code = run(sys.argv[1:])
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader has gone: without this the interpreter complains and exits 120 on its way out.
        sys.stdout = None
    sys.exit(code)


def run(argv: list[str]) -> int:
    """Run one command and return its exit code; the only place that answers every error."""
    as_json = "--json" in argv
    try:
        code = app(argv, prog_name="seatrial", standalone_mode=False)
    except SystemExit as leaving:
        # Typer answers a closed pipe with exit 1, which would read as a failed gate.
        piped = isinstance(leaving.__context__, BrokenPipeError)
        return OutsideError.exit_code if piped else int(leaving.code or 0)
    except (KeyboardInterrupt, typer.Abort):
        return _answer(StoppedError("interrupted"), as_json=as_json)
    except typer.TyperException as error:
        return _answer_usage(error, as_json=as_json)
    except SeatrialError as error:
        ours = error.exit_code == BugError.exit_code
        return _answer(_with_report(error, argv) if ours else error, as_json=as_json)
    except OSError as error:
        return _answer(_outside(error) or _with_report(error, argv), as_json=as_json)
    except Exception as error:  # noqa: BLE001 - the one catch-all: a crash must not read as a failed gate
        return _answer(_with_report(error, argv), as_json=as_json)
    return code if isinstance(code, int) else 0


def _answer(error: SeatrialError, *, as_json: bool) -> int:
    if as_json:
        import json

        typer.echo(json.dumps(KNOWN.value(document(error))))
    else:
        typer.echo(f"error: {error.line}", err=True)
    return error.exit_code


def document(error: SeatrialError) -> dict[str, Any]:
    """Return the JSON document that an error becomes under `--json`."""
    where = {"file": error.where.file, "line": error.where.line, "field": error.where.field}
    message = f"{error.message} ({error.fix})" if error.fix else error.message
    return {
        "schema": "seatrial.error/1",
        "exit_code": error.exit_code,
        "error": type(error).__name__,
        "message": " ".join(message.split()),
        "where": where,
    }


def _answer_usage(error: typer.TyperException, *, as_json: bool) -> int:
    context = getattr(error, "ctx", None)
    if type(error).__name__ == "NoArgsIsHelpError":
        # Its message is the whole help page (or nothing, when Rich has already drawn the page).
        message = "a command is missing"
        if not as_json:
            typer.echo(error.format_message(), err=True, nl=bool(error.format_message()))
            return error.exit_code
    else:
        message = error.format_message()
    field = getattr(error, "option_name", None) or getattr(getattr(error, "param", None), "opts", [None])[0]
    fix = f"try '{context.command_path} --help'" if context is not None else None
    # Typer's sentence names the option already, so only the document repeats it.
    where = Where(field=field if as_json else None)
    return _answer(UsageError(message.rstrip("."), where=where, fix=fix), as_json=as_json)


def _outside(error: OSError) -> OutsideError | None:
    if error.errno not in OUTSIDE_ERRNOS:
        return None
    return OutsideError(str(error.strerror).lower(), where=Where(file=error.filename and str(error.filename)))


def _with_report(error: Exception, argv: list[str]) -> BugError:
    from .crash import write_report

    words = [word for word in argv[:2] if word.isidentifier()]
    report = write_report(error, command=" ".join(words))
    said = error.message if isinstance(error, SeatrialError) else f"{type(error).__name__}: {error}"
    return BugError(f"this is a bug of seatrial: {said}", fix=f"crash report: {report}")
