"""The venue's own switch: refreshed in time, and honest about what it cannot do."""

from tests.live.stage import Exchange, MemoryVenue, eventually

from seatrial.engine.venue.port import VenueUnreachable
from seatrial.live.dead_man import DeadMan


def test_it_is_refreshed_at_a_quarter_of_its_time(tmp_path: object) -> None:
    """Three lost refreshes in a row must not fire it."""
    exchange, notes = Exchange(), list[str]()
    keeper = DeadMan(MemoryVenue(exchange), 40, lambda what, _: notes.append(what))
    keeper.start()
    eventually(lambda: len(exchange.armed) > 3)
    keeper.stop(disarm=True)

    assert set(exchange.armed[:-1]) == {40}
    assert exchange.armed[-1] == 0
    assert notes == ["dead_man_armed"]


def test_a_refresh_that_fails_is_told_once_and_tried_again() -> None:
    """The watch is on the time-out, so a failure has to be seen before it is over."""
    fails, notes, tries = [True], list[str](), list[int]()

    class Flaky(MemoryVenue):
        def arm(self, timeout_ms: int) -> bool:
            tries.append(timeout_ms)
            if fails[0]:
                raise VenueUnreachable("503")
            return True

    keeper = DeadMan(Flaky(Exchange()), 20, lambda what, _: notes.append(what))
    keeper.start()
    eventually(lambda: len(tries) > 2)
    fails[0] = False
    eventually(lambda: keeper.armed)
    fails[0] = True
    keeper.stop(disarm=True)

    assert notes == ["dead_man_lost", "dead_man_armed", "dead_man_lost"]


def test_switched_off_it_says_so_and_asks_nothing() -> None:
    """An operator who thinks that the venue guards the account has to know that it does not."""
    exchange, notes = Exchange(), list[str]()
    keeper = DeadMan(MemoryVenue(exchange), 0, lambda what, _: notes.append(what))
    keeper.start()
    keeper.stop(disarm=True)

    assert (notes, exchange.armed) == (["dead_man_off"], [])
