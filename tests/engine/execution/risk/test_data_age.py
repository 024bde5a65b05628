"""Age of the market data that an order relies on."""

from hypothesis import given
from hypothesis import strategies as st
from tests.engine.execution.risk.stand import BUY, LINEAR, MS, OTHER, SELL, Stand


def test_a_book_passes_at_the_age_and_is_blocked_a_nanosecond_later() -> None:
    """The limit itself is fresh enough."""
    stand = Stand(max_data_age_ms=250)
    stand.market.ages_ns = [250 * MS]
    assert stand.send(BUY, 1)
    stand.market.ages_ns = [250 * MS + 1]

    assert stand.send(BUY, 1) is None
    assert stand.blocks == [("max_data_age_ms", 250, 250.000001)]


def test_data_that_never_came_block() -> None:
    """No age is not a small age."""
    stand = Stand(max_data_age_ms=250)
    stand.market.ages_ns = [None]

    assert stand.send(BUY, 1) is None
    assert stand.blocks == [("max_data_age_ms", 250, None)]


def test_data_from_the_future_are_no_fresher() -> None:
    """One of two clocks is wrong, and nobody knows which."""
    stand = Stand(max_data_age_ms=250)
    stand.market.ages_ns = [-250 * MS]
    assert stand.send(BUY, 1)
    stand.market.ages_ns = [-250 * MS - 1]

    assert stand.send(BUY, 1) is None


def test_each_instrument_has_its_own_age_and_may_have_its_own_limit() -> None:
    """A stale book of one instrument says nothing about the others."""
    stand = Stand(
        instruments=[LINEAR, OTHER], max_data_age_ms=250, symbols={"OTHER": {"max_data_age_ms": 100}}
    )
    stand.market.ages_ns = [200 * MS, 200 * MS]

    assert stand.send(BUY, 1)
    assert stand.send(BUY, 1, inst=1) is None


def test_a_position_can_be_left_on_old_data() -> None:
    """That is when one most wants to."""
    stand = Stand(max_data_age_ms=250)
    stand.hold_position(3)
    stand.market.ages_ns = [None]

    assert stand.send(SELL, 3)


@given(limit_ms=st.floats(0.001, 1e6), off_ns=st.integers(-3, 3))
def test_the_limit_is_whole_nanoseconds(limit_ms: float, off_ns: int) -> None:
    """Whatever fraction of a millisecond was written."""
    stand = Stand(max_data_age_ms=limit_ms, ceilings={"max_data_age_ms": None})
    stand.market.ages_ns = [round(limit_ms * MS) + off_ns]

    assert (stand.send(BUY, 1) is not None) == (off_ns <= 0)
