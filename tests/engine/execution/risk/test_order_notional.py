"""Value of one order."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.engine.execution.risk.stand import BUY, INVERSE, SELL, Stand, instrument


def test_an_order_passes_at_the_limit_and_is_blocked_a_lot_above() -> None:
    """Exactly the limit is within it."""
    stand = Stand(max_order_notional=10_000)

    assert stand.send(BUY, 10)
    assert stand.send(BUY, 11) is None
    assert stand.blocks == [("max_order_notional", 10_000, 11_000)]


def test_a_tick_above_is_blocked() -> None:
    """A buy above the market may have to pay its own price."""
    stand = Stand(max_order_notional=10_000)

    assert stand.send(BUY, 10, 1_001) is None
    assert stand.blocks == [("max_order_notional", 10_000, 10_010)]


@pytest.mark.parametrize("px", [1, 0, 999, 5_000])
def test_a_market_order_is_worth_the_market_whatever_price_it_carries(px: int) -> None:
    """A price of one tick on a market order must not make it small."""
    stand = Stand(max_order_notional=10_000)

    assert stand.send(BUY, 10, px, kind="market")
    assert stand.send(BUY, 11, px, kind="market") is None


def test_a_sell_below_the_market_is_worth_the_market() -> None:
    """It would trade at the bid, not at the tick that it is priced at."""
    stand = Stand(max_order_notional=10_000)

    assert stand.send(SELL, 11, 1, tif="ioc") is None


def test_what_cannot_be_valued_is_blocked() -> None:
    """Without any mid so far nobody can say what an order is worth."""
    stand = Stand(mids=[None], max_order_notional=10**9)

    assert stand.send(BUY, 1) is None
    assert stand.blocks == [("max_order_notional", 10**9, None)]


def test_a_lost_book_leaves_the_last_mid() -> None:
    """A mid of a moment ago is knowledge; how old it may be is another rule's business."""
    stand = Stand(max_order_notional=10_000)
    assert stand.send(BUY, 1)
    stand.market.set(None)

    assert stand.send(BUY, 10)
    assert stand.send(BUY, 11) is None


@given(
    px=st.integers(1, 10**6),
    mid=st.integers(2, 10**6),
    lots=st.integers(1, 10**9),
    limit=st.integers(1, 10**15),
)
def test_linear_value_is_exact(px: int, mid: int, lots: int, limit: int) -> None:
    """A limit that floats have rounded is not the limit that was written."""
    one = instrument(tick_size=Decimal("0.01"), lot_size=Decimal("0.001"))
    stand = Stand(instruments=[one], mids=[mid], max_order_notional=limit)

    within = one.notional(max(px, mid), lots) <= limit

    assert (stand.send(BUY, lots, px) is not None) == within


@given(
    px=st.integers(1, 10**6),
    mid=st.integers(2, 10**6),
    lots=st.integers(1, 10**9),
    limit=st.integers(1, 10**6),
)
def test_an_inverse_contract_is_worth_more_the_lower_the_price(
    px: int, mid: int, lots: int, limit: int
) -> None:
    """Its value is size over price, in coins."""
    stand = Stand(instruments=[INVERSE], mids=[mid], max_order_notional=limit)

    assert (stand.send(BUY, lots, px) is not None) == (lots <= limit * min(px, mid))


@given(lots=st.integers(1, 10**12), px=st.integers(2, 10**6))
def test_every_value_is_its_own_limit(lots: int, px: int) -> None:
    """The limit that equals the value passes, whatever rounding the quick look had; a hair less blocks."""
    one = instrument(tick_size=Decimal("0.0001"), lot_size=Decimal("0.00000001"))
    value = one.notional(px, lots)

    at = Stand(instruments=[one], mids=[px], max_order_notional=value)
    below = Stand(instruments=[one], mids=[px], max_order_notional=value - Decimal("1e-18"))

    assert at.send(BUY, lots, px)
    assert below.send(BUY, lots, px) is None
    assert below.blocks[0][2] == value
