"""The gate: shut, no new order passes it on any connection, and everything that takes away does."""

from dataclasses import replace
from typing import Any

import pytest
from tests.live.stage import Exchange, MemoryVenue, order

from seatrial.engine.venue.port import Handle
from seatrial.live.gate import Gate


def test_a_shut_gate_lets_nothing_new_through() -> None:
    """An order of a loop that was in the middle of something when trading was stopped."""
    exchange = Exchange()
    gate = Gate(MemoryVenue(exchange))
    other = gate.twin()
    assert gate.place(order(1)).outcome == other.place(order(2)).outcome == "accepted"

    gate.shut("stop")

    for connection in (gate, other, other.twin()):
        answer = connection.place(order(3))
        assert (answer.outcome, answer.reason) == ("rejected", "trading was stopped")
        assert connection.amend(Handle("c1", "BTCUSDT"), price=None, qty=None).reason == "trading was stopped"
    assert len(exchange.orders) == 2


def test_a_shut_gate_lets_cancels_and_questions_through() -> None:
    """What takes risk away must always pass."""
    exchange = Exchange()
    gate = Gate(MemoryVenue(exchange))
    gate.place(order(1))
    gate.place(order(2))
    gate.shut("stop")

    assert gate.cancel(Handle("c1", "BTCUSDT")).outcome == "accepted"
    assert gate.cancel_all().outcome == "accepted"
    assert gate.open_orders().items == ()
    assert gate.order(Handle("c1", "BTCUSDT")) is not None
    assert gate.fills(0).complete
    assert gate.positions().items == ()
    assert gate.balances()
    assert gate.book("BTCUSDT").bids
    assert gate.arm(1_000)
    assert gate.server_ns()
    assert gate.instruments(("BTCUSDT",))


@pytest.mark.parametrize(
    ("more", "passes"),
    [
        ({"reduce_only": True, "tif": "ioc"}, True),
        ({"reduce_only": True, "tif": "fok"}, True),
        ({"reduce_only": True, "kind": "market", "price": None, "tif": "gtc"}, True),
        ({"reduce_only": True, "tif": "gtc"}, False),
        ({"reduce_only": True, "tif": "post_only"}, False),
        ({"reduce_only": False, "tif": "ioc"}, False),
        ({"reduce_only": False, "kind": "market", "price": None}, False),
    ],
)
def test_a_stop_does_not_trap_a_position(more: dict[str, Any], passes: bool) -> None:
    """A kill switch that blocked closing orders too froze the risk that it was to end."""
    gate = Gate(MemoryVenue(Exchange()))
    gate.shut("stop")

    assert (gate.place(replace(order(1), **more)).outcome == "accepted") is passes
