import pytest

from seatrial.judge.gate.trial import Plan, trial
from seatrial.judge.kpi import KPIS, Measure

MB = 1_000_000.0


def growth(sizes: list[float]) -> Measure:
    """What a run of these resident sizes measures."""
    history = trial(Plan(iterations=len(sizes), fills_per_iteration=1.0, samples=1))
    history.resources = [{"iteration": at, "rss_bytes": size} for at, size in enumerate(sizes)]
    return KPIS.get("rss_growth_ratio").measure(history.slice("whole"))


def test_a_leak_is_its_growth_over_the_run() -> None:
    """One megabyte an iteration on a hundred is 23 % in 24 iterations, whatever the first ones did."""
    found = growth([100 * MB + at * MB for at in range(24)])

    assert found.value == pytest.approx(23 / 108, rel=0.02)


def test_warm_up_is_no_leak() -> None:
    """Caches fill once; a plain fit would fail every honest bot for it."""
    found = growth([60 * MB, 80 * MB, 95 * MB, 99 * MB, *[100 * MB] * 20])

    assert found.value == pytest.approx(0.0)


def test_single_spikes_do_not_make_a_leak() -> None:
    """The median of slopes ignores what comes and goes."""
    sizes = [100 * MB] * 24
    sizes[20] = sizes[23] = 400 * MB

    assert growth(sizes).value == pytest.approx(0.0)


def test_a_sawtooth_over_many_samples_is_flat() -> None:
    """A collector that works in cycles is not a leak."""
    found = growth([100 * MB + (at % 10) * 3 * MB for at in range(500)])

    assert found.value == pytest.approx(0.0, abs=0.02)


@pytest.mark.parametrize("count", [1, 7])
def test_too_few_samples_are_not_measured(count: int) -> None:
    """A slope through a handful of points is a guess."""
    found = growth([100 * MB] * count)

    assert (found.value, found.n) == (None, count)
    assert "needs 8" in found.reason


def test_samples_without_a_size_are_not_measured() -> None:
    """A platform that cannot tell must not read as flat."""
    history = trial(Plan())
    history.resources = [{"iteration": at, "rss_bytes": None} for at in range(12)]

    assert KPIS.get("rss_growth_ratio").measure(history.slice("whole")).value is None
