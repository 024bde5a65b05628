"""Self-cross: an order that would trade with one of our own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.engine.execution.risk.stand import BUY, LINEAR, OTHER, SELL, Stand


@pytest.mark.parametrize(
    ("side", "resting", "passes", "blocked"), [(BUY, 1_005, 1_004, 1_005), (SELL, 995, 996, 995)]
)
def test_a_price_at_our_own_order_is_blocked(side: int, resting: int, passes: int, blocked: int) -> None:
    """One tick short of it passes."""
    stand = Stand(no_self_cross=True)
    stand.rest(1 - side, 1, resting)

    assert stand.send(side, 1, passes)
    assert stand.send(side, 1, blocked) is None
    assert stand.blocks == [("no_self_cross", resting, blocked)]


def test_a_market_order_meets_whatever_rests_on_the_other_side() -> None:
    """And one of ours that is on its way meets whatever comes."""
    stand = Stand(no_self_cross=True)
    stand.rest(SELL, 1, 1_100)
    assert stand.send(BUY, 1, 0, kind="market") is None

    stand = Stand(no_self_cross=True)
    assert stand.send(BUY, 1, 0, kind="market")
    assert stand.send(SELL, 1, 1_100) is None


@pytest.mark.parametrize("record", ["ask_cancel", "timeout", "missing"])
def test_an_order_counts_until_its_end_is_told(record: str) -> None:
    """A cancel on its way has not happened, and an order without news may rest."""
    stand = Stand(no_self_cross=True)
    order = stand.send(SELL, 1, 1_005)
    assert order
    stand.core.record(record, order.order_id)
    assert stand.send(BUY, 1, 1_005) is None
    stand.core.record("cancel", order.order_id)

    assert stand.send(BUY, 1, 1_005)


def test_an_order_on_its_way_to_another_price_counts_at_both() -> None:
    """The venue may have moved it already, or not yet."""
    stand = Stand(no_self_cross=True)
    order = stand.rest(SELL, 1, 1_005)
    assert stand.core.amend(order.order_id, 1_002, 1)
    assert stand.send(BUY, 1, 1_002) is None
    stand.core.record("replaced", order.order_id, 1_002, 1, 1)
    assert stand.core.amend(order.order_id, 1_008, 1)

    assert stand.send(BUY, 1, 1_002) is None
    stand.core.record("replaced", order.order_id, 1_008, 1, 2)
    assert stand.send(BUY, 1, 1_007)


def test_amending_into_our_own_order_is_blocked() -> None:
    """An amendment trades like an order."""
    stand = Stand(no_self_cross=True)
    stand.rest(SELL, 1, 1_005)
    order = stand.rest(BUY, 1, 1_000)

    assert stand.core.amend(order.order_id, 1_005, 1) is False
    assert stand.core.amend(order.order_id, 1_004, 1) is True


def test_other_instruments_do_not_meet() -> None:
    """A price means nothing in another book."""
    stand = Stand(instruments=[LINEAR, OTHER], no_self_cross=True)
    stand.rest(SELL, 1, 900)

    assert stand.send(BUY, 1, 1_000, inst=1)


@given(st.lists(st.tuples(st.sampled_from([BUY, SELL]), st.integers(995, 1_005)), max_size=30))
def test_our_own_orders_never_cross(orders: list[tuple[int, int]]) -> None:
    """Whatever was let through, the best bid of ours is below the best offer of ours."""
    stand = Stand(no_self_cross=True)
    for side, px in orders:
        stand.send(side, 1, px)
    bids = [order.px for order in stand.core.orders.values() if order.side == BUY]
    asks = [order.px for order in stand.core.orders.values() if order.side == SELL]

    assert not bids or not asks or max(bids) < min(asks)
