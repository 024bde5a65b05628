"""The clock's door: stamps for names, and a frozen time that is honoured."""

from seatrial.store.clock import iso, monotonic_ns, stamp, utc_now_ns


def test_a_frozen_time_wins() -> None:
    """Golden files hold times."""
    assert utc_now_ns(1_704_164_645_000_000_000) == 1_704_164_645_000_000_000


def test_stamps_are_utc_whatever_the_zone_of_the_machine() -> None:
    """A run id made elsewhere must sort with ours."""
    moment = 1_704_164_645_250_000_000

    assert stamp(moment) == "20240102T030405Z"
    assert iso(moment) == "2024-01-02T03:04:05Z"


def test_the_real_clocks_go_on() -> None:
    """Without a frozen time the door opens on the real one."""
    assert utc_now_ns() > 1_700_000_000_000_000_000
    assert monotonic_ns() <= monotonic_ns()
