"""What the options of a command mean for the profile."""

from pathlib import Path
from typing import Any

import pytest

from seatrial.dryrun.asking import Ask, resolve, words_of
from seatrial.model.errors import UsageError
from seatrial.model.profile import Profile


def profile(**options: Any) -> Profile:
    """Resolve an ask."""
    return resolve(Ask(**{"mode": "soak", **options})).profile


def test_options_win_over_the_defaults() -> None:
    """What is typed is meant."""
    found = profile(data=Path("some data"), window="5m", bot="crosser", seed=9)

    assert (found.market.feed, found.market.data) == ("dataset", "some data")
    assert (found.soak.window_s, found.bot.entry, found.seed) == (300, "crosser", 9)


def test_set_wins_over_an_option() -> None:
    """The most exact word counts."""
    assert profile(bot="crosser", sets=("bot.entry=leaker",)).bot.entry == "leaker"


@pytest.mark.parametrize(
    ("sets", "count", "phases"),
    [
        ((), 1, (0, 0)),
        ((), 2, (1, 0)),
        (("soak.warmup_iterations=4", "soak.rampdown_iterations=2"), 9, (4, 2)),
    ],
)
def test_a_short_trial_keeps_a_steady_iteration(
    sets: tuple[str, ...], count: int, phases: tuple[int, int]
) -> None:
    """Two iterations of a long profile are a quick look, not an error."""
    soak = profile(iterations=count, sets=sets).soak

    assert soak.iterations == count
    assert (soak.warmup_iterations, soak.rampdown_iterations) == phases


def test_phases_that_are_set_and_do_not_fit_are_an_error() -> None:
    """Who asks for four warm-up iterations of four has made a mistake."""
    with pytest.raises(UsageError, match="steady"):
        profile(iterations=4, sets=("soak.warmup_iterations=4",))


def test_a_dry_run_has_no_phases() -> None:
    """It is one stretch of market, all of it judged."""
    soak = profile(mode="dryrun", iterations=5).soak

    assert (soak.iterations, soak.warmup_iterations, soak.rampdown_iterations) == (5, 0, 0)


def test_a_path_is_not_read_as_yaml() -> None:
    """A folder called [a] or 123 is a folder."""
    assert profile(data=Path("[a]: 1")).market.data == "[a]: 1"
    assert profile(data=Path("123")).market.data == "123"


def test_the_command_can_be_said_again() -> None:
    """The manifest keeps what was typed, defaults left out."""
    options = {
        "data": Path("d"),
        "seed": None,
        "json": True,
        "fast": False,
        "sets": ["a=1", "b=2"],
        "strict": False,
    }

    assert words_of("soak", "run", options) == (
        *("soak", "run", "--data", "d", "--no-fast", "--json"),
        *("--set", "a=1", "--set", "b=2"),
    )
