"""The books: kept per set of symbols, opened once, and agreed upon before anything is traded."""

from decimal import Decimal
from pathlib import Path

import pytest
from tests.live.stage import BTC, NOW_NS, Exchange, MemoryVenue

from seatrial.engine.execution.core import Execution
from seatrial.engine.execution.reconcile import Reconciler
from seatrial.engine.venue_gateway import VenueGateway
from seatrial.engine.venue_view import VenueView
from seatrial.live.books import Books, agree, doubtful, log_path, opened
from seatrial.model.errors import OutsideError, RefusedError
from seatrial.model.live_settings import LiveSettings
from seatrial.model.profile import Profile


def profile(tmp_path: Path) -> Profile:
    """An account in the test's folder."""
    return Profile(live=LiveSettings(state=str(tmp_path)))


def reconciler(books: Books, venue: MemoryVenue) -> Reconciler:
    """What compares these books with a venue."""
    gateway = VenueGateway(venue, (BTC,), books.log.client_id, workers=0)
    view = VenueView((BTC,), stale_ms=5_000)
    core = Execution(books.blotter, gateway, view, Profile().risk, lambda *_, **__: None)
    return Reconciler(core, venue)


def test_the_wallet_is_asked_for_once_in_the_log_s_life(tmp_path: Path) -> None:
    """Today's balance holds the profit of yesterday: as an opening balance it would count it twice."""
    exchange = Exchange()
    with opened(profile(tmp_path), MemoryVenue(exchange), (BTC,), "a", NOW_NS) as books:
        assert books.blotter.account.ledgers[0].opening == Decimal(1_000)
    exchange.wallet["USDT"] = Decimal(1_500)
    with opened(profile(tmp_path), MemoryVenue(exchange), (BTC,), "b", NOW_NS) as books:
        assert books.blotter.account.ledgers[0].opening == Decimal(1_000)
        assert books.log.session == 2
        assert doubtful(books.blotter) == 0


def test_each_set_of_symbols_has_a_log_of_its_own(tmp_path: Path) -> None:
    """Order numbers and fills of one set mean nothing to another; a name has a bound."""
    settings = profile(tmp_path).live
    one, two = log_path(settings, ("BTCUSDT",)), log_path(settings, ("BTCUSDT", "ETHUSDT"))
    many = log_path(settings, tuple(f"COIN{number}USDT" for number in range(200)))

    assert len({one, two, many}) == 3
    assert one.name == "BTCUSDT.sqlite"
    assert len(many.name) < 100
    assert log_path(settings, ("../BTC",)).parent == one.parent


def test_books_that_agree_may_be_traded_on(tmp_path: Path) -> None:
    """An empty account and an empty log."""
    venue = MemoryVenue(Exchange())
    with opened(profile(tmp_path), venue, (BTC,), "a", NOW_NS) as books:
        found = agree(reconciler(books, venue), now_ns=lambda: NOW_NS, pause=lambda _: None, patience_s=1)
        assert found.settled


def test_a_venue_that_does_not_answer_whole_is_exit_4(tmp_path: Path) -> None:
    """No answer is not agreement, and not for ever waited for."""
    venue = MemoryVenue(Exchange(complete=False))
    clock = iter(range(NOW_NS, NOW_NS + 10**12, 10**9))
    with opened(profile(tmp_path), venue, (BTC,), "a", NOW_NS) as books:
        with pytest.raises(OutsideError, match="did not answer whole") as caught:
            agree(reconciler(books, venue), now_ns=lambda: next(clock), pause=lambda _: None, patience_s=5)
        assert caught.value.exit_code == 4


def test_a_position_of_before_the_books_is_taken_over(tmp_path: Path) -> None:
    """The first log of an account that holds something begins with what it holds, at the venue's price."""
    exchange = Exchange(position=Decimal("0.5"))
    venue = MemoryVenue(exchange)
    with opened(profile(tmp_path), venue, (BTC,), "a", NOW_NS) as books:
        agree(reconciler(books, venue), now_ns=lambda: NOW_NS, pause=lambda _: None, patience_s=1)
        assert books.blotter.position(0) == 500


def test_what_is_unexplained_is_exit_5(tmp_path: Path) -> None:
    """Books that begin empty a second time find nothing to explain a position with."""
    exchange = Exchange()
    venue = MemoryVenue(exchange)
    with opened(profile(tmp_path), venue, (BTC,), "a", NOW_NS) as books:
        one = reconciler(books, venue)
        agree(one, now_ns=lambda: NOW_NS, pause=lambda _: None, patience_s=1)
        exchange.position = Decimal(1)
        with pytest.raises(RefusedError, match="do not agree") as caught:
            agree(one, now_ns=lambda: NOW_NS, pause=lambda _: None, patience_s=1)
        assert caught.value.exit_code == 5
