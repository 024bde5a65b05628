"""Statements that tell the same stretch twice: the newer one counts, copies count once."""

import random
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from tests.finops.desk import cash

from seatrial.finops.editions import content, standing
from seatrial.finops.entry import Row


def rows(count: int) -> list[Row]:
    """Return rows with a reference each."""
    return [cash(at, str(at + 1), ref=f"r{at}") for at in range(count)]


def test_two_editions_of_one_period_count_once() -> None:
    """The statement of April inside that of May is no second income."""
    old, new = rows(20), rows(25)

    found = standing([old, new])

    assert (len(found.rows), found.copies, found.restated) == (25, 20, [])


def test_a_restated_row_is_replaced_and_told() -> None:
    """What the venue corrected stands corrected, with the old row beside it."""
    old, new = rows(20), rows(25)
    new[7] = cash(7, "99", ref="r7")

    found = standing([new, old])

    assert [(one.old.ref, one.new and one.new.movements[0].amount) for one in found.restated] == [
        ("r7", Decimal(99))
    ]
    assert sum(row.movements[0].amount for row in found.rows if row.ref == "r7") == 99


def test_a_row_that_the_newer_edition_leaves_out_is_gone() -> None:
    """A pending row that never settled moved no money."""
    old, new = rows(20), [row for row in rows(25) if row.ref != "r7"]

    found = standing([old, new])

    assert [(one.old.ref, one.new) for one in found.restated] == [("r7", None)]
    assert "r7" not in {row.ref for row in found.rows}


@given(seed=st.integers(0, 10**6), parts=st.integers(1, 5), cut=st.booleans())
def test_a_statement_shared_out_over_files_is_one_statement(seed: int, parts: int, *, cut: bool) -> None:
    """By rows or by time, in any order of files: nothing is lost and nothing counts twice."""
    every = rows(60)
    rng = random.Random(seed)
    if cut:
        edges = sorted(rng.sample(range(1, 60), parts - 1))
        pieces = [every[a:b] for a, b in zip([0, *edges], [*edges, 60], strict=True)]
    else:
        owners = [rng.randrange(parts) for _ in every]
        pieces = [
            [row for row, owner in zip(every, owners, strict=True) if owner == at] for at in range(parts)
        ]
    rng.shuffle(pieces)

    found = standing(pieces)

    assert sorted(map(content, found.rows), key=repr) == sorted(map(content, every), key=repr)
    assert (found.copies, found.restated) == (0, [])


def test_equal_rows_of_one_instant_cut_between_two_files_are_two_rows() -> None:
    """Two equal payments at the very moment at which the file was cut: nobody said one twice."""
    first = [*(cash(at, "1") for at in range(5)), cash(9, "7")]
    second = [cash(9, "7"), *(cash(at, "1") for at in range(20, 25))]

    found = standing([first, second])

    assert (len(found.rows), found.copies) == (12, 0)
