"""The reference book agrees with the plainest book there is."""

from hypothesis import given
from hypothesis import strategies as st

from seatrial.market.ladder import Ladder
from seatrial.model.tape import ASK, BBO, BID, CLEAR, DELTA, LAST, SIDE_BIT, SNAPSHOT, TRADE, tape_of

rows = st.lists(
    st.tuples(
        st.sampled_from([DELTA, DELTA, DELTA, SNAPSHOT, BBO, TRADE, CLEAR]),
        st.sampled_from([BID, ASK]),
        st.integers(1, 30),
        st.integers(0, 3),
    ),
    max_size=80,
)


def naive(events: list[tuple[int, int, int, int]]) -> list[dict[int, int]]:
    """Two dicts and nothing clever."""
    book: list[dict[int, int]] = [{}, {}]
    for kind, side, px, qty in events:
        levels = book[side]
        if kind == CLEAR:
            book = [{}, {}]
        if kind == BBO:
            better = [price for price in levels if (price > px if side == BID else price < px)]
            for price in better:
                del levels[price]
        if kind in (DELTA, SNAPSHOT, BBO):
            levels[px] = qty
            if not qty:
                del levels[px]
    return book


def ladder(events: list[tuple[int, int, int, int]]) -> Ladder:
    book = Ladder()
    for kind, side, px, qty in events:
        book.apply(kind | side * SIDE_BIT, px, qty)
    return book


@given(rows)
def test_levels_and_touch_are_those_of_a_plain_book(events: list[tuple[int, int, int, int]]) -> None:
    """The heap behind the touch must never show a level that is gone, nor hide one that is there."""
    bids, asks = naive(events)

    book = ladder(events)

    assert (book.bids.levels, book.asks.levels) == (bids, asks)
    assert book.best_bid == max(bids, default=None)
    assert book.best_ask == min(asks, default=None)
    assert book.crossed == bool(bids and asks and max(bids) >= min(asks))


@given(rows)
def test_a_snapshot_rebuilds_the_book(events: list[tuple[int, int, int, int]]) -> None:
    """A run that begins in the middle of a recording begins with this."""
    book = ladder(events)

    again = Ladder()
    again.replay(tape_of(list(book.snapshot(7))))

    assert (again.bids.levels, again.asks.levels) == (book.bids.levels, book.asks.levels)


def test_a_snapshot_lists_levels_outwards_and_ends_its_message() -> None:
    """Depth cuts the far levels and keeps the touch."""
    book = ladder([(DELTA, BID, 9, 1), (DELTA, BID, 8, 2), (DELTA, ASK, 11, 3), (DELTA, ASK, 12, 4)])

    found = book.snapshot(5, index=2, depth=1)

    assert [(code & 0x3F, px, qty) for _, code, px, qty in found] == [
        (CLEAR, 0, 0),
        (SNAPSHOT, 9, 1),
        (SNAPSHOT | SIDE_BIT | LAST, 11, 3),
    ]
    assert all(code >> 8 == 2 for _, code, _, _ in found)


def test_a_level_that_comes_and_goes_does_not_pile_up() -> None:
    """A day holds millions of changes and a few thousand prices."""
    book = Ladder()
    for number in range(10_000):
        book.apply(DELTA, 100 + number % 7, number % 2)
        book.apply(DELTA, 100 + number % 7, (number + 1) % 2)

    assert len(book.bids._heap) < 200
