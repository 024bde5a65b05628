"""The pace: each event when its moment comes, and the same events however it is cut."""

from hypothesis import given
from hypothesis import strategies as st
from tests.dryrun.fakes import START_NS
from tests.shadow.stage import Recorded

from seatrial.model.tape import join
from seatrial.shadow.paced import PacedFeed

END_NS = START_NS + 2 * 10**9


@given(st.floats(5, 500), st.lists(st.integers(0, 10**9), min_size=1, max_size=40))
def test_no_event_comes_early_and_none_is_lost(speed: float, steps: list[int]) -> None:
    """Whatever the clock does, a row is shown only when market time has passed it."""
    now = 0
    turn = 0

    def clock() -> int:
        nonlocal now, turn
        now += steps[turn % len(steps)] + 1_000_000
        turn += 1
        return now

    feed = PacedFeed(Recorded(), speed, clock, pause=lambda _: None)
    began = steps[0] + 1_000_000
    tapes, reached = [], START_NS
    for tape, end_ns in feed.pieces(START_NS, END_NS):
        assert end_ns >= reached
        assert end_ns - START_NS <= (now - began) * speed + 1
        assert not len(tape) or (tape.ts[0] >= reached and tape.ts[-1] < end_ns)
        tapes.append(tape)
        reached = end_ns

    whole = join(list(Recorded().window(START_NS, END_NS)))
    assert reached == END_NS
    assert (join(tapes).ts == whole.ts).all()
    assert (join(tapes).code == whole.code).all()


def test_speed_zero_does_not_wait() -> None:
    """A replay of days must not take days."""

    def never(_: float) -> None:
        raise AssertionError("it waited")

    feed = PacedFeed(Recorded(), 0, lambda: 0, pause=never)

    assert [end for _, end in feed.pieces(START_NS, END_NS)][-1] == END_NS
