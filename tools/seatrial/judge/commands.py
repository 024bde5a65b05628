"""The `gate` commands: decide from a record whether a release may pass, and show that gates bite."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..console import AllowEnvOption, JsonOption, QuietOption, SetOption, StrictOption, speak

if TYPE_CHECKING:
    from .answers import Asked

app = typer.Typer(help="Decide from a record whether a release may pass.", no_args_is_help=True)

RecordArgument = Annotated[Path, typer.Argument(metavar="RECORD", help="A record's folder, or `latest`.")]
GatesOf = Annotated[
    str | None, typer.Option("--profile", metavar="NAME|PATH", help="Whose gates: a profile by name or file.")
]
Partial = Annotated[bool, typer.Option("--partial", help="Judge an unfinished run on what is there.")]
KpiArgument = Annotated[str | None, typer.Argument(metavar="[KPI]", help="A KPI; none: all of them.")]


@app.command("check")
def check_(
    record: RecordArgument,
    *,
    profile: GatesOf = None,
    sets: SetOption = None,
    allow_env: AllowEnvOption = False,
    unfinished: Partial = False,
    baseline: Annotated[
        Path | None, typer.Option("--baseline", help="The golden record that guards compare with.")
    ] = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
    strict: StrictOption = False,
) -> None:
    """Judge a record by its own gates, or by a profile's; exit 0 pass, 1 fail, 3 unknown."""
    from ..config.environment import frozen_ns
    from ..store.clock import utc_now_ns
    from ..store.record import open_record
    from .answers import Court, check_record

    gates = _asked(profile, sets, allow_env=allow_env).gates
    golden = None if baseline is None else open_record(baseline).path
    court = Court(unfinished, golden, utc_now_ns(frozen_ns()))
    speak(
        check_record(open_record(record).path, gates, court),
        json=json,
        quiet=quiet,
        strict=strict,
    )


@app.command("list")
def list_(
    *,
    profile: GatesOf = None,
    sets: SetOption = None,
    allow_env: AllowEnvOption = False,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Show the gates of a profile: KPI, bounds and window."""
    from .answers import list_gates

    speak(list_gates(_asked(profile, sets, allow_env=allow_env).profile), json=json, quiet=quiet)


@app.command("explain")
def explain_(kpi: KpiArgument = None, *, json: JsonOption = False, quiet: QuietOption = False) -> None:
    """Tell what a KPI measures, in which unit, and which way is better."""
    from .answers import explain

    speak(explain(kpi), json=json, quiet=quiet)


@app.command("selftest")
def selftest_(
    *,
    profile: GatesOf = None,
    sets: SetOption = None,
    allow_env: AllowEnvOption = False,
    json: JsonOption = False,
    quiet: QuietOption = False,
    strict: StrictOption = False,
) -> None:
    """Feed each gate of a profile a violation and demand red; a gate that cannot fail is a failure."""
    from .answers import try_gates

    asked = _asked(profile, sets, allow_env=allow_env)
    speak(try_gates(asked.profile), json=json, quiet=quiet, strict=strict)


@app.command("calibrate")
def calibrate_(
    *,
    runs: Annotated[int, typer.Option("--runs", min=20, help="Pairs of series a cell.")] = 200,
    json: JsonOption = False,
    quiet: QuietOption = False,
    strict: StrictOption = False,
) -> None:
    """Measure how often the judges are wrong, and how much they see, on series whose truth is known."""
    from .calibration.table import calibrate

    speak(calibrate(runs), json=json, quiet=quiet, strict=strict)


def _asked(profile: str | None, sets: list[str] | None, *, allow_env: bool) -> "Asked":
    from ..config.environment import variables
    from ..config.manager import ConfigManager
    from .answers import Asked

    config = ConfigManager(variables())
    resolve = partial(config.resolve, sets=sets or (), allow_env=allow_env)
    return Asked(profile, lambda name: resolve(name).profile, changed=bool(sets))
