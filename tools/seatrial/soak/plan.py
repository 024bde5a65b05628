"""The phases of a soak: warm-up, steady state, ramp-down."""

from ..dryrun.window import Phase
from ..model.profile import SoakSettings


def phases(settings: SoakSettings) -> tuple[Phase, ...]:
    """Return the phase of each iteration; there is at least one steady one."""
    steady = settings.iterations - settings.warmup_iterations - settings.rampdown_iterations
    lengths: tuple[tuple[Phase, int], ...] = (
        ("warmup", settings.warmup_iterations),
        ("steady", steady),
        ("rampdown", settings.rampdown_iterations),
    )
    return tuple(phase for phase, count in lengths for _ in range(count))
