"""Blocks: what is cut off at the start, and what a median leaves."""

from hypothesis import given
from hypothesis import strategies as st

from seatrial.judge.trend.blocks import BLOCKS, blocks, trimmed


def test_the_warm_up_is_a_quarter_or_longer() -> None:
    """A cache that fills for hours would be the slope of the whole run."""
    points = [(float(at), 0.0) for at in range(100)]

    assert trimmed(points)[0][0] == 25.0
    assert trimmed(points, 40)[0][0] == 40.0
    assert trimmed([]) == []


@given(st.integers(0, 2_000))
def test_many_points_become_as_many_blocks_as_asked(count: int) -> None:
    """No point is lost between two blocks, none is counted in both."""
    points = [(float(at), float(at)) for at in range(count)]

    found = blocks(points)

    assert len(found) == (count if count <= 2 * BLOCKS else BLOCKS)
    assert found == sorted(found)
