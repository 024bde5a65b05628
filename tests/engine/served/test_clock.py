"""The venue's clock: which time is shown, and which stamps are in time."""

import pytest

from seatrial.engine.served.clock import Clocks, VenueClock

MARKET, WALL = 1_700_000_000_000_000_000, 1_795_000_000_123_456_789
MS = 1_000_000


class Hands:
    """A wall clock and a monotonic one that go together."""

    def __init__(self) -> None:
        self.gone_ns = 0

    def clock(self, speed: float) -> VenueClock:
        """Return a venue's clock by these hands, started."""
        clock = VenueClock(Clocks(lambda: WALL + self.gone_ns, lambda: 77 + self.gone_ns), speed=speed)
        clock.start(MARKET)
        return clock


def test_at_real_time_the_market_happens_now() -> None:
    """A bot that distrusts old data must not distrust a recorded market."""
    hands = Hands()
    clock = hands.clock(1)
    hands.gone_ns = 2_500 * MS

    assert clock.now_ns() == MARKET + 2_500 * MS
    assert abs(clock.time_ms() - (WALL + hands.gone_ns) // MS) <= 1
    assert clock.market_ns(clock.shown_ms(MARKET + 5 * MS)) == MARKET + 5 * MS


def test_stepped_time_is_the_markets_own() -> None:
    """A record made twice must not depend on when it was made."""
    hands = Hands()
    clock = hands.clock(0)
    hands.gone_ns = 10**12
    clock.step(MARKET + 7 * MS)

    assert clock.time_ms() == MARKET // MS + 7
    clock.step(MARKET)
    assert clock.time_ms() == MARKET // MS + 7


@pytest.mark.parametrize("speed", [20.0, 0.0])
def test_a_client_may_go_by_either_clock(speed: float) -> None:
    """At other speeds than one a client's own clock and a synchronised one are both honest."""
    hands = Hands()
    clock = hands.clock(speed)
    synchronised = clock.time_ms()
    hands.gone_ns = 60_000 * MS
    wall_ms = (WALL + hands.gone_ns) // MS

    for stamp in (wall_ms, clock.time_ms(), synchronised + 60_000):
        assert clock.is_timely(stamp, 5_000)
    low, high = sorted((wall_ms, clock.time_ms()))
    assert not clock.is_timely(low - 5_001, 5_000)
    assert not clock.is_timely(high + 1_000, 5_000)
