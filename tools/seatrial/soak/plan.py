"""The phases of a soak: warm-up, steady state, ramp-down."""

from ..dryrun.window import Phase
from ..model.errors import UsageError, Where
from ..model.profile import Profile, SoakSettings


def phases(settings: SoakSettings) -> tuple[Phase, ...]:
    """Return the phase of each iteration; there is at least one steady one."""
    steady = settings.iterations - settings.warmup_iterations - settings.rampdown_iterations
    lengths: tuple[tuple[Phase, int], ...] = (
        ("warmup", settings.warmup_iterations),
        ("steady", steady),
        ("rampdown", settings.rampdown_iterations),
    )
    return tuple(phase for phase, count in lengths for _ in range(count))


def check_warmup(profile: Profile) -> None:
    """Refuse warm-up arguments that the steady state would not take back, because it does not name them."""
    lost = sorted(profile.soak.warmup_params.keys() - profile.bot.params.keys())
    if lost and profile.soak.warmup_iterations:
        raise UsageError(
            "the bot would keep its warm-up argument in the steady state",
            where=Where(field=f"soak.warmup_params.{lost[0]}"),
            fix=f"give its steady value as bot.params.{lost[0]}",
        )
