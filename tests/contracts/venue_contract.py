"""
What every venue has to satisfy, whoever answers: subclass `VenueContract` and give it a `rig`.

The core believes an adapter's word about money. These are the words: three answers and never two,
snapshots that say when they are not whole, exact numbers, and one order for one request.
"""

from collections.abc import Callable
from decimal import Decimal
from itertools import count
from typing import Protocol

import pytest

from seatrial.engine.venue.port import Answer, Handle, NewOrder, Side, Venue, VenueUnreachable
from seatrial.store.clock import utc_now_ns

QTY = Decimal("0.010")
HOUR_NS = 3_600 * 10**9


class Rig(Protocol):
    """A venue in the test's hands: its far side can be made to act, and to fail."""

    symbol: str
    price: Decimal

    def venue(self) -> Venue:
        """A new connection to the account."""

    def open_count(self) -> int:
        """How many orders really rest there."""

    def fill(self, client_id: str, qty: str, *, rebate: bool = False) -> None:
        """Fill a part of an order at its price; the fee is 0.0128 of the settlement currency."""

    def trouble(self, kind: str, what: str, times: int = 1) -> None:
        """Make requests of a kind (create, cancel, cancel_all, amend, open, order, fills) fail."""


class VenueContract:
    """The contract."""

    numbers = count(1)

    @pytest.fixture
    def rig(self) -> Rig:
        """The venue of the subclass."""
        raise AssertionError("a subclass gives its own")

    def order(self, rig: Rig, side: Side = "buy", **more: object) -> NewOrder:
        """A resting order with a fresh id."""
        client_id = f"ct-{next(self.numbers)}"
        fields: dict[str, object] = {"kind": "limit", "tif": "post_only", "price": rig.price, "qty": QTY}
        return NewOrder(client_id, rig.symbol, side, **(fields | more))  # type: ignore[arg-type]

    def handle(self, order: NewOrder) -> Handle:
        """What names it while only our id is known."""
        return Handle(order.client_id, order.symbol)

    # -- one order ----------------------------------------------------------------------------------

    def test_an_order_rests_under_our_id(self, rig: Rig) -> None:
        """Our id is the only thing that is known of an order whose answer never came."""
        venue, order = rig.venue(), self.order(rig)
        answer = venue.place(order)
        (seen,) = venue.open_orders().items

        assert answer.outcome == "accepted"
        assert answer.venue_id is not None
        assert seen.handle == Handle(order.client_id, rig.symbol, answer.venue_id)
        assert (seen.side, seen.price, seen.qty, seen.filled, seen.status) == (
            "buy", rig.price, QTY, Decimal(0), "open",
        )  # fmt: skip

    def test_another_connection_finds_it_by_our_id(self, rig: Rig) -> None:
        """After a restart nothing but the durable client id is left."""
        order = self.order(rig)
        rig.venue().place(order)
        fresh = rig.venue()
        found = fresh.order(self.handle(order))

        assert found is not None
        assert found.handle.client_id == order.client_id
        assert fresh.order(Handle("ct-never", rig.symbol)) is None

    def test_a_cancel_ends_it_and_a_second_says_that_it_is_gone(self, rig: Rig) -> None:
        """`rejected` of a cancel means: not open any more."""
        venue, order = rig.venue(), self.order(rig)
        venue.place(order)

        assert venue.cancel(self.handle(order)).outcome == "accepted"
        assert venue.cancel(self.handle(order)).outcome == "rejected"
        assert rig.open_count() == 0
        ended = venue.order(self.handle(order))
        assert ended is not None
        assert ended.status == "canceled"

    def test_an_order_cancelled_after_a_partial_fill_is_not_filled(self, rig: Rig) -> None:
        """Ccxt's word for it is `closed`, as for a filled one."""
        venue, order = rig.venue(), self.order(rig)
        venue.place(order)
        rig.fill(order.client_id, "0.004")
        venue.cancel(self.handle(order))
        ended = venue.order(self.handle(order))

        assert ended is not None
        assert (ended.status, ended.filled) == ("canceled", Decimal("0.004"))

    def test_a_filled_order_is_filled(self, rig: Rig) -> None:
        """All of it, and it rests no more."""
        venue, order = rig.venue(), self.order(rig)
        venue.place(order)
        rig.fill(order.client_id, str(QTY))
        ended = venue.order(self.handle(order))

        assert ended is not None
        assert (ended.status, ended.filled) == ("filled", QTY)
        assert venue.open_orders().items == ()

    def test_an_amend_changes_price_and_quantity(self, rig: Rig) -> None:
        """In one request, or not at all."""
        venue, order = rig.venue(), self.order(rig)
        venue.place(order)
        answer = venue.amend(self.handle(order), price=rig.price - 1, qty=QTY * 2)
        (seen,) = venue.open_orders().items

        assert answer.outcome in {"accepted", "rejected"}
        expected = (rig.price - 1, QTY * 2) if answer.outcome == "accepted" else (rig.price, QTY)
        assert (seen.price, seen.qty) == expected

    def test_the_same_id_twice_makes_one_order(self, rig: Rig) -> None:
        """And the second answer never says that there is none."""
        venue, order = rig.venue(), self.order(rig)
        venue.place(order)

        assert venue.place(order).outcome != "rejected"
        assert rig.open_count() == 1

    def test_a_refused_order_says_why(self, rig: Rig) -> None:
        """A structured refusal is definite: nothing rests."""
        answer = rig.venue().place(self.order(rig, qty=Decimal(5_000)))

        assert answer.outcome == "rejected"
        assert answer.reason
        assert rig.open_count() == 0

    # -- many ---------------------------------------------------------------------------------------

    def test_a_long_list_comes_whole_or_says_that_it_is_not(self, rig: Rig) -> None:
        """The first page of the open orders is not the open orders."""
        venue = rig.venue()
        for _ in range(63):
            venue.place(self.order(rig))
        snapshot = venue.open_orders()

        assert len({order.handle.client_id for order in snapshot.items}) == 63 or not snapshot.complete
        assert len(venue.open_orders(rig.symbol).items) == len(snapshot.items)

    def test_cancel_all_ends_all(self, rig: Rig) -> None:
        """The first thing that a kill switch does."""
        venue = rig.venue()
        for _ in range(3):
            venue.place(self.order(rig))

        assert venue.cancel_all().outcome == "accepted"
        assert rig.open_count() == 0
        assert venue.open_orders().complete

    # -- money --------------------------------------------------------------------------------------

    def test_executions_carry_exact_numbers_and_a_signed_fee(self, rig: Rig) -> None:
        """Paid is negative, a rebate positive, and nothing passes through a float."""
        venue, order = rig.venue(), self.order(rig)
        venue.place(order)
        rig.fill(order.client_id, "0.003")
        rig.fill(order.client_id, "0.004", rebate=True)
        snapshot = venue.fills(venue.server_ns() - HOUR_NS)

        assert snapshot.complete
        assert [(fill.qty, fill.fee) for fill in snapshot.items] == [
            (Decimal("0.003"), Decimal("-0.0128")),
            (Decimal("0.004"), Decimal("0.0128")),
        ]
        assert {fill.handle.client_id for fill in snapshot.items} == {order.client_id}
        assert len({fill.trade_id for fill in snapshot.items}) == 2
        assert all(fill.price == rig.price and fill.maker is True for fill in snapshot.items)

    def test_the_position_follows_the_fills(self, rig: Rig) -> None:
        """Signed, and absent when flat."""
        venue = rig.venue()
        assert venue.positions().items == ()
        sell = self.order(rig, "sell")
        venue.place(sell)
        rig.fill(sell.client_id, "0.007")
        (position,) = venue.positions().items

        assert (position.symbol, position.qty) == (rig.symbol, Decimal("-0.007"))

    def test_filters_and_book_are_on_one_grid(self, rig: Rig) -> None:
        """A price of the book is a whole number of ticks."""
        venue = rig.venue()
        (instrument,) = venue.instruments((rig.symbol,))
        book = venue.book(rig.symbol)

        assert instrument.ticks(book.bids[0][0]) < instrument.ticks(book.asks[0][0])
        assert instrument.lots(book.bids[0][1]) > 0
        assert venue.balances()
        assert venue.server_ns() > 10**18

    # -- when it fails --------------------------------------------------------------------------------

    @pytest.mark.parametrize("kind", ["busy", "drop_before", "drop_after", "garbage", "slow"])
    def test_an_order_without_a_usable_answer_is_unknown(self, rig: Rig, kind: str) -> None:
        """5xx, a lost connection, a time-out, an answer that is no answer: it may rest, and may not."""
        venue, order = rig.venue(), self.order(rig)
        venue.instruments((rig.symbol,))
        rig.trouble(kind, "create")

        assert venue.place(order).outcome == "unknown"
        seen = venue.order(self.handle(order))
        assert (seen is not None) == (rig.open_count() == 1)

    def test_no_request_is_made_twice(self, rig: Rig) -> None:
        """A second try of an order whose answer was lost is a second order."""
        venue = rig.venue()
        venue.instruments((rig.symbol,))
        rig.trouble("drop_after", "create")
        venue.place(self.order(rig))

        assert rig.open_count() == 1

    def test_a_rate_limit_is_a_refusal_with_the_venue_s_own_wait(self, rig: Rig) -> None:
        """429 proves that nothing was accepted, and says when to come back."""
        venue = rig.venue()
        venue.instruments((rig.symbol,))
        rig.trouble("limited", "create")
        answer = venue.place(self.order(rig))

        assert (answer.outcome, answer.retry_after_ms) == ("rejected", 2_000)
        assert rig.open_count() == 0

    @pytest.mark.parametrize("kind", ["busy", "drop_before", "drop_after", "limited", "garbage"])
    def test_a_cancel_without_a_usable_answer_is_never_a_no(self, rig: Rig, kind: str) -> None:
        """`rejected` would mean that the order is gone: it may still be there."""
        venue, order = rig.venue(), self.order(rig)
        venue.place(order)
        rig.trouble(kind, "cancel")

        assert venue.cancel(self.handle(order)).outcome != "rejected"

    @pytest.mark.parametrize("kind", ["busy", "drop_before", "garbage", "slow", "limited"])
    @pytest.mark.parametrize("what", ["open", "fills"])
    def test_a_question_without_a_usable_answer_raises(self, rig: Rig, kind: str, what: str) -> None:
        """A failed question is not an empty list: a position query that failed once read as flat."""
        venue, order = rig.venue(), self.order(rig)
        venue.place(order)
        rig.trouble(kind, what, times=9)
        ask: Callable[[], object] = (
            venue.open_orders if what == "open" else lambda: venue.fills(utc_now_ns() - HOUR_NS)
        )

        with pytest.raises(VenueUnreachable):
            ask()

    def test_an_unsent_order_is_a_refusal(self, rig: Rig) -> None:
        """What cannot be sent was not accepted, and a request never raises."""
        venue = rig.venue()
        answers: list[Answer] = [
            venue.place(NewOrder("ct-x", "NOSUCH", "buy", "limit", "gtc", rig.price, QTY)),
            venue.place(NewOrder("no spaces, please", rig.symbol, "buy", "limit", "gtc", rig.price, QTY)),
        ]

        assert [answer.outcome for answer in answers] == ["rejected", "rejected"]
        assert rig.open_count() == 0

    def test_a_twin_is_another_connection_to_the_same_account(self, rig: Rig) -> None:
        """The kill switch sees and ends what the bot's connection placed."""
        venue = rig.venue()
        venue.place(self.order(rig))
        twin = venue.twin()

        assert len(twin.open_orders().items) == 1
        assert twin.cancel_all().outcome == "accepted"
        assert venue.open_orders().items == ()
