"""The `finops` commands: books, reconciliation, cost, export."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..console import AllowEnvOption, JsonOption, ProfileOption, QuietOption, SetOption, StrictOption, speak

if TYPE_CHECKING:
    from ..model.profile import FinopsSettings

app = typer.Typer(help="Account for every fill, fee, funding payment and bill.", no_args_is_help=True)

StatementOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--statement", metavar="FILE", help="A venue's statement, or a record's folder; repeatable."
    ),
]
VenueOption = Annotated[
    str | None,
    typer.Option("--venue", metavar="NAME", help="Whose statement, where its content does not tell."),
]
MappingOption = Annotated[
    Path | None,
    typer.Option("--mapping", metavar="FILE", help="YAML that says what the columns of a CSV mean."),
]
ZoneOption = Annotated[
    str | None, typer.Option("--zone", metavar="ZONE", help="Zone of times without one (default: UTC).")
]
OutOption = Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Write the reports there.")]


@app.command("ledger")
def ledger_(  # noqa: PLR0917 -- one parameter per option
    statement: StatementOption = None,
    venue: VenueOption = None,
    mapping: MappingOption = None,
    opening: Annotated[
        list[str] | None, typer.Option("--opening", metavar="CUR=AMOUNT", help="A known opening balance.")
    ] = None,
    closing: Annotated[
        list[str] | None, typer.Option("--closing", metavar="CUR=AMOUNT", help="A known closing balance.")
    ] = None,
    zone: ZoneOption = None,
    out: OutOption = None,
    profile: ProfileOption = None,
    sets: SetOption = None,
    allow_env: AllowEnvOption = False,
    json: JsonOption = False,
    quiet: QuietOption = False,
    strict: StrictOption = False,
) -> None:
    """Close the books of a statement: opening and entries give the closing balance, to the last unit."""
    from .ledger_answer import LedgerAsk, balances, ledger
    from .sides import Asked

    known = balances("--opening", opening or ()), balances("--closing", closing or ())
    ask = LedgerAsk(statement or [], Asked(venue, mapping, zone), *known, out)
    speak(ledger(ask, _settings(profile, sets, allow_env=allow_env)), json=json, quiet=quiet, strict=strict)


@app.command("reconcile")
def reconcile_(  # noqa: PLR0917 -- one parameter per option
    internal: Annotated[
        Path,
        typer.Option(
            "--internal", metavar="FILE", help="Our book: a record, fills (CSV, JSONL), a statement."
        ),
    ],
    statement: StatementOption = None,
    venue: VenueOption = None,
    mapping: MappingOption = None,
    zone: ZoneOption = None,
    accept: Annotated[
        Path | None,
        typer.Option("--accept", metavar="FILE", help="YAML of breaks that somebody answers for."),
    ] = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="DAY", help="Day to count ages and expiries from.")
    ] = None,
    fees: Annotated[
        str, typer.Option("--fees", metavar="cash|paid", help="Our fees: cash effect, or paid as positive.")
    ] = "cash",
    out: OutOption = None,
    profile: ProfileOption = None,
    sets: SetOption = None,
    allow_env: AllowEnvOption = False,
    json: JsonOption = False,
    quiet: QuietOption = False,
    strict: StrictOption = False,
) -> None:
    """Compare our book with the venue's; exit 0 if they agree, 1 on a material break, 3 unknown."""
    from ..store.clock import utc_now_ns
    from .reconciling import run, wanted

    ask = wanted((internal, statement or []), (venue, mapping, zone), (accept, as_of, fees), utc_now_ns())
    speak(run(ask, _settings(profile, sets, allow_env=allow_env), out), json=json, quiet=quiet, strict=strict)


@app.command("cost")
def cost_(  # noqa: PLR0917 -- one parameter per option
    bill: Annotated[
        list[Path] | None, typer.Option("--bill", metavar="FILE", help="A FOCUS or AWS CUR file; repeatable.")
    ] = None,
    internal: Annotated[
        list[Path] | None,
        typer.Option(
            "--internal", metavar="FILE", help="A record, fills or a statement: what was traded; repeatable."
        ),
    ] = None,
    basis: Annotated[
        str, typer.Option("--basis", metavar="billed|effective|list", help="Which cost.")
    ] = "billed",
    venue: VenueOption = None,
    out: OutOption = None,
    profile: ProfileOption = None,
    sets: SetOption = None,
    allow_env: AllowEnvOption = False,
    json: JsonOption = False,
    quiet: QuietOption = False,
    strict: StrictOption = False,
) -> None:
    """Say what the machines cost per day, environment, run, order and notional; judge budgets."""
    from .cost_answer import CostAsk, cost

    ask = CostAsk(bill or [], internal or [], basis, venue, out)
    speak(cost(ask, _settings(profile, sets, allow_env=allow_env)), json=json, quiet=quiet, strict=strict)


@app.command("export")
def export_(  # noqa: PLR0917 -- one parameter per option
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The file to write.")],
    statement: StatementOption = None,
    to: Annotated[str, typer.Option("--to", metavar="beancount|hledger", help="Whose form.")] = "beancount",
    venue: VenueOption = None,
    mapping: MappingOption = None,
    zone: ZoneOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Write the books of a statement or a record for beancount or hledger, with balances to check."""
    from .export import export
    from .sides import Asked

    speak(export(statement or [], to, out, Asked(venue, mapping, zone)), json=json, quiet=quiet)


def _settings(profile: str | None, sets: list[str] | None, *, allow_env: bool) -> "FinopsSettings":
    from ..config.environment import variables
    from ..config.manager import ConfigManager

    resolved = ConfigManager(variables()).resolve(profile, sets=sets or (), allow_env=allow_env)
    return resolved.profile.finops
