"""Value of one instrument's position."""

from hypothesis import given
from hypothesis import strategies as st
from tests.engine.execution.risk.stand import BUY, INVERSE, SELL, Stand


def test_the_resulting_position_is_valued() -> None:
    """Position, what works and the order count together, at the limit and a lot above."""
    stand = Stand(max_position_notional=10_000)
    stand.fill(stand.rest(BUY, 4))
    stand.rest(BUY, 3)

    assert stand.send(BUY, 4) is None
    assert stand.send(BUY, 3)
    assert stand.blocks == [("max_position_notional", 10_000, 11_000)]


def test_the_dearer_of_price_and_mid_counts() -> None:
    """A low limit price does not make a position cheap."""
    assert Stand(max_position_notional=10_000).send(BUY, 11, 900) is None
    assert Stand(max_position_notional=10_000).send(BUY, 10, 900)
    assert Stand(max_position_notional=10_000).send(BUY, 10, 1_001) is None


def test_a_position_grows_with_the_market_and_then_takes_no_more() -> None:
    """The limit is on what the position is worth now."""
    stand = Stand(max_position_notional=10_000)
    stand.hold_position(8)
    assert stand.send(BUY, 1)
    stand.market.set(1_200)

    assert stand.send(BUY, 1, 1_200) is None
    assert stand.send(SELL, 8, 1_200)


def test_without_any_mid_it_is_blocked() -> None:
    """The order's own price is a wish, not a value."""
    stand = Stand(mids=[None], max_position_notional=10**9)

    assert stand.send(BUY, 1) is None
    assert stand.blocks == [("max_position_notional", 10**9, None)]


@given(
    position=st.integers(0, 100),
    lots=st.integers(1, 100),
    px=st.integers(1, 2_000),
    limit=st.integers(1, 1_000),
)
def test_an_inverse_position_is_worth_size_over_price(position: int, lots: int, px: int, limit: int) -> None:
    """In coins, and more of them the lower the price."""
    stand = Stand(instruments=[INVERSE], max_position_notional=limit)
    if position:
        stand.hold_position(position)

    assert (stand.send(BUY, lots, px) is not None) == (position + lots <= limit * min(px, 1_000))
