"""How many instruments may have a position."""

from hypothesis import given
from hypothesis import strategies as st
from tests.engine.execution.risk.stand import BUY, LINEAR, OTHER, SELL, THIRD, Stand


def test_a_new_instrument_is_blocked_at_the_limit() -> None:
    """Positions and orders that could open one count alike."""
    stand = Stand(instruments=[LINEAR, OTHER, THIRD], max_positions=2)
    stand.hold_position(1)
    stand.rest(BUY, 1, inst=1)

    assert stand.send(BUY, 1, inst=2) is None
    assert stand.blocks == [("max_positions", 2, 3)]
    assert stand.send(BUY, 5, inst=0)
    assert stand.send(SELL, 5, inst=1)


def test_room_is_made_when_a_position_is_closed() -> None:
    """The limit is on what is, not on what was."""
    stand = Stand(instruments=[LINEAR, OTHER], max_positions=1)
    stand.fill(stand.rest(BUY, 1))
    assert stand.send(BUY, 1, inst=1) is None
    stand.fill(stand.rest(SELL, 1))

    assert stand.send(BUY, 1, inst=1)


def test_none_is_allowed_where_the_limit_is_zero() -> None:
    """Zero means zero, and a position that is there can still be reduced."""
    stand = Stand(max_positions=0)
    assert stand.send(BUY, 1) is None
    stand.hold_position(2)

    assert stand.send(BUY, 1) is None
    assert stand.send(SELL, 2)


@given(st.lists(st.tuples(st.integers(0, 2), st.sampled_from([BUY, SELL]), st.booleans()), max_size=20))
def test_there_are_never_more_than_allowed(steps: list[tuple[int, int, bool]]) -> None:
    """Whatever fills in whatever order."""
    stand = Stand(instruments=[LINEAR, OTHER, THIRD], max_positions=2)
    for inst, side, fills in steps:
        order = stand.send(side, 1, inst=inst)
        if order:
            stand.core.record("cancel", order.order_id) if not fills else stand.fill(order)

        assert sum(ledger.lots != 0 for ledger in stand.blotter.account.ledgers) <= 2
