"""The reorder buffer: whatever the delivery, each row goes out once and in order."""

from hypothesis import given
from hypothesis import strategies as st

from seatrial.shadow.reorder import Reorder

DELIVERY = st.lists(st.integers(1, 30), max_size=60)


def delivered(seqs: list[int], hold: int) -> tuple[Reorder, list[int]]:
    """The numbers that go out when these come in."""
    buffer = Reorder(hold)
    out = [row for seq in seqs for row in buffer.put("a", seq, str(seq).encode())]
    return buffer, [int(row) for row in [*out, *buffer.rest()]]


@given(DELIVERY, st.integers(1, 40))
def test_rows_go_out_in_order_and_once(seqs: list[int], hold: int) -> None:
    """Nothing comes twice, nothing goes back, and every row that came is accounted for."""
    buffer, out = delivered(seqs, hold)
    tally = buffer.tally

    assert out == sorted(set(out))
    assert tally.taken == len(seqs) == len(out) + tally.duplicates + tally.late
    assert tally.missing == (max(out, default=0) - len(out))


@given(st.permutations(range(1, 20)))
def test_a_buffer_that_is_long_enough_loses_nothing(seqs: list[int]) -> None:
    """However mixed, all of it is there."""
    buffer, out = delivered(seqs, 20)

    assert out == list(range(1, 20))
    assert (buffer.tally.late, buffer.tally.missing, buffer.tally.duplicates) == (0, 0, 0)


def test_a_row_that_was_given_up_is_late() -> None:
    """What went out stays as it was: a reader may have acted on it."""
    buffer, out = delivered([1, 3, 4, 5, 2], 2)

    assert out == [1, 3, 4, 5]
    assert (buffer.tally.missing, buffer.tally.late) == (1, 1)


def test_runs_do_not_wait_for_each_other() -> None:
    """One that lost a row must not hold up the rest."""
    buffer = Reorder()

    assert list(buffer.put("a", 2, b"a2")) == []
    assert list(buffer.put("b", 1, b"b1")) == [b"b1"]
