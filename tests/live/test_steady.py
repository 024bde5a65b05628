"""The loop's clock: whatever is done to the wall clock, time goes on and never goes back."""

from hypothesis import given
from hypothesis import strategies as st

from seatrial.live.steady import SteadyClock

STEPS = st.lists(st.tuples(st.integers(0, 10**10), st.integers(-(10**13), 10**13)), max_size=30)


@given(STEPS)
def test_it_never_goes_back_and_never_stands_still(steps: list[tuple[int, int]]) -> None:
    """A timer that waits for an hour that has been already is a bot that is not there."""
    counted, offset = [0], [10**18]
    clock = SteadyClock(lambda: counted[0] + offset[0], lambda: counted[0])
    last = clock()
    for passed, moved in steps:
        counted[0] += passed
        offset[0] += moved
        now = clock()

        wall = counted[0] + offset[0]
        assert now == (wall if wall >= last else last + passed)
        assert now >= last
        last = now


def test_it_follows_the_wall_clock_and_counts_on_when_that_is_set_back() -> None:
    """Set back by an hour, a second later it is a second later."""
    wall, counted = [1_000], [0]
    clock = SteadyClock(lambda: wall[0], lambda: counted[0])
    wall[0], counted[0] = 1_500, 500
    assert clock() == 1_500
    wall[0], counted[0] = 100, 700
    assert clock() == 1_700
    wall[0], counted[0] = 400, 1_000
    assert clock() == 2_000
    wall[0], counted[0] = 5_000, 1_100
    assert clock() == 5_000
