"""The gateway to a venue: after the commit, once, in order."""

import threading
from decimal import Decimal
from typing import Any

import pytest
from tests.engine.venue.paper import PERP, Paper

from seatrial.engine.execution.order import Order
from seatrial.engine.venue.port import Answer, NewOrder
from seatrial.engine.venue_gateway import VenueGateway


def order(number: int = 1, **more: Any) -> Order:
    return Order(number, f"c{number}", 0, 0, 1000, 10, **more)


def test_nothing_is_sent_before_it_is_released() -> None:
    """What a request is about has to be on the disk first."""
    venue = Paper()
    gateway = VenueGateway(venue, [PERP], "c{}".format, workers=0)
    assert gateway.new(order())
    assert venue.asked == []
    gateway.release()
    gateway.release()
    assert venue.asked == ["place"]
    [reply] = gateway.replies()
    assert reply.answer.outcome == "accepted"


def test_an_order_goes_out_in_the_venues_units() -> None:
    """Ticks and lots end here."""
    venue = Paper()
    gateway = VenueGateway(venue, [PERP], "c{}".format, workers=0)
    gateway.new(order(tif="ioc", kind="market", reduce_only=True))
    gateway.new(order(2))
    gateway.release()

    assert [(o.price, o.qty, o.reduce_only) for o in venue.orders.values()] == [
        (None, Decimal("0.010"), True),
        (Decimal("100.0"), Decimal("0.010"), False),
    ]


def test_too_many_requests_wait_outside() -> None:
    """A venue that does not answer must not fill our memory; a cancel always has room."""
    gateway = VenueGateway(Paper(), [PERP], "c{}".format, workers=0, in_flight_max=2)
    assert [gateway.new(order(n)) for n in (1, 2, 3)] == [True, True, False]
    assert not gateway.amend(order(1), 1, 1)
    assert gateway.cancel(order(1))
    gateway.release()
    list(gateway.replies())
    assert gateway.in_flight == 0
    assert gateway.new(order(3))


@pytest.mark.parametrize("error", [KeyError("x"), ValueError("x"), OSError("x")])
def test_an_adapter_that_breaks_its_word_leaves_the_outcome_unknown(error: Exception) -> None:
    """An exception after the request left is not a rejection."""

    class Broken(Paper):
        def place(self, order: NewOrder) -> Answer:
            raise error

    gateway = VenueGateway(Broken(), [PERP], "c{}".format, workers=0)
    gateway.new(order())
    gateway.release()
    [reply] = gateway.replies()
    assert reply.answer.outcome == "unknown"


def test_requests_about_one_order_stay_in_order_and_others_do_not_wait() -> None:
    """A venue that hangs on one order must not hold back the cancel of another."""
    stuck, sent = threading.Event(), []

    class Slow(Paper):
        def place(self, order: NewOrder) -> Answer:
            if order.client_id == "c2":
                stuck.wait(5)
            sent.append(("place", order.client_id))
            return super().place(order)

        def cancel(self, handle: Any) -> Answer:
            sent.append(("cancel", handle.client_id))
            return super().cancel(handle)

    gateway = VenueGateway(Slow(), [PERP], "c{}".format, workers=2)
    gateway.new(order(2))
    gateway.cancel(order(2))
    gateway.new(order(1))
    gateway.release()
    for _ in range(500):
        if ("place", "c1") in sent:
            break
        threading.Event().wait(0.01)
    assert sent == [("place", "c1")]
    stuck.set()
    gateway.close()
    assert sent == [("place", "c1"), ("place", "c2"), ("cancel", "c2")]
    assert len(list(gateway.replies())) == 3
