"""Repeated execution: the same order again and again."""

from tests.engine.execution.risk.stand import BUY, SELL, Stand


def test_the_repeat_beyond_the_limit_is_blocked_and_holds_trading() -> None:
    """Three equal orders in a row may be a bot's way; a fourth is a loop."""
    stand = Stand(max_repeats=3)
    for _ in range(3):
        assert stand.send(BUY, 1)
    assert stand.send(BUY, 1) is None
    stand.wait(0)

    assert stand.blocks == [("max_repeats", 3, 4)]
    assert stand.told.of("freeze", "guard", "level") == [("max_repeats", "full")]
    assert stand.send(SELL, 1) is None
    assert stand.send(BUY, 2) is None


def test_another_order_in_between_is_no_repeat() -> None:
    """Quotes on two sides alternate."""
    stand = Stand(max_repeats=1)

    assert all(stand.send(side, 1) for side in (BUY, SELL, BUY, SELL))
    assert stand.send(BUY, 1, 999)
    assert stand.send(BUY, 1, 998)
    assert stand.send(BUY, 2, 998)
    assert stand.send(BUY, 2, 998) is None


def test_filled_or_not_it_counts() -> None:
    """A loop that fills each time is the more expensive one."""
    stand = Stand(max_repeats=2)
    stand.fill(stand.rest(BUY, 1))
    stand.fill(stand.rest(BUY, 1))

    assert stand.send(BUY, 1) is None


def test_only_a_person_lifts_it() -> None:
    """Time does not, and neither does another hold's end."""
    stand = Stand(max_repeats=1)
    stand.rest(BUY, 1)
    stand.send(BUY, 1)
    stand.wait(0)
    stand.wait(1e6)
    stand.core.lift("max_repeats", "by mistake")
    stand.wait(1)
    assert stand.level == "frozen"
    stand.monitor.release("max_repeats")
    stand.wait(1)

    assert stand.level == "normal"
    assert stand.send(BUY, 1)
    assert stand.told.of("unfreeze", "reason")[-1] == ("released by a person",)


def test_asking_for_the_same_amendment_again_and_again_is_a_repeat() -> None:
    """What counts is what was asked for, not what the order still is."""
    stand = Stand(max_repeats=2)
    order = stand.rest(BUY, 5, 990)
    for version in (1, 2):
        assert stand.core.amend(order.order_id, 991, 5)
        stand.core.record("replaced", order.order_id, 991, 5, version)

    assert stand.core.amend(order.order_id, 991, 5) is False


def test_amendments_to_one_price_after_another_are_none() -> None:
    """A quote that follows the market asks for something new each time."""
    stand = Stand(max_repeats=1)
    order = stand.rest(BUY, 5, 990)
    for version, px in enumerate(range(991, 999), start=1):
        assert stand.core.amend(order.order_id, px, 5)
        stand.core.record("replaced", order.order_id, px, 5, version)


def test_a_position_can_be_left_while_it_holds() -> None:
    """At once, as under any freeze."""
    stand = Stand(max_repeats=1)
    stand.fill(stand.rest(BUY, 3))
    assert stand.send(BUY, 3) is None
    stand.wait(0)

    assert stand.level == "frozen"
    assert stand.send(SELL, 3, tif="ioc")


def test_zero_repeats_let_nothing_through() -> None:
    """A limit of zero is not a missing one."""
    assert Stand(max_repeats=0).send(BUY, 1) is None
