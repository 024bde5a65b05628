"""Which fill is which: by id, by order, by sums, by time; and never a partner that is not one."""

import random
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from tests.finops.desk import book, fill, with_fill

from seatrial.finops.entry import Row
from seatrial.finops.matching.pairing import Matching, match
from seatrial.finops.matching.tolerance import Tolerance
from seatrial.model.profile import FinopsSettings

TOLERANCE = Tolerance.of(FinopsSettings())
D = Decimal


def matched(ours: list[Row], theirs: list[Row]) -> Matching:
    """Match with the default tolerance."""
    return match(ours, theirs, TOLERANCE)


def tiers(found: Matching) -> list[str]:
    """How each pair was found."""
    return [pair.tier for pair in found.pairs]


def test_trade_ids_come_first() -> None:
    """An id that both books know decides, whatever else differs."""
    found = matched([fill(0, price="60000")], [fill(0, price="61000", order_id="other")])

    assert tiers(found) == ["trade_id"]


def test_an_order_s_fill_is_found_without_a_trade_id() -> None:
    """A bot that knows only its order numbers can still be compared."""
    ours = [fill(at, trade_id=None, order_id="o1", qty=qty) for at, qty in enumerate(("0.1", "0.2", "0.1"))]
    theirs = [fill(at, order_id="o1", qty=qty) for at, qty in enumerate(("0.1", "0.2", "0.1"))]

    found = matched(ours, theirs)

    assert tiers(found) == ["order"] * 3
    assert not found.left_ours + found.left_theirs


def test_partial_fills_add_up_to_an_aggregated_row() -> None:
    """A statement with one line per order is no list of missing fills."""
    parts = [fill(at, trade_id=f"x{at}", order_id="o1", qty="0.1", fee=D("-0.4")) for at in range(3)]
    whole = fill(2, trade_id=None, order_id="o1", qty="0.3", fee=D("-1.2"))

    many_to_one = matched(parts, [whole])
    one_to_many = matched([whole], parts)

    assert [len(group.ours) for group in many_to_one.groups] == [3]
    assert [len(group.theirs) for group in one_to_many.groups] == [3]
    assert (
        not many_to_one.left_ours + many_to_one.left_theirs + one_to_many.left_ours + one_to_many.left_theirs
    )


def test_without_any_id_time_decides_and_the_nearest_wins() -> None:
    """Equal fills a few seconds apart are told apart by their times."""
    ours = [fill(at, trade_id=None, order_id=None) for at in (0, 10, 20)]
    theirs = [fill(at, trade_id=None, order_id=None) for at in (21, 11, 1)]

    found = matched(ours, theirs)

    assert sorted((pair.theirs.ts_ns - pair.ours.ts_ns) // 10**9 for pair in found.pairs) == [1, 1, 1]


def test_two_ids_of_one_space_are_two_fills() -> None:
    """A fill that we lost and one that they lost must not explain each other."""
    shared = [fill(at) for at in range(5)]
    ours = [*shared, fill(50, trade_id="only-ours", order_id="a")]
    theirs = [*shared, fill(50, trade_id="only-theirs", order_id="b")]

    found = matched(ours, theirs)

    assert [len(found.left_ours), len(found.left_theirs)] == [1, 1]


def test_a_price_that_differs_is_found_without_ids() -> None:
    """One field off, the rest equal, nothing else near: it is the same fill with a mistake."""
    ours, theirs = fill(0, trade_id=None, order_id=None), fill(0, trade_id=None, order_id=None, price="60001")

    assert tiers(matched([ours], [theirs])) == ["all_but_one"]


def test_both_sides_of_a_self_trade_share_an_id_and_are_two_rows() -> None:
    """An account that traded with itself has one trade id twice, bought and sold."""
    both = [fill(0, side="buy"), fill(0, side="sell")]

    found = matched(both, list(both))

    assert (len(found.pairs), found.surplus) == (2, [])


@given(seed=st.integers(0, 10**6), count=st.integers(1, 40))
def test_every_row_comes_out_exactly_once(seed: int, count: int) -> None:
    """Matching neither loses nor doubles a row, however tangled the books are."""
    rng = random.Random(seed)
    rows = book(count, seed % 7)

    def tangled() -> list[Row]:
        told = []
        for row in rows:
            for _ in range(rng.choice((0, 1, 1, 1, 2))):
                changes: dict[str, object] = {}
                if rng.random() < 0.3:
                    changes["trade_id"] = None
                if rng.random() < 0.3:
                    changes["order_id"] = rng.choice((None, "O1", "O2"))
                if rng.random() < 0.2:
                    changes["qty"] = D("0.5")
                told.append(with_fill(row, **changes))
        return told

    ours, theirs = tangled(), tangled()
    found = matched(ours, theirs)

    out_ours = [pair.ours for pair in found.pairs] + [row for group in found.groups for row in group.ours]
    out_ours += [one.row for one in found.surplus if one.here] + found.left_ours
    out_theirs = [pair.theirs for pair in found.pairs] + [
        row for group in found.groups for row in group.theirs
    ]
    out_theirs += [one.row for one in found.surplus if not one.here] + found.left_theirs
    assert sorted(map(id, out_ours)) == sorted(map(id, ours))
    assert sorted(map(id, out_theirs)) == sorted(map(id, theirs))


def test_without_any_id_parts_at_one_time_add_up_to_one_row() -> None:
    """A statement that merges the fills of a moment, from a bot that kept no order numbers."""
    parts = [fill(0, trade_id=None, order_id=None, qty=qty) for qty in ("0.1", "0.15", "0.05")]
    whole = fill(0, trade_id=None, order_id=None, qty="0.3")

    found = matched(parts, [whole]), matched([whole], parts)

    assert [[group.tier for group in one.groups] for one in found] == [["window"], ["window"]]
    assert not any(one.left_ours + one.left_theirs for one in found)
