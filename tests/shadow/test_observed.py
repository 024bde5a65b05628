"""Looks become rows: the book is the venue's, and nothing that cannot be known favours the bot."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from tests.live.stage import BTC

from seatrial.engine.venue.ccxt_public import Print
from seatrial.engine.venue.port import VenueBook
from seatrial.model.tape import (
    ASK,
    CLEAR,
    DELTA,
    GAP_CLOSES,
    GAP_OPENS,
    KIND_MASK,
    LAST,
    NO_FILL,
    SIDE_BIT,
    SNAPSHOT,
    STATUS,
    TRADE,
)
from seatrial.shadow.observed import LEVELS, Look, Observed, Row

TICK, LOT = BTC.tick_size, BTC.lot_size


def book(bids: dict[int, int], asks: dict[int, int]) -> VenueBook:
    """A book of ticks and lots, best first, cut as the venue cuts it."""
    shown = [
        tuple((px * TICK, qty * LOT) for px, qty in sorted(side.items(), reverse=down)[:LEVELS])
        for side, down in ((bids, True), (asks, False))
    ]
    return VenueBook(BTC.symbol, shown[0], shown[1], 0)


def told(number: int, ts_ns: int = 100) -> Print:
    """A print that sells one lot at tick 1000."""
    return Print(f"t{number}", "sell", 1000 * TICK, LOT, ts_ns)


def look(*prints: Print, ahead_ns: int = 0) -> Look:
    """A look at a small book."""
    return Look(BTC.symbol, 0, book({1000: 5}, {1001: 5}), prints, ahead_ns)


def kinds(rows: list[Row]) -> list[int]:
    """What the rows are."""
    return [code & KIND_MASK for _, code, _, _ in rows]


def replayed(rows: list[Row], sides: tuple[dict[int, int], dict[int, int]]) -> None:
    """Apply rows to a book, as a reader of a tape does."""
    for _, code, px, qty in rows:
        kind, side = code & KIND_MASK, sides[bool(code & SIDE_BIT)]
        if kind == CLEAR:
            sides[0].clear()
            sides[1].clear()
        elif kind in {DELTA, SNAPSHOT}:
            side.pop(px, None)
            if qty:
                side[px] = qty


LEVEL = st.dictionaries(st.integers(1, 60), st.integers(1, 9), min_size=1, max_size=20)


@given(st.lists(st.tuples(LEVEL, LEVEL), min_size=1, max_size=6))
def test_the_rows_rebuild_every_book(books: list[tuple[dict[int, int], dict[int, int]]]) -> None:
    """Whatever changes between two looks, a reader of the rows has the venue's book after each."""
    observed, sides = Observed(BTC, 0), ({}, {})  # type: tuple[Observed, tuple[dict[int, int], dict[int, int]]]
    for bids, asks in books:
        rows = observed.rows(Look(BTC.symbol, 0, book(bids, asks)), 1, 0)
        replayed(rows, sides)

        assert sides == (bids, asks)


def test_levels_behind_a_cut_list_stay() -> None:
    """A list of fifty says nothing of the fifty-first: taking it away would empty a queue that stands."""
    observed = Observed(BTC, 0)
    full = dict.fromkeys(range(1000, 1000 - LEVELS, -1), 1)
    observed.rows(Look(BTC.symbol, 0, book(full, {2000: 1})), 1, 0)

    rows = observed.rows(Look(BTC.symbol, 0, book({1001: 1, **full}, {2000: 1})), 2, 0)

    assert rows == [(2, DELTA | LAST, 1001, 1)]


def test_prints_of_before_the_first_look_are_none() -> None:
    """They met a market that the bot had no order in."""
    observed = Observed(BTC, 0)

    first = observed.rows(look(told(1), told(2)), 1, 0)
    second = observed.rows(look(told(1), told(2), told(3)), 2, 0)

    assert kinds(first) == [CLEAR, SNAPSHOT, SNAPSHOT]
    assert second == [(2, TRADE | LAST | SIDE_BIT, 1000, 1)]
    assert ASK == 1


def test_a_print_that_may_be_older_than_the_newest_order_fills_nothing() -> None:
    """A look brings prints late; one of before the order arrived must not fill it."""
    observed = Observed(BTC, 0)
    observed.rows(look(told(1)), 1, 0)

    rows = observed.rows(look(told(1), told(2, 499), told(3, 500)), 2, 400 + 0)
    late = observed.rows(look(told(1), told(2), told(3), told(4, 499), told(5, 500), ahead_ns=100), 3, 400)

    assert [bool(code & NO_FILL) for _, code, _, _ in rows] == [False, False]
    assert [bool(code & NO_FILL) for _, code, _, _ in late] == [True, False]


def test_prints_that_went_by_unseen_are_counted() -> None:
    """A page of nothing but new prints may have lost some before it."""
    observed = Observed(BTC, 0)
    observed.rows(look(told(1)), 1, 0)

    observed.rows(look(told(8), told(9)), 2, 0)

    assert observed.missed_prints == 1


def test_silence_is_a_gap_and_the_book_begins_anew() -> None:
    """After a silence nothing of the old book stands, and no print of the silence fills."""
    observed = Observed(BTC, 0)
    observed.rows(look(told(1)), 1, 0)
    silent = Look(BTC.symbol, 0, None)

    opened, again = observed.rows(silent, 2, 0), observed.rows(silent, 3, 0)
    closed = observed.rows(look(told(1), told(2)), 4, 0)

    assert opened == [(2, STATUS | LAST, GAP_OPENS, 0)]
    assert again == []
    assert closed[0] == (4, STATUS | LAST, GAP_CLOSES, 0)
    assert kinds(closed) == [STATUS, CLEAR, SNAPSHOT, SNAPSHOT]


def test_an_off_grid_size_is_rounded_down() -> None:
    """Size that is not there fills nothing."""
    observed = Observed(BTC, 0)
    odd = VenueBook(BTC.symbol, ((1000 * TICK, LOT * Decimal("1.9")),), ((1001 * TICK, LOT),), 0)

    rows = observed.rows(Look(BTC.symbol, 0, odd), 1, 0)

    assert rows[1][3] == 1
