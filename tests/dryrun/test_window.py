"""The windows of a plan."""

from seatrial.dryrun.window import Plan, Window

PLAN = Plan(("warmup", "steady", "steady"), start_ns=100, window_ns=10)


def test_windows_follow_each_other() -> None:
    """Market time has no holes between iterations."""
    assert [(w.from_ns, w.until_ns) for w in PLAN.windows()] == [(100, 110), (110, 120), (120, 130)]
    assert PLAN.planned_ns == 30


def test_a_resumed_plan_goes_on_at_its_window() -> None:
    """The same windows as if nothing had happened."""
    assert list(PLAN.windows(first=2)) == [Window(2, "steady", 120, 130)]


def test_data_that_end_cut_the_last_window() -> None:
    """No window is empty, none reaches beyond the data."""
    assert [(w.from_ns, w.until_ns) for w in PLAN.windows(end_ns=115)] == [(100, 110), (110, 115)]
    assert list(PLAN.windows(end_ns=110))[-1].until_ns == 110
    assert list(PLAN.windows(end_ns=100)) == []
