"""Price collar: how far from the market an order may be priced."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.engine.execution.risk.stand import BUY, SELL, Stand


@pytest.mark.parametrize("side", [BUY, SELL])
def test_a_price_passes_at_the_collar_and_is_blocked_a_tick_beyond(side: int) -> None:
    """On either side of the mid: 100 bps of 1,000 are 10 ticks."""
    stand = Stand(max_collar_bps=100)

    assert [px for px in (989, 990, 1_010, 1_011) if stand.send(side, 1, px)] == [990, 1_010]
    assert stand.blocks == [("max_collar_bps", 100, 110), ("max_collar_bps", 100, 110)]


def test_without_a_book_nothing_passes_but_what_reduces() -> None:
    """There is no reference, for a market order neither."""
    stand = Stand(mids=[None], max_collar_bps=100)
    stand.hold_position(5)

    assert stand.send(BUY, 1) is None
    assert stand.send(BUY, 1, kind="market") is None
    assert stand.blocks == [("max_collar_bps", 100, None)] * 2
    assert stand.send(SELL, 5, 1)


def test_a_market_order_has_no_price_to_compare() -> None:
    """With a book to trade against it is another rule's business."""
    assert Stand(max_collar_bps=100).send(BUY, 1, 0, kind="market")


@given(limit=st.integers(1, 10_000), px=st.integers(1, 30_000), mid=st.integers(2, 10_000))
def test_the_distance_is_exact(limit: int, px: int, mid: int) -> None:
    """A tenth of a basis point is not a float."""
    stand = Stand(mids=[mid], max_collar_bps=limit / 10)

    assert (stand.send(BUY, 1, px) is not None) == (abs(px - mid) * 100_000 <= limit * mid)


def test_an_amendment_must_stay_inside() -> None:
    """A price may not be walked away in small steps either: each is compared with the mid."""
    stand = Stand(max_collar_bps=100)
    order = stand.rest(BUY, 1, 990)

    assert stand.core.amend(order.order_id, 989, 1) is False
    assert stand.core.amend(order.order_id, 991, 1) is True
