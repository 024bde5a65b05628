"""How fast orders may be sent."""

from hypothesis import given
from hypothesis import strategies as st
from tests.engine.execution.risk.stand import BUY, MIDNIGHT, MS, SELL, Stand

from seatrial.engine.execution.risk.rule import NS_PER_S


def test_the_order_beyond_the_limit_is_blocked_until_the_window_slides_on() -> None:
    """Three in any one second: the fourth waits for the first to be a second old, to the nanosecond."""
    stand = Stand(max_orders_per_s=3)
    for ms in (0, 400, 800):
        stand.core.now_ns = MIDNIGHT + ms * MS
        assert stand.send(BUY, 1)

    stand.core.now_ns = MIDNIGHT + NS_PER_S - 1
    assert stand.send(BUY, 1) is None
    assert stand.blocks == [("max_orders_per_s", 3, 4)]
    stand.core.now_ns = MIDNIGHT + NS_PER_S
    assert stand.send(BUY, 1)
    assert stand.send(BUY, 1) is None


def test_a_minute_has_a_limit_of_its_own() -> None:
    """Slow enough for the second and still too many for the minute."""
    stand = Stand(max_orders_per_s=2, max_orders_per_min=5)
    for _ in range(5):
        assert stand.send(BUY, 1)
        stand.core.now_ns += NS_PER_S

    assert stand.send(BUY, 1) is None
    assert stand.blocks == [("max_orders_per_min", 5, 6)]


def test_amendments_count_and_blocked_orders_do_not() -> None:
    """A message is a message for the venue; what did not leave is none."""
    stand = Stand(max_orders_per_s=2)
    order = stand.rest(BUY, 1)
    assert stand.core.amend(order.order_id, 999, 1)
    assert stand.send(BUY, 1) is None
    assert stand.send(BUY, 1) is None
    stand.core.now_ns += NS_PER_S

    assert stand.send(BUY, 1)


def test_zero_lets_nothing_through_but_what_reduces() -> None:
    """And that counts too, for those after it."""
    stand = Stand(max_orders_per_s=0)
    stand.hold_position(2)

    assert stand.send(BUY, 1) is None
    assert stand.send(SELL, 2)


def test_a_clock_that_is_set_back_does_not_open_the_gate() -> None:
    """Moments from the future are not long ago."""
    stand = Stand(max_orders_per_s=1)
    assert stand.send(BUY, 1)
    stand.core.now_ns -= 3_600 * NS_PER_S

    assert stand.send(BUY, 1) is None


@given(st.lists(st.integers(0, 700), max_size=60), st.integers(1, 4), st.integers(1, 9))
def test_no_window_ever_holds_more_than_its_limit(gaps_ms: list[int], per_s: int, per_min: int) -> None:
    """Wherever one lays the second or the minute; and nothing is blocked that would have fitted."""
    stand = Stand(max_orders_per_s=per_s, max_orders_per_min=per_min)
    sent: list[int] = []
    for gap in gaps_ms:
        stand.core.now_ns += gap * MS
        now = stand.core.now_ns
        fits = all(
            sum(now - at < span * NS_PER_S for at in sent) < limit
            for span, limit in ((1, per_s), (60, per_min))
        )
        passed = stand.send(BUY, 1) is not None

        assert passed == fits
        sent += [now] * passed


def test_a_tighter_limit_remembers_what_was_sent() -> None:
    """Tightening must not be a way to a fresh window."""
    stand = Stand(max_orders_per_s=5)
    for _ in range(3):
        assert stand.send(BUY, 1)
    stand.monitor.tighten({"max_orders_per_s": 3, "max_orders_per_min": 3})

    assert stand.send(BUY, 1) is None
    stand.core.now_ns += NS_PER_S
    assert stand.send(BUY, 1) is None
    assert [rule for rule, _, _ in stand.blocks] == ["max_orders_per_s", "max_orders_per_min"]
