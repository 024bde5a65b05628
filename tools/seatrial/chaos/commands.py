"""The `chaos` commands."""

from pathlib import Path
from typing import Annotated

import typer

from ..console import JsonOption, QuietOption, StrictOption, speak

app = typer.Typer(help="Break things on purpose, prove it, undo it; check histories.", no_args_is_help=True)

FileArgument = Annotated[
    Path, typer.Argument(metavar="FILE", exists=True, help="A history, or a record folder with its journal.")
]
ModelOption = Annotated[
    str | None, typer.Option("--model", help="What the history is of; without it, told from its operations.")
]
BudgetOption = Annotated[
    float, typer.Option("--budget-s", min=0.1, help="Seconds to think; then the answer is unknown.")
]
UndoOption = Annotated[
    Path, typer.Option("--undo-log", help="Folder of the notes by which everything is undone.")
]
UNDO_FOLDER = Path("artifacts") / "chaos" / "undo"


@app.command("check-history")
def check_history_(
    file: FileArgument,
    model: ModelOption = None,
    budget_s: BudgetOption = 50.0,
    *,
    json: JsonOption = False,
    quiet: QuietOption = False,
    strict: StrictOption = False,
) -> None:
    """Say whether a history of operations keeps its promise, and show what breaks it; exit 0, 1 or 3."""
    from .history.judging import check_history

    speak(check_history(file, model, budget_s), json=json, quiet=quiet, strict=strict)


@app.command("list")
def list_(*, json: JsonOption = False, quiet: QuietOption = False) -> None:
    """Say of every fault and drill whether this machine can have it, and if not why."""
    from .listing import listing

    speak(listing(), json=json, quiet=quiet)


@app.command("drill")
def drill_(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A drill; `chaos list` names them.")],
    wrong: Annotated[
        str | None, typer.Option("--wrong", metavar="SETUP", help="Plant a wrong set-up that it must find.")
    ] = None,
    disarmed: Annotated[
        bool, typer.Option("--disarmed", help="Leave the fault out: must end unknown.")
    ] = False,
    undo: UndoOption = UNDO_FOLDER,
    *,
    json: JsonOption = False,
    quiet: QuietOption = False,
    strict: StrictOption = False,
) -> None:
    """Break something real, prove it, watch the recovery, undo it; exit 0, 1, 3, or 4 where it cannot run."""
    from .drill.running import run_drill
    from .undo import UndoLog

    speak(run_drill(name, UndoLog(undo), wrong, disarmed=disarmed), json=json, quiet=quiet, strict=strict)


@app.command("run")
def run_(
    experiment: Annotated[Path, typer.Argument(metavar="EXPERIMENT.yaml", help="The experiment to run.")],
    disarmed: Annotated[
        bool, typer.Option("--disarmed", help="Leave the fault out: must end unknown.")
    ] = False,
    undo: UndoOption = UNDO_FOLDER,
    *,
    json: JsonOption = False,
    quiet: QuietOption = False,
    strict: StrictOption = False,
) -> None:
    """Run an experiment of your own; exit 0, 1, 3, or 4 where its fault cannot run."""
    from .experiment import run_experiment
    from .undo import UndoLog

    outcome = run_experiment(experiment, UndoLog(undo), disarmed=disarmed)
    speak(outcome, json=json, quiet=quiet, strict=strict)


@app.command("schema")
def schema_(json: JsonOption = False, quiet: QuietOption = False) -> None:
    """Print the JSON Schema of an experiment, for editors."""
    from .experiment import schema

    speak(schema(), json=json, quiet=quiet)


@app.command("undo")
def undo_(undo: UndoOption = UNDO_FOLDER, *, json: JsonOption = False, quiet: QuietOption = False) -> None:
    """Heal what drills that were killed have left: processes, stopped ones, mounts, folders."""
    from .healing import healed
    from .undo import UndoLog

    speak(healed(UndoLog(undo)), json=json, quiet=quiet)
