"""Guards: slow to freeze, slow to lift, and never on an iteration that proves nothing."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seatrial.model.profile import GuardSettings
from seatrial.soak.guards import Level, Ruling, Seen, rule

GUARDS = GuardSettings(
    min_net_bps=0.0, partial_net_bps=1.0, max_drawdown_ratio=0.1, min_fills=5, debounce=3, recover=2
)
GOOD, WEAK, BAD = Seen(10, 2.0, 0.0), Seen(10, 0.5, 0.0), Seen(10, -1.0, 0.0)
FEW = Seen(4, -99.0, 0.9)
UNMEASURED = Seen(10, None, None)
seen = st.sampled_from([GOOD, WEAK, BAD, FEW, UNMEASURED])


def rulings(history: list[Seen], guards: GuardSettings = GUARDS) -> list[Ruling]:
    """Return the ruling after each iteration."""
    found: list[Ruling] = []
    for one in history:
        found.append(rule(guards, found[-1].watches if found else {}, one))
    return found


def levels(*history: Seen) -> list[Level]:
    """Return the freeze after each iteration."""
    return [ruling.level for ruling in rulings(list(history))]


def test_a_freeze_needs_so_many_bad_iterations_in_a_row() -> None:
    """One bad hour is weather."""
    assert levels(BAD, BAD, GOOD, BAD, BAD, BAD) == ["none"] * 5 + ["full"]


def test_a_weak_edge_brings_a_partial_freeze() -> None:
    """Reduce first, stop later."""
    assert levels(WEAK, WEAK, WEAK) == ["none", "none", "partial"]


def test_a_freeze_lifts_after_so_many_quiet_iterations() -> None:
    """The way back is slow too, or the freeze would flap."""
    assert levels(BAD, BAD, BAD, GOOD, BAD, GOOD, GOOD) == ["none", "none", *["full"] * 4, "none"]


def test_a_frozen_bot_that_does_not_trade_is_let_go_again() -> None:
    """It cannot earn its way out while it may not trade."""
    assert levels(BAD, BAD, BAD, FEW, FEW) == ["none", "none", "full", "full", "none"]


def test_too_few_fills_do_not_vote() -> None:
    """Three fills at a loss prove nothing; they do not clear the bot either."""
    assert levels(*[FEW] * 20) == ["none"] * 20
    assert levels(BAD, BAD, FEW, BAD) == ["none", "none", "none", "full"]


def test_a_drawdown_freezes_by_itself() -> None:
    """The edge may look fine while the peak is far away."""
    ruling = rulings([Seen(10, 5.0, 0.2)] * 3)[-1]

    assert (ruling.level, ruling.guard, ruling.bad) == ("full", "drawdown_ratio", ("drawdown_ratio",))
    assert "0.2" in ruling.reason


def test_no_guard_is_on_by_default() -> None:
    """A guard acts on the bot, so somebody must have asked for it."""
    assert [ruling.level for ruling in rulings([BAD] * 9, GuardSettings())] == ["none"] * 9


@settings(deadline=None)
@given(st.lists(seen, max_size=60))
def test_the_freeze_never_flaps(history: list[Seen]) -> None:
    """Between two changes of one guard lie at least `recover` or `debounce` iterations."""
    found = rulings(history)
    for name in ("net_bps", "partial_net_bps", "drawdown_ratio"):
        frozen = [False, *(ruling.watches[name].frozen for ruling in found)]
        changes = [at for at, (before, after) in enumerate(pairwise(frozen)) if before != after]
        for earlier, later in pairwise(changes):
            assert later - earlier >= (GUARDS.recover if frozen[later] else GUARDS.debounce)


@settings(deadline=None)
@given(st.lists(seen, max_size=40), st.integers(1, 5), st.integers(1, 5))
def test_debounced_bad_freezes_and_recovered_good_lifts(
    history: list[Seen], debounce: int, recover: int
) -> None:
    """Whatever came before, enough of one kind decides."""
    guards = GUARDS.model_copy(update={"debounce": debounce, "recover": recover})

    frozen = rulings([*history, *[BAD] * (debounce + recover)], guards)[-1]
    assert frozen.level == "full"
    assert rulings([*history, *[BAD] * debounce, *[GOOD] * recover], guards)[-1].level == "none"


@settings(deadline=None)
@given(st.lists(st.sampled_from([GOOD, FEW, UNMEASURED]), max_size=60))
def test_nothing_freezes_without_a_bad_vote(history: list[Seen]) -> None:
    """A guard must not act on what was not measured."""
    assert {ruling.level for ruling in rulings(history)} <= {"none"}


@pytest.mark.parametrize("value", [None, 0.0])
def test_a_bound_itself_is_not_bad(value: float | None) -> None:
    """At least 0 includes 0; not measured is not below."""
    assert (
        rulings([Seen(10, value, None)] * 5, GuardSettings(min_net_bps=0.0, min_fills=1))[-1].level == "none"
    )
