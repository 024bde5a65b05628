"""Attendance: planned time is covered or missed, never both and never neither."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from seatrial.soak.wall.attendance import Attendance, Missed

CAUSES = st.sampled_from([None, "bot_down", "bot_starting", "suite_down"])


@given(st.lists(st.tuples(st.integers(-5, 50), CAUSES), max_size=60))
def test_every_second_is_accounted_once(steps: list[tuple[int, str | None]]) -> None:
    """Hours that are in neither column are where a soak of 24 h that ran for 12 hides."""
    held, now, gaps, windows = Attendance(100), 100, [], 0
    for length, cause in steps:
        now += length
        gaps += held.add(now, cause)
        if length % 3 == 0:
            windows += held.end_window()
    gaps += held.close()
    windows += held.end_window()

    span = held.at_ns - 100
    assert held.covered_ns + sum(held.missing_ns.values()) == span
    assert sum(gap.to_ns - gap.from_ns for gap in gaps) == sum(held.missing_ns.values())
    assert windows == held.covered_ns
    assert all(one.to_ns <= other.from_ns for one, other in pairwise(gaps))


def test_one_cause_is_one_gap_and_another_begins_another() -> None:
    """A gap without its cause cannot be argued about, and a hundred pieces of one cannot be read."""
    held = Attendance(0)

    told = [
        *held.add(10, "bot_starting"), *held.add(20, "bot_starting"), *held.add(30, None),
        *held.add(40, "bot_down"), *held.add(50, "suite_down"), *held.close(),
    ]  # fmt: skip

    assert told == [Missed(0, 20, "bot_starting"), Missed(30, 40, "bot_down"), Missed(40, 50, "suite_down")]


def test_a_clock_that_is_set_back_covers_nothing_twice() -> None:
    """A correction of an hour would otherwise be an hour of coverage for nothing."""
    held = Attendance(100)
    held.add(200, None)
    held.add(150, None)
    held.add(200, None)

    assert (held.covered_ns, held.at_ns) == (100, 200)


def test_a_run_that_goes_on_keeps_its_open_gap() -> None:
    """The stretch in which the suite was dead begins where it was last seen."""
    held = Attendance(100, {"bot_down": 40}, (60, "bot_down"))

    assert held.add(110, "suite_down") == [Missed(60, 100, "bot_down")]
    assert held.missing_ns == {"bot_down": 40, "suite_down": 10}
