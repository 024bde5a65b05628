"""The `live` commands."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..console import (
    AllowEnvOption,
    BotOption,
    JsonOption,
    OutOption,
    ProfileOption,
    QuietOption,
    SeedOption,
    SetOption,
    StrictOption,
    speak,
)

if TYPE_CHECKING:
    from ..model.profile import Profile
    from .latch.state import Ack

app = typer.Typer(help="Run a bot with real orders, and stop it.", no_args_is_help=True)

AccountOption = Annotated[
    str | None, typer.Option("--account", metavar="NAME", help="The account (default: the profile's).")
]


RealMoneyOption = Annotated[
    bool, typer.Option("--i-understand-real-money", help="Trade on a venue where orders cost money.")
]


@app.command("run")
def run_(  # noqa: PLR0917 -- one parameter per option
    ctx: typer.Context,
    profile: ProfileOption = None,
    account: AccountOption = None,
    duration: Annotated[
        str | None, typer.Option("--for", metavar="LENGTH", help="Stop after this (default: when told to).")
    ] = None,
    bot: BotOption = None,
    seed: SeedOption = None,
    out: OutOption = None,
    sets: SetOption = None,
    i_understand_real_money: RealMoneyOption = False,
    allow_env: AllowEnvOption = False,
    json: JsonOption = False,
    quiet: QuietOption = False,
    strict: StrictOption = False,
) -> None:
    """Trade on an account until told to stop; exit 0 pass, 1 fail, 3 unknown, 5 refused or stopped."""
    from ..dryrun.asking import words_of
    from ..dryrun.duration import seconds
    from .place import Wanted
    from .run import LiveAsk, run

    options = () if bot is None else (f"bot.entry={bot}",)
    wanted = Wanted(profile, (*options, *(sets or ())), account, allow_env, seed)
    ask = LiveAsk(
        wanted=wanted,
        out=out,
        duration_s=None if duration is None else seconds(duration),
        confirmed=i_understand_real_money,
        strict=strict,
        command=words_of("live", "run", ctx.params),
    )
    speak(run(ask), json=json, quiet=quiet, strict=strict)


@app.command("reconcile")
def reconcile_(  # noqa: PLR0917 -- one parameter per option
    profile: ProfileOption = None,
    account: AccountOption = None,
    sets: SetOption = None,
    allow_env: AllowEnvOption = False,
    json: JsonOption = False,
    quiet: QuietOption = False,
    strict: StrictOption = False,
) -> None:
    """Compare an account's books with the venue: exit 0 they agree, 1 not, 3 no whole answer."""
    from .accounts import reconcile
    from .place import Wanted, resolve
    from .run import open_venue

    found = resolve(Wanted(profile, tuple(sets or ()), account, allow_env))
    speak(reconcile(found, open_venue), json=json, quiet=quiet, strict=strict)


@app.command("orders")
def orders_(  # noqa: PLR0917 -- one parameter per option
    profile: ProfileOption = None,
    account: AccountOption = None,
    everything: Annotated[bool, typer.Option("--all", help="Ended orders as well.")] = False,
    sets: SetOption = None,
    allow_env: AllowEnvOption = False,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """List the orders of an account's log, without asking the venue."""
    from .accounts import orders
    from .place import Wanted, resolve

    found = resolve(Wanted(profile, tuple(sets or ()), account, allow_env)).profile
    speak(orders(found, everything=everything), json=json, quiet=quiet)


@app.command("emergency-stop")
def emergency_stop_(  # noqa: PLR0917 -- one parameter per option
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; echoed exactly to clear it.")],
    clear: Annotated[bool, typer.Option("--clear", help="Clear the latch instead of setting it.")] = False,
    wait: Annotated[
        str, typer.Option("--wait", metavar="LENGTH", help="How long to wait for acknowledgements.")
    ] = "5s",
    sweep: Annotated[
        bool, typer.Option("--sweep", help="Cancel everything from here as well, and have zero confirmed.")
    ] = False,
    profile: ProfileOption = None,
    account: AccountOption = None,
    sets: SetOption = None,
    allow_env: AllowEnvOption = False,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Stop an account: exit 0 acknowledged with zero open orders, 1 not in time, 4 out of reach."""
    from ..dryrun.duration import seconds
    from . import emergency
    from .keys import latch_password
    from .place import Wanted, resolve, witnessing

    wait_ns = round(seconds(wait) * 1e9)
    found = resolve(Wanted(profile, tuple(sets or ()), account, allow_env)).profile
    with witnessing(found.live, latch_password(found)) as witness:
        if clear:
            outcome = emergency.clear(witness, reason)
        else:
            here = _sweeping(found) if sweep else None
            outcome = emergency.stop(witness, reason, emergency.Patience(wait_ns), here)
    speak(outcome, json=json, quiet=quiet)


def _sweeping(profile: "Profile") -> "Callable[[int], Ack]":
    from .accounts import sweeping
    from .run import open_venue

    return sweeping(profile, open_venue)


@app.command("status")
def status_(
    profile: ProfileOption = None,
    account: AccountOption = None,
    sets: SetOption = None,
    allow_env: AllowEnvOption = False,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Say how a bot stands: exit 0 fresh, 1 degraded, 2 stopped, 3 cannot tell."""
    from .keys import latch_password
    from .place import Wanted, resolve, witnessing
    from .status import status
    from .verify import gather

    found = resolve(Wanted(profile, tuple(sets or ()), account, allow_env)).profile
    with witnessing(found.live, latch_password(found)) as witness:
        evidence = gather(found.live, found.market.symbols, look=witness.look)
    speak(status(evidence), json=json, quiet=quiet)


@app.command("verify")
def verify_(  # noqa: PLR0917 -- one parameter per option
    profile: ProfileOption = None,
    account: AccountOption = None,
    sets: SetOption = None,
    allow_env: AllowEnvOption = False,
    json: JsonOption = False,
    quiet: QuietOption = False,
    strict: StrictOption = False,
) -> None:
    """Check that a bot is there: lock, process, start time, heartbeat, loop; exit 1 when one is not."""
    from .keys import latch_password
    from .place import Wanted, resolve, witnessing
    from .verify import gather, verify

    found = resolve(Wanted(profile, tuple(sets or ()), account, allow_env)).profile
    with witnessing(found.live, latch_password(found)) as witness:
        evidence = gather(found.live, found.market.symbols, look=witness.look)
    speak(verify(evidence), json=json, quiet=quiet, strict=strict)


@app.command("check-transition")
def check_transition_(  # noqa: PLR0917 -- one parameter per option
    first: Annotated[str, typer.Argument(metavar="[FROM] TO", help="The stage to go to, or the one before.")],
    second: Annotated[str | None, typer.Argument(metavar="", help="The stage to go to.")] = None,
    profile: ProfileOption = None,
    out: OutOption = None,
    sets: SetOption = None,
    allow_env: AllowEnvOption = False,
    json: JsonOption = False,
    quiet: QuietOption = False,
    strict: StrictOption = False,
) -> None:
    """Judge a step of the ladder by the records of the stage before; nothing is written."""
    from ..store.clock import utc_now_ns
    from .ladder import check_transition, steps
    from .place import DEFAULT_OUT, Wanted, resolve

    step = steps(first, second)
    found = resolve(Wanted(profile, tuple(sets or ()), None, allow_env)).profile
    outcome = check_transition(found, Path(out or DEFAULT_OUT), step, utc_now_ns())
    speak(outcome, json=json, quiet=quiet, strict=strict)
