"""Position of one instrument, with what works."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from tests.engine.execution.risk.stand import BUY, LINEAR, OTHER, SELL, Stand, instrument

from seatrial.engine.execution.fills import Fill
from seatrial.engine.execution.ledger import Fee
from seatrial.model.instrument import Contract


def test_position_and_working_orders_and_the_order_count_together() -> None:
    """Ten orders within the limit each are one position ten times the limit."""
    stand = Stand(max_position_qty=10)
    stand.fill(stand.rest(BUY, 4))
    stand.rest(BUY, 3)

    assert stand.send(BUY, 4) is None
    assert stand.send(BUY, 3)
    assert stand.blocks == [("max_position_qty", 10, 11)]


def test_the_other_side_does_not_make_room() -> None:
    """Resting sells may never trade, and resting buys all may."""
    stand = Stand(max_position_qty=10)
    stand.rest(BUY, 10, 999)
    stand.rest(SELL, 10, 1_001)

    assert stand.send(BUY, 1) is None
    assert stand.send(SELL, 1) is None


def test_an_order_through_zero_is_judged_by_what_it_would_end_in() -> None:
    """Closing ten and opening ten the other way is a position of ten."""
    stand = Stand(max_position_qty=10)
    stand.fill(stand.rest(BUY, 10))

    assert stand.send(SELL, 20)
    assert Stand(max_position_qty=10).send(SELL, 11) is None


def test_an_amended_order_counts_once() -> None:
    """Its own working lots are replaced, not added to."""
    stand = Stand(max_position_qty=10)
    order = stand.rest(BUY, 6)

    assert stand.core.amend(order.order_id, 1_000, 10) is True
    stand.core.record("replaced", order.order_id, 1_000, 10, 1)
    assert stand.core.amend(order.order_id, 1_000, 11) is False
    assert stand.blocks == [("max_position_qty", 10, 11)]


def test_an_amended_order_that_was_partly_filled_counts_its_rest() -> None:
    """What is filled is in the position already."""
    stand = Stand(max_position_qty=10)
    order = stand.rest(BUY, 6)
    stand.fill(order, 4)

    assert stand.core.amend(order.order_id, 1_000, 10) is True
    stand.core.record("replaced", order.order_id, 1_000, 10, 1)
    assert stand.core.amend(order.order_id, 1_000, 11) is False


def test_instruments_are_judged_apart() -> None:
    """A limit of one instrument is not used up by another."""
    stand = Stand(instruments=[LINEAR, OTHER], max_position_qty=10)
    stand.rest(BUY, 10)

    assert stand.send(BUY, 10, inst=1)


def test_a_position_between_two_lots_counts_as_the_next_one() -> None:
    """A fee in coins leaves 9.99 of 10 bought; room for one more lot is not there."""
    spot = instrument("SPOT", contract=Contract.SPOT)
    stand = Stand(instruments=[spot], max_position_qty=10)
    fee = Fee(Decimal("-0.01"), "COIN", Decimal(-10))
    stand.core.filled(Fill(0, 0, BUY, 1_000, 10, "t", stand.core.now_ns, fee=fee))
    assert stand.blotter.account.ledgers[0].lots == Decimal("9.99")

    assert stand.send(BUY, 1) is None
    assert stand.send(SELL, 9)


@given(st.lists(st.tuples(st.sampled_from([BUY, SELL]), st.integers(1, 9), st.booleans()), max_size=30))
def test_whatever_trades_the_position_stays_within_the_limit(steps: list[tuple[int, int, bool]]) -> None:
    """The worst of all orders that were let through is still within it."""
    stand = Stand(max_position_qty=12)
    for side, qty, fills in steps:
        order = stand.send(side, qty)
        if order and fills:
            stand.fill(order)
        position, (buys, sells) = stand.blotter.position(0), stand.blotter.working[0]

        assert position + buys <= 12
        assert position - sells >= -12
