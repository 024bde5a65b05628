"""The gateway to the simulated exchange: at once, under our number, struck by seeded faults."""

from typing import Any

import pytest
from tests.engine.stage import BUY, Act, book, play, profile

BOOK = book(0, {99: 20}, {101: 20})


def after(act: Act, **exchange: Any) -> Any:
    """A run in which one thing was done."""
    return play(BOOK, {1: act}, settings=profile(**exchange), until_ms=50, end=False)


def test_the_exchange_counts_orders_as_we_do() -> None:
    """One number names an order on both sides."""

    def three(desk: Any) -> None:
        for px in (97, 98, 99):
            desk.submit(BUY, px, 1)

    played = after(three)
    assert list(played.session.core.orders) == [1, 2, 3]
    assert {order.client_id for order in played.session.core.orders.values()} == {"o1", "o2", "o3"}


@pytest.mark.parametrize("fault", ["reject", "rate_limited"])
def test_a_struck_order_is_told_with_its_fault(fault: str) -> None:
    """A record that hides the fault would blame the bot."""
    played = after(lambda desk: desk.submit(BUY, 99, 1), faults={f"{fault}_ratio": 1.0})
    assert [each["fault"] for each in played.of("fault")] == [fault]
    assert not played.session.core.orders


def test_a_disconnected_gateway_refuses_everything() -> None:
    """The private link is down: nothing arrives."""
    played = play(
        BOOK,
        {float(n): lambda desk: desk.submit(BUY, 99, 1) for n in range(1, 3_000, 10)},
        settings=profile(faults={"disconnect_per_h": 36_000.0, "disconnect_ms": 500}),
        until_ms=3_000,
    )
    reasons = {reason for _, _, reason in played.orders("rejected")}
    assert reasons == {"disconnected"}


def test_a_full_book_of_orders_is_a_block_with_its_number() -> None:
    """The exchange takes so many; the next one is told as blocked and takes no number."""

    def many(desk: Any) -> None:
        for _ in range(2_000):
            desk.submit(BUY, 90, 1)

    played = after(many)
    blocked = played.of("risk_block", "rule")
    assert set(blocked) == {"orders_in_flight_max"}
    assert len(blocked) + len(played.session.core.orders) == 2_000
    assert max(played.session.core.orders) == len(played.session.core.orders)
