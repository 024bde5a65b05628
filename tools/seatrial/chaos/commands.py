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
