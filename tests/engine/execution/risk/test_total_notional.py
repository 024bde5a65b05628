"""Value of all positions that settle in one currency."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from tests.engine.execution.risk.stand import BUY, INVERSE, LINEAR, OTHER, SELL, THIRD, Stand


def test_all_instruments_count_together() -> None:
    """Three positions within their limits are one exposure."""
    stand = Stand(instruments=[LINEAR, OTHER, THIRD], max_total_notional=10_000)
    stand.hold_position(4)
    stand.rest(SELL, 3, inst=1)

    assert stand.send(BUY, 4, inst=2) is None
    assert stand.send(BUY, 3, inst=2)
    assert stand.blocks == [("max_total_notional", 10_000, 11_000)]


def test_a_short_does_not_make_up_for_a_long() -> None:
    """Two instruments that moved together yesterday need not tomorrow."""
    stand = Stand(instruments=[LINEAR, OTHER], max_total_notional=10_000)
    stand.hold_position(6)

    assert stand.send(SELL, 5, inst=1) is None
    assert stand.send(SELL, 4, inst=1)


def test_the_larger_side_of_each_instrument_counts() -> None:
    """Quotes on both sides are one position of either sign, not both."""
    stand = Stand(instruments=[LINEAR, OTHER], max_total_notional=10_000)
    stand.rest(BUY, 5, 999)
    stand.rest(SELL, 5, 1_001)

    assert stand.send(BUY, 4, inst=1)
    assert stand.send(BUY, 2, inst=1) is None


def test_currencies_are_judged_apart() -> None:
    """A limit is in money, and two currencies are not one."""
    stand = Stand(instruments=[LINEAR, INVERSE], max_total_notional=10_000)
    stand.rest(BUY, 10)

    assert stand.send(BUY, 10_000_000, inst=1)
    assert stand.send(BUY, 1_000, inst=1) is None


def test_another_position_that_cannot_be_valued_blocks() -> None:
    """An exposure that nobody can add up is not small."""
    stand = Stand(instruments=[LINEAR, OTHER], mids=[1_000, None], max_total_notional=10**9)
    assert stand.send(BUY, 1)
    stand.hold_position(1, inst=1)

    assert stand.send(BUY, 1) is None
    assert stand.send(BUY, 1, inst=1) is None
    assert [value for _, _, value in stand.blocks] == [None, None]


@given(
    held=st.tuples(*[st.integers(-50, 50)] * 3), mids=st.tuples(*[st.integers(2, 5_000)] * 3),
    lots=st.integers(1, 50), side=st.sampled_from([BUY, SELL]),
)  # fmt: skip
def test_the_sum_is_exact(held: tuple[int, ...], mids: tuple[int, ...], lots: int, side: int) -> None:
    """At the sum it passes, a hair below it does not (unless the order only reduces)."""
    order = lots if side == BUY else -lots
    own = max(abs(held[0]), abs(held[0] + order)) * mids[0]
    total = Decimal(own + abs(held[1]) * mids[1] + abs(held[2]) * mids[2])
    reduces = held[0] * order < 0 and lots <= abs(held[0])
    for limit, passes in ((total, True), (total - Decimal("1e-18"), reduces)):
        stand = Stand(instruments=[LINEAR, OTHER, THIRD], mids=mids, max_total_notional=limit)
        for at, position in enumerate(held):
            if position:
                stand.hold_position(position, inst=at)

        assert (stand.send(side, lots, mids[0]) is not None) == passes
