"""The `canary` commands: compare a canary with its control, plan how long, advance or roll back."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..console import JsonOption, QuietOption, StrictOption, speak

if TYPE_CHECKING:
    from .compare import Terms

app = typer.Typer(help="Judge a canary beside its control, and promote or roll back.", no_args_is_help=True)

ControlArgument = Annotated[
    Path,
    typer.Argument(metavar="CONTROL", help="A record, a folder of records by region, or a file of series."),
]
CanaryArgument = Annotated[Path, typer.Argument(metavar="CANARY", help="The same of the canary.")]
MetricOption = Annotated[
    list[str] | None,
    typer.Option("--metric", metavar="NAME", help="A metric; the first one decides who wins."),
]
MarginOption = Annotated[
    list[str] | None, typer.Option("--margin", metavar="NAME=VALUE", help="The harm that would matter.")
]
HigherOption = Annotated[
    list[str] | None, typer.Option("--higher", metavar="NAME", help="A metric of which more is better.")
]
LowerOption = Annotated[
    list[str] | None, typer.Option("--lower", metavar="NAME", help="A metric of which less is better.")
]
AlphaOption = Annotated[float, typer.Option("--alpha", min=1e-6, max=0.5, help="Chance of a wrong FAIL.")]
StateOption = Annotated[Path, typer.Option("--state", help="The rollout's folder: its audit trail.")]
StagesOption = Annotated[
    str | None, typer.Option("--stages", metavar="SHARES", help="Per cent of traffic: 1,5,25,50,100.")
]
ConfirmOption = Annotated[int, typer.Option("--confirm", min=1, help="PASS in a row that a step needs.")]
CoolDownOption = Annotated[str, typer.Option("--cool-down", metavar="LENGTH", help="Rest after a move.")]


@app.command("compare")
def compare_(
    control: ControlArgument,
    canary: CanaryArgument,
    *,
    metric: MetricOption = None,
    margin: MarginOption = None,
    higher: HigherOption = None,
    lower: LowerOption = None,
    alpha: AlphaOption = 0.05,
    ratio: Annotated[
        float, typer.Option(min=0.001, help="Planned samples of the canary per control's.")
    ] = 1.0,
    same: Annotated[int, typer.Option("--aa", metavar="RUNS", min=0, help="A/A: say how often it errs.")] = 0,
    json: JsonOption = False,
    quiet: QuietOption = False,
    strict: StrictOption = False,
) -> None:
    """Compare a canary with its control, at any time; exit 0 no harm, 1 harm, 3 not settled."""
    from .asked import compare_sides, terms_of

    terms = terms_of(metric, margin, (higher, lower), alpha, ratio)
    speak(compare_sides(control, canary, terms, same), json=json, quiet=quiet, strict=strict)


@app.command("plan")
def plan_(
    control: ControlArgument,
    effect: Annotated[
        float, typer.Option("--effect", min=0, help="The harm to detect, in the metric's unit.")
    ],
    *,
    pilot: Annotated[Path | None, typer.Option("--pilot", help="A second record of the same market.")] = None,
    metric: MetricOption = None,
    margin: MarginOption = None,
    alpha: AlphaOption = 0.05,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Say how long a canary has to run until an effect cannot hide."""
    from .plan import plan

    speak(plan(control, effect, _terms(metric, margin, alpha), pilot), json=json, quiet=quiet)


@app.command("advance")
def advance_(
    control: ControlArgument,
    canary: CanaryArgument,
    state: StateOption,
    *,
    metric: MetricOption = None,
    margin: MarginOption = None,
    alpha: AlphaOption = 0.05,
    stages: StagesOption = None,
    confirm: ConfirmOption = 2,
    cool_down: CoolDownOption = "10m",
    json: JsonOption = False,
    quiet: QuietOption = False,
    strict: StrictOption = False,
) -> None:
    """Compare, and take the step that the evidence allows; harm rolls everything back."""
    from ..dryrun.duration import seconds
    from .asked import advance_on, policy_of

    policy = policy_of(stages, confirm, seconds(cool_down))
    terms = _terms(metric, margin, alpha)
    speak(advance_on(control, canary, terms, state, policy), json=json, quiet=quiet, strict=strict)


@app.command("rollback")
def rollback_(
    state: StateOption,
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who says so.")],
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; it goes into the trail.")],
    *,
    lift: Annotated[bool, typer.Option("--release", help="Lift the latch of an earlier rollback.")] = False,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Take a canary back everywhere, or release one that was taken back."""
    from .asked import by_hand, policy_of

    speak(by_hand(state, by, reason, policy_of(None, 2, 600.0), lift=lift), json=json, quiet=quiet)


def _terms(metric: list[str] | None, margin: list[str] | None, alpha: float) -> "Terms":
    from .asked import terms_of

    return terms_of(metric, margin, (None, None), alpha)
