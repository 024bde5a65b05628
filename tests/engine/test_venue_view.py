"""A venue's market as the bot sees it."""

from decimal import Decimal

import pytest
from tests.engine.venue.paper import PERP

from seatrial.engine.venue.port import VenueBook
from seatrial.engine.venue_view import VenueView

D = Decimal
BOOK = VenueBook("BTCUSDT", ((D("99.9"), D("0.5")), (D("99.8"), D(1))), ((D("100.1"), D("0.2")),), 5)


def view(book: VenueBook = BOOK, *, age_ms: float = 0) -> VenueView:
    made = VenueView([PERP], stale_ms=100)
    made.take(book, 1_000)
    made.now_ns = 1_000 + round(age_ms * 1e6)
    return made


def test_the_touch_is_in_ticks_and_lots() -> None:
    """And the depth with it, best first."""
    assert view().book(0) == (999, 1001, 500, 200)
    assert view().depth(0, 5, 0) == [(999, 500), (998, 1000)]


@pytest.mark.parametrize(
    "book",
    [
        VenueBook("BTCUSDT", (), BOOK.asks, 5),
        VenueBook("BTCUSDT", BOOK.bids, (), 5),
        VenueBook("BTCUSDT", ((D(101), D(1)),), ((D(100), D(1)),), 5),
    ],
    ids=["no bids", "no asks", "crossed"],
)
def test_an_unusable_book_is_none(book: VenueBook) -> None:
    """A bot that quotes on a broken book quotes on nothing."""
    assert view(book).book(0) is None
    assert view(book).depth(0, 1, 0) == []


def test_an_old_book_is_none_and_its_age_is_known() -> None:
    """Age counts from when it came, by our clock: a venue's clock may be anywhere."""
    assert view(age_ms=100).book(0) is not None
    assert view(age_ms=101).book(0) is None
    assert view(age_ms=7).data_age_ns(0) == 7_000_000
    assert VenueView([PERP], stale_ms=1).data_age_ns(0) is None
