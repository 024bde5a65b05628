"""Coverage is a share of time between 0 and 1, and says where the rest is."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatrial.market.coverage import Silence, Slots

HOUR = 3_600 * 10**9


def silence(stamps: list[int], limit: int = 5) -> Silence:
    found = Silence(limit)
    for stamp in stamps:
        found.see(stamp)
    return found


def slots(stamps: list[int], grid: int = 10, *, from_first: bool = False) -> Slots:
    found = Slots(grid, from_first=from_first)
    for stamp in stamps:
        found.see(stamp)
    return found


sorted_stamps = st.lists(st.integers(0, 10**6), min_size=1, max_size=60).map(sorted)


@given(sorted_stamps, st.integers(1, 10**4))
def test_silence_closes_to_the_whole(stamps: list[int], limit: int) -> None:
    """What is there and what is missing add up to the time between the first and the last event."""
    found = silence(stamps, limit)

    missing = sum(gap.to_ts_ns - gap.from_ts_ns for gap in found.gaps)
    ratio = found.ratio
    assert ratio is not None
    assert 0 <= ratio <= 1
    assert ratio * max(stamps[-1] - stamps[0], 1) + missing == pytest.approx(max(stamps[-1] - stamps[0], 1))


@given(sorted_stamps, st.integers(1, 10**4), st.booleans())
def test_slots_and_gaps_add_up(stamps: list[int], grid: int, from_first: bool) -> None:
    """Every expected slot is present or in a gap, never both."""
    found = slots(stamps, grid, from_first=from_first)

    missing = sum((gap.to_ts_ns - gap.from_ts_ns) // grid for gap in found.gaps)
    assert found.present + missing == found.expected
    assert found.ratio == found.present / found.expected


@given(sorted_stamps, st.integers(1, 10**4), st.booleans(), st.integers(1, 9))
def test_many_at_once_counts_as_one_by_one(stamps: list[int], grid: int, from_first: bool, cut: int) -> None:
    """The fast way over columns is the slow way over stamps."""
    fast = Slots(grid, from_first=from_first)
    for at in range(0, len(stamps), cut):
        fast.see_all(np.array(stamps[at : at + cut], np.int64))

    slow = slots(stamps, grid, from_first=from_first)
    assert (fast.present, fast.expected, fast.gaps, fast.last_ns) == (
        slow.present,
        slow.expected,
        slow.gaps,
        slow.last_ns,
    )


def test_a_gap_runs_from_the_last_event_to_the_next() -> None:
    """A silence as long as the limit is none yet."""
    found = silence([0, 5, 11, 12])

    assert [(gap.from_ts_ns, gap.to_ts_ns) for gap in found.gaps] == [(5, 11)]
    assert found.ratio == pytest.approx(0.5)


def test_missing_bars_are_a_gap_from_the_first_missing_to_the_next_present() -> None:
    """Two hours are missing here, so the gap is two hours long."""
    found = slots([hour * HOUR for hour in (0, 1, 4, 5)], HOUR)

    assert [(gap.from_ts_ns // HOUR, gap.to_ts_ns // HOUR) for gap in found.gaps] == [(2, 4)]
    assert (found.expected, found.present) == (6, 4)


def test_bars_that_begin_at_half_past_are_not_missing() -> None:
    """The grid of bars begins with the first bar."""
    found = slots([15, 25, 35], 10, from_first=True)

    assert (found.expected, found.present, found.gaps) == (3, 3, [])


def test_nothing_has_no_coverage() -> None:
    """Not measured is not zero."""
    assert Silence().ratio is None
    assert Slots(1).ratio is None


def test_a_known_loss_is_a_gap_though_nobody_was_silent() -> None:
    """Trades may go on while changes of the book are missing."""
    found = silence([0, 1, 2, 3])
    found.add_gap(1, 3)
    found.add_gap(2, 3)

    assert [(gap.from_ts_ns, gap.to_ts_ns) for gap in found.gaps] == [(1, 3)]
