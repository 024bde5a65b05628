"""The profiles that come with the suite: each loads, says what it is for, and can be judged by."""

from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path

import pytest

from seatrial.config.locate import built_in_folder, every
from seatrial.config.manager import ConfigManager
from seatrial.model.profile import Profile

FOLDER = built_in_folder() or Path("profiles")
NAMES = ("ci", "demo", "maker_bias", "soak_24", "soak_72h", "steady_safe", "ultra_safe")
PARAMS = {
    "order_qty",
    "half_spread_bps",
    "min_half_spread_bps",
    "vol_mult",
    "skew_bps",
    "max_position",
    "refresh_ms",
    "max_order_age_ms",
}
SIZES = ("order_qty", "max_position")


def profile(name: str) -> Profile:
    """Return the built-in profile of that name, resolved by itself."""
    return ConfigManager().resolve(FOLDER / f"{name}.yaml").profile


def test_the_list_of_profiles_is_complete() -> None:
    """A profile that no test loads would break in somebody's hands."""
    assert tuple(sorted(path.stem for path in FOLDER.glob("*.yaml"))) == NAMES
    assert set(NAMES) <= {found.name for found in every()}


@pytest.mark.parametrize("name", NAMES)
def test_each_profile_loads_and_says_what_it_is_for(name: str) -> None:
    """The name is its file's, the description is one sentence, the comment explains the choices."""
    held = profile(name)
    text = (FOLDER / f"{name}.yaml").read_text()

    assert held.name == name
    assert held.description.endswith(".")
    assert text.startswith(f"# {name}: ")
    assert sum(line.startswith("#") for line in text.splitlines()) >= 3


@pytest.mark.parametrize("name", NAMES)
def test_each_profile_can_fail(name: str) -> None:
    """A profile without hard bounds would pass every bot."""
    gates = profile(name).gates

    hard = [gate for gate in gates if (gate.at_least or gate.at_most) and not gate.report_only]
    assert len(hard) >= 5
    assert all((gate.at_least or gate.at_most).hard is not None for gate in hard)  # type: ignore[union-attr]
    assert len({(gate.kpi, gate.window) for gate in gates}) == len(gates)


@pytest.mark.parametrize("name", NAMES)
def test_each_profile_speaks_of_parameters_that_the_reference_bot_has(name: str) -> None:
    """A misspelt parameter in a profile would be a default in disguise."""
    held = profile(name)

    assert held.bot.entry == "reference"
    assert held.bot.params.keys() == PARAMS
    assert held.soak.warmup_params.keys() <= PARAMS
    assert all(isinstance(held.bot.params[size], str) for size in SIZES)


@pytest.mark.parametrize("name", NAMES)
def test_warm_up_is_the_more_careful_part(name: str) -> None:
    """Warm-up settings that are bolder than the steady ones are a slip of the pen."""
    held = profile(name)
    warm = {**held.bot.params, **held.soak.warmup_params}

    assert (
        Decimal(warm["order_qty"])
        <= Decimal(held.bot.params["order_qty"])
        <= Decimal(held.bot.params["max_position"])
    )
    assert (
        warm["half_spread_bps"]
        >= held.bot.params["half_spread_bps"]
        >= held.bot.params["min_half_spread_bps"]
    )


@pytest.mark.parametrize("name", NAMES)
def test_the_steady_window_exists(name: str) -> None:
    """Gates that look at more steady iterations than there are would be UNKNOWN for ever."""
    soak = profile(name).soak

    assert soak.steady_last <= soak.iterations - soak.warmup_iterations - soak.rampdown_iterations


@pytest.mark.parametrize(
    ("name", "iterations", "window_s", "steady_last"),
    [("demo", 24, 3_600, 22), ("ci", 6, 600, 5), ("soak_24", 24, 3_600, 8), ("soak_72h", 72, 3_600, 24)],
)
def test_lengths_are_what_the_names_say(name: str, iterations: int, window_s: int, steady_last: int) -> None:
    """soak_72h that ran 24 hours would be believed."""
    soak = profile(name).soak

    assert (soak.iterations, soak.window_s, soak.steady_last) == (iterations, window_s, steady_last)


def test_the_safe_profiles_grow_safer() -> None:
    """Each step down is smaller, wider and quicker to freeze than the one before."""
    steps = [profile(name) for name in ("soak_24", "steady_safe", "ultra_safe")]

    sizes = [Decimal(step.bot.params["order_qty"]) for step in steps]
    limits = [Decimal(step.bot.params["max_position"]) for step in steps]
    spreads = [step.bot.params["half_spread_bps"] for step in steps]
    debounces = [step.soak.guards.debounce for step in steps]
    drawdowns = [step.soak.guards.max_drawdown_ratio or 1 for step in steps]
    assert sizes == sorted(sizes, reverse=True)
    assert limits == sorted(limits, reverse=True)
    assert spreads == sorted(spreads)
    assert debounces == sorted(debounces, reverse=True)
    assert drawdowns == sorted(drawdowns, reverse=True)
    assert len(set(sizes)) == len(set(spreads)) == len(set(debounces)) == 3


def test_a_guard_steps_back_before_it_stops() -> None:
    """Partial freeze comes first, or it could never come."""
    for name in NAMES:
        guards = profile(name).soak.guards
        if guards.min_net_bps is not None and guards.partial_net_bps is not None:
            assert guards.partial_net_bps > guards.min_net_bps


@pytest.mark.skipif(find_spec("seatrial.judge.kpi") is None, reason="the KPI family is not in this checkout")
def test_every_gate_names_a_kpi_that_exists() -> None:
    """A gate on a measure that nobody takes can only be UNKNOWN."""
    from seatrial.judge.kpi import KPIS

    wanted = {gate.kpi for name in NAMES for gate in profile(name).gates}
    assert wanted <= set(KPIS.names())
