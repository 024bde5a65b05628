"""Tapes are cut between instants, whatever the reader's buffer."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from seatrial.dryrun.instants import whole_instants
from seatrial.model.tape import TRADE, tape_of

Stamps = list[int]


def pieces(stamps: Stamps, cuts: list[int]) -> list[tuple[Stamps, int]]:
    """Cut the stamps into tapes at `cuts` and return what comes out, up to 1000."""
    places = [0, *sorted(cuts), len(stamps)]
    tapes = [tape_of([(ts, TRADE, 1, 1) for ts in stamps[low:high]]) for low, high in pairwise(places)]
    return [(tape.ts.tolist(), until) for tape, until in whole_instants(tapes, 1_000)]


@settings(deadline=None)
@given(
    stamps=st.lists(st.integers(0, 20)).map(sorted),
    cuts=st.lists(st.integers(0, 30), max_size=8),
)
def test_nothing_is_lost_and_no_instant_is_split(stamps: Stamps, cuts: list[int]) -> None:
    """A timer between two rows of one instant would see half of a book update."""
    found = pieces(stamps, [min(cut, len(stamps)) for cut in cuts])

    assert [ts for rows, _ in found for ts in rows] == stamps
    assert found[-1][1] == 1_000
    ends = [until for _, until in found]
    assert ends == sorted(ends)
    for (rows, until), (later, _) in pairwise(found):
        assert all(ts < until for ts in rows)
        assert all(ts >= until for ts in later)


def test_a_window_without_rows_still_ends() -> None:
    """Timers run in a silent market too."""
    assert pieces([], []) == [([], 1_000)]
