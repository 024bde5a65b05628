"""How many orders may work at once."""

from tests.engine.execution.risk.stand import BUY, Stand


def test_the_order_beyond_the_limit_is_blocked() -> None:
    """Two may work, a third may not; when one ends there is room."""
    stand = Stand(max_open_orders=2)
    first = stand.rest(BUY, 1)
    stand.rest(BUY, 1)

    assert stand.send(BUY, 1) is None
    assert stand.blocks == [("max_open_orders", 2, 3)]
    stand.core.cancel(first.order_id)
    assert stand.send(BUY, 1) is None
    stand.core.record("cancel", first.order_id)
    assert stand.send(BUY, 1)


def test_an_order_of_which_we_do_not_know_counts() -> None:
    """It may work at the venue."""
    stand = Stand(max_open_orders=1)
    order = stand.send(BUY, 1)
    assert order
    stand.core.record("timeout", order.order_id)

    assert stand.send(BUY, 1) is None


def test_amending_a_working_order_needs_no_room() -> None:
    """It is there already."""
    stand = Stand(max_open_orders=1)
    order = stand.rest(BUY, 1)

    assert stand.core.amend(order.order_id, 999, 2) is True
