from dataclasses import replace
from typing import Any

import pytest

from seatrial.judge.gate.trial import START_NS, Plan, trial
from seatrial.judge.history import History
from seatrial.judge.kpi import KPIS
from seatrial.judge.tables import FreezeFact

PLAN = Plan(iterations=4)
SPAN = PLAN.iterations * PLAN.window_ns


def freeze(share: float, *, begins: bool, scope: str = "all", level: str = "full") -> FreezeFact:
    """A freeze, or its end, at that share of the run."""
    return FreezeFact(START_NS + int(SPAN * share), begins, scope, level, "guard", "reason")


def uptime(*freezes: FreezeFact, window: Any = "whole", history: History | None = None) -> float | None:
    """Measure a run with these freezes."""
    history = history or trial(PLAN)
    history.freezes.extend(freezes)
    return KPIS.get("uptime_ratio").measure(history.slice(window)).value


def test_frozen_time_is_down_time() -> None:
    """A bot that its guards held still has not run, however good its edge was before."""
    assert uptime(freeze(0.5, begins=True), freeze(0.75, begins=False)) == pytest.approx(0.75)


def test_a_freeze_that_never_ends_lasts_to_the_end() -> None:
    """A run that ends frozen was down until then."""
    assert uptime(freeze(0.25, begins=True)) == pytest.approx(0.25)


def test_overlapping_freezes_count_once() -> None:
    """Down twice is not down for twice as long."""
    both = (freeze(0.25, begins=True), freeze(0.5, begins=True, scope="TRIAL"))

    assert uptime(
        *both, freeze(0.5, begins=False), freeze(0.75, begins=False, scope="TRIAL")
    ) == pytest.approx(0.5)


def test_a_partial_freeze_still_trades() -> None:
    """Risk-reducing orders go through, so the bot is up."""
    assert uptime(freeze(0.25, begins=True, level="partial")) == 1.0


def test_only_the_window_counts() -> None:
    """An iteration is judged by what happened in it."""
    assert uptime(freeze(0.0, begins=True), freeze(0.5, begins=False), window="last:2") == 1.0


def test_an_iteration_knows_the_freeze_that_it_began_in() -> None:
    """While a soak runs only one iteration is in memory, and the freeze may be older than that."""
    history = trial(PLAN)
    history.iterations[2] = replace(history.iterations[2], freeze="full")

    assert uptime(window=2, history=history) == 0.0
    assert uptime(freeze(0.625, begins=False), window=2, history=history) == pytest.approx(0.5)


def test_planned_time_that_never_ran_is_down() -> None:
    """A soak that died in its first quarter was not up for all of it."""
    history = trial(PLAN)
    assert history.run is not None
    history.run = replace(history.run, planned_iterations=4 * PLAN.iterations)

    assert uptime(history=history) == pytest.approx(0.25)
