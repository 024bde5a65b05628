"""Loss of the day: what may be lost between two midnights UTC."""

from tests.engine.execution.risk.stand import BUY, MIDNIGHT, Stand

from seatrial.engine.execution.risk.rule import NS_PER_S

DAY_S = 86_400


def marked(stand: Stand, mid: int, at_s: float) -> str:
    """Move the mid, let the monitor look so long after midnight, return the level."""
    stand.market.set(mid)
    stand.core.look(MIDNIGHT + round(at_s * NS_PER_S))
    return stand.level


def standing() -> Stand:
    """Return a stand that may lose 1,000 a day, with one lot at 5,000."""
    stand = Stand(max_day_loss=1_000)
    stand.hold_position(1, 5_000)
    return stand


def test_it_holds_beyond_the_limit_and_not_at_it() -> None:
    """A loss of exactly the limit is within it."""
    stand = standing()

    assert marked(stand, 5_000, 10) == "normal"
    assert marked(stand, 4_000, 11) == "normal"
    assert marked(stand, 3_999, 12) == "frozen"
    assert stand.told.of("freeze", "guard") == [("max_day_loss",)]


def test_it_is_counted_from_the_opening_and_not_from_the_day_s_best() -> None:
    """A day that was good and is so no more has lost nothing."""
    stand = standing()
    marked(stand, 5_000, 10)
    assert marked(stand, 9_000, 20) == "normal"

    assert marked(stand, 4_000, 30) == "normal"
    assert marked(stand, 3_999, 40) == "frozen"


def test_a_recovery_does_not_end_it_and_midnight_does() -> None:
    """To the nanosecond, and in UTC."""
    stand = standing()
    marked(stand, 5_000, 10)
    marked(stand, 3_000, 20)
    assert marked(stand, 6_000, 30) == "frozen"
    assert marked(stand, 6_000, DAY_S - 1e-6) == "frozen"

    assert marked(stand, 6_000, DAY_S) == "normal"
    assert marked(stand, 5_000, DAY_S + 1) == "normal"
    assert marked(stand, 4_999, DAY_S + 2) == "frozen"
    assert stand.send(BUY, 1) is None


def test_what_a_gap_over_midnight_has_cost_belongs_to_the_new_day() -> None:
    """A day opens with the last equity before it, or a loss in the dark would be forgiven."""
    stand = standing()
    marked(stand, 5_000, DAY_S - 60)

    assert marked(stand, 3_999, DAY_S + 60) == "frozen"


def test_a_person_cannot_end_the_day_early() -> None:
    """The money is lost; the limit holds again at the next look."""
    stand = standing()
    marked(stand, 5_000, 10)
    marked(stand, 3_000, 20)
    stand.monitor.release("max_day_loss")

    assert marked(stand, 3_000, 30) == "frozen"


def test_a_clock_that_is_set_back_over_midnight_does_not_begin_a_day() -> None:
    """Otherwise a correction of the clock would forgive what was lost."""
    stand = standing()
    marked(stand, 5_000, 1)
    marked(stand, 3_000, 2)

    assert marked(stand, 3_000, -1) == "frozen"
    assert marked(stand, 3_000, 3) == "frozen"
