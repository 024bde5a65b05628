"""Size of one order: the fat finger's first fence."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.engine.execution.risk.stand import BUY, SELL, Stand, instrument


@pytest.mark.parametrize("side", [BUY, SELL])
def test_an_order_passes_at_the_limit_and_is_blocked_a_lot_above(side: int) -> None:
    """One lot is what the limit is about."""
    stand = Stand(max_order_qty=10)

    assert stand.send(side, 10)
    assert stand.send(side, 11) is None
    assert stand.blocks == [("max_order_qty", 10, 11)]


@given(
    limit=st.decimals("0.001", 1000, places=4),
    lot=st.decimals("0.0001", 10, places=4),
    lots=st.integers(1, 10**7),
)
def test_it_is_the_quantity_that_counts_whatever_the_lot(limit: Decimal, lot: Decimal, lots: int) -> None:
    """A limit between two lots allows the lower one."""
    stand = Stand(instruments=[instrument(lot_size=lot)], max_order_qty=limit)

    assert (stand.send(BUY, lots) is not None) == (lots * lot <= limit)


def test_the_tighter_of_general_and_own_limit_holds() -> None:
    """A limit of one instrument never widens the general one."""
    for general, own in ((10, 4), (4, 10)):
        stand = Stand(max_order_qty=general, symbols={"LIN": {"max_order_qty": own}})

        assert stand.send(BUY, 4)
        assert stand.send(BUY, 5) is None


def test_an_amendment_is_judged_like_an_order() -> None:
    """Growing an order in place must not go around its limit."""
    stand = Stand(max_order_qty=10)
    order = stand.rest(BUY, 10)

    assert stand.core.amend(order.order_id, 1_000, 11) is False
    assert stand.core.amend(order.order_id, 999, 10) is True
    assert stand.blocks == [("max_order_qty", 10, 11)]
