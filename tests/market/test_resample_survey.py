"""The one pass over a recording that resampling needs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatrial.market.resample_survey import BOOKS_MAX, Grid, survey
from seatrial.model.tape import (
    CLEAR,
    DELTA,
    GAP_CLOSES,
    GAP_OPENS,
    LAST,
    SIDE_BIT,
    SNAPSHOT,
    STATUS,
    TRADE,
    tape_of,
)

BOOK = [(5, CLEAR, 0, 0), (5, SNAPSHOT, 100, 5), (5, SNAPSHOT | SIDE_BIT | LAST, 103, 7)]


@given(length=st.integers(1_000, 10**16), block=st.integers(8, 10**14))
def test_the_grid_is_bounded_and_inside_the_recording(length: int, block: int) -> None:
    """A month in blocks of a second must not keep a million books."""
    grid = Grid.of(0, length, block)

    assert grid.block_ns <= max(block, 8)
    assert grid.block_ns * 2 <= length
    assert grid.at(grid.count - 1) <= length
    assert grid.count // grid.stride <= 9 * BOOKS_MAX


def test_a_moment_knows_what_came_before_it() -> None:
    """A row at the moment itself belongs to the block that begins there."""
    found = survey([tape_of([*BOOK, (20, DELTA | LAST, 101, 1)])], 1, Grid(0, 10, 1, 1, 4))

    assert found.mids == [(None,), (203,), (203,), (204,)]
    assert found.last_mids == (204,)
    assert list(found.books[1][0].px) == [100, 103]


def test_blocks_begin_neither_in_gaps_nor_before_the_book() -> None:
    """There is nothing to splice there."""
    gap = [(12, STATUS | LAST, GAP_OPENS, 0), (25, STATUS | LAST, GAP_CLOSES, 0)]
    found = survey([tape_of([*BOOK, *gap, (45, DELTA | LAST, 101, 1)])], 1, Grid(0, 10, 1, 1, 5))

    assert found.silent == [(False,), (False,), (True,), (False,), (False,)]
    assert found.beginnings() == [1, 3]


@pytest.mark.parametrize(
    ("rows", "mid"), [([(5, TRADE | LAST, 100, 1)], 200), ([(5, DELTA | LAST, 9, 1)], None)]
)
def test_without_a_book_the_last_trade_is_the_price(
    rows: list[tuple[int, int, int, int]], mid: int | None
) -> None:
    """A recording of trades can be resampled too; half a book cannot."""
    assert survey([tape_of(rows)], 1, Grid(0, 10, 1, 1, 2)).mids[1] == (mid,)
