"""Samples of the market: never from the future, never older than they may be."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from seatrial.engine.bot.told.sampled import FRESH_NS, Samples
from seatrial.engine.bot.told.telling import ToldMid

TIMES = st.lists(st.integers(0, 60 * 10**9), max_size=30).map(sorted)


@given(TIMES, st.integers(0, 70 * 10**9))
def test_a_mid_is_of_then_and_fresh(times: list[int], at: int) -> None:
    """A mid from a second later is knowledge that the bot did not have; one from a minute ago is none."""
    found = Samples(ToldMid("m", ts, None, None, Decimal(ts)) for ts in times).mid(at)

    allowed = [ts for ts in times if at - FRESH_NS <= ts <= at]
    assert found == (Decimal(allowed[-1]) if allowed else None)
