import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from seatrial.model import tape as t

ROWS = st.lists(
    st.tuples(
        st.integers(0, 50), st.integers(0, 2**20), st.integers(-(2**31), 2**31 - 1), st.integers(0, 2**60)
    )
)


def rows(tape: t.Tape) -> list[tuple[int, int, int, int]]:
    """The tape as tuples."""
    return list(zip(tape.ts.tolist(), tape.code.tolist(), tape.px.tolist(), tape.qty.tolist(), strict=True))


@given(ROWS)
def test_rows_come_back_as_they_went_in(given_rows: list[tuple[int, int, int, int]]) -> None:
    """Columns are a form, not a change."""
    tape = t.tape_of(given_rows)

    assert rows(tape) == given_rows
    assert len(tape) == len(given_rows)


def test_columns_have_their_declared_types_even_when_empty() -> None:
    """The kernel is compiled for these types; a float column would compile a second one, silently."""
    for tape in (t.tape_of([]), t.join([]), t.merge([]), t.tape_of([(1, 2, 3, 4)])):
        assert [getattr(tape, name).dtype for name, _ in t.COLUMNS] == [
            np.dtype(kind) for _, kind in t.COLUMNS
        ]


@given(st.lists(ROWS, max_size=4))
def test_merge_sorts_by_time_and_keeps_the_order_of_equal_stamps(
    parts: list[list[tuple[int, int, int, int]]],
) -> None:
    """Two events of one nanosecond must come in one order on every machine, or fills differ."""
    parts = [sorted(part, key=lambda row: row[0]) for part in parts]

    merged = t.merge([t.tape_of(part) for part in parts])

    assert rows(merged) == sorted((row for part in parts for row in part), key=lambda row: row[0])


def test_between_is_a_view_of_rows() -> None:
    """Windows are cut out of a tape without copying it."""
    tape = t.tape_of([(i, 0, i, i) for i in range(5)])

    part = tape.between(1, 3)

    assert rows(part) == [(1, 0, 1, 1), (2, 0, 2, 2)]
    assert part.ts.base is tape.ts


def test_the_parts_of_a_code_do_not_overlap() -> None:
    """Kind, side, flags and instrument share one integer; an overlap would turn a trade into a delta."""
    parts = [t.KIND_MASK, t.SIDE_BIT, t.LAST, t.NO_FILL, 0xFF << t.INSTRUMENT_SHIFT]

    assert sum(parts) == t.KIND_MASK | t.SIDE_BIT | t.LAST | t.NO_FILL | (0xFF << t.INSTRUMENT_SHIFT)
    kinds = [t.DELTA, t.TRADE, t.CLEAR, t.SNAPSHOT, t.BBO, t.FUNDING, t.STATUS]
    assert len(set(kinds)) == len(kinds)
    assert all(0 < kind <= t.KIND_MASK for kind in kinds)
