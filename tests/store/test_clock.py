"""The clock's door: stamps for names, and a frozen time that is honoured."""

import pytest

from seatrial.model.errors import UsageError
from seatrial.store.clock import frozen_ns, iso, monotonic_ns, stamp, utc_now_ns


def test_a_frozen_time_wins() -> None:
    """Golden files hold times."""
    assert utc_now_ns(frozen_ns("2024-01-02T03:04:05Z")) == 1_704_164_645_000_000_000


def test_stamps_are_utc_whatever_the_zone_of_the_text() -> None:
    """A run id made elsewhere must sort with ours."""
    moment = frozen_ns("2024-01-02T05:04:05.250000+02:00")

    assert stamp(moment) == "20240102T030405Z"
    assert iso(moment) == "2024-01-02T03:04:05Z"


@pytest.mark.parametrize("text", ["yesterday", "2024-01-02T03:04:05", ""])
def test_a_time_without_a_zone_or_sense_is_refused(text: str) -> None:
    """A naive time means another moment on another machine."""
    with pytest.raises(UsageError):
        frozen_ns(text)


def test_the_real_clocks_go_on() -> None:
    """Without a frozen time the door opens on the real one."""
    assert utc_now_ns() > 1_700_000_000_000_000_000
    assert monotonic_ns() <= monotonic_ns()
