"""The one path of an order: checked, recorded, durable, sent."""

from decimal import Decimal
from pathlib import Path

import pytest
from tests.engine.execution.market import Desk, Paper, fill, open_log

from seatrial.engine.execution.order import Order
from seatrial.engine.execution.risk.monitor import ALL
from seatrial.model.errors import OutsideError
from seatrial.model.risk import RiskSettings


def test_a_request_leaves_only_after_its_record_is_on_the_disk(tmp_path: Path) -> None:
    """The order of things that makes kill -9 survivable."""
    log = open_log(tmp_path / "orders.db")
    desk = Desk(Paper(), log)
    desk.core.submit(Order(0, "", 0, 0, 1000, 10))
    assert desk.venue.asked.count("place") == 0
    assert [each.kind for each in log.records()] == []

    desk.core.flush()

    assert [each.kind for each in log.records()] == ["new"]
    assert desk.venue.asked.count("place") == 1


def test_nothing_leaves_when_the_log_cannot_be_written(tmp_path: Path) -> None:
    """An order that is not written down is an order that is not sent."""
    log = open_log(tmp_path / "orders.db")
    desk = Desk(Paper(), log)
    log._connection.execute("PRAGMA query_only = ON")
    desk.core.submit(Order(0, "", 0, 0, 1000, 10))

    with pytest.raises(OutsideError, match="order log"):
        desk.core.flush()
    assert desk.venue.asked.count("place") == 0


def test_a_blocked_order_is_denied_and_told_with_rule_limit_and_value() -> None:
    """And takes no number: the next order follows the last one sent."""
    desk = Desk(Paper(), risk=RiskSettings(max_order_qty=Decimal("0.010")))
    assert desk.send(qty=11) is None
    order = desk.send(qty=10)

    assert order is not None
    assert order.order_id == 1
    told = [more for what, more in desk.told if what == "risk_block"]
    assert told == [{"rule": "max_order_qty", "limit": Decimal("0.010"), "value": Decimal("0.011")}]


def test_an_amendment_is_judged_by_the_order_that_would_result() -> None:
    """Moving a quote must not be a way around the limit, nor count its own lots twice."""
    desk = Desk(Paper(), risk=RiskSettings(max_position_qty=Decimal("0.015")))
    desk.send(qty=10)
    desk.answers()

    assert not desk.core.amend(1, 1000, 16)
    assert desk.core.amend(1, 999, 15)
    assert [more["rule"] for what, more in desk.told if what == "risk_block"] == ["max_position_qty"]


def test_a_cancel_is_asked_once_and_again_when_it_was_refused() -> None:
    """A second request while the first is out is noise; after a refusal it is a new request."""
    desk = Desk(Paper())
    desk.send()
    desk.answers()
    assert desk.core.cancel(1)
    assert not desk.core.cancel(1)
    desk.core.record("cancel_rejected", 1)
    assert desk.core.cancel(1)
    assert not desk.core.cancel(99)


def test_a_hold_withdraws_what_rests_and_lets_reducing_orders_through() -> None:
    """A freeze that traps a position is a second loss."""
    desk = Desk(Paper())
    desk.send(0)
    desk.answers()
    desk.core.filled(fill(1, "t1", 0, qty=4))
    desk.core.hold("operator", "frozen", "a look at the books")

    assert desk.core.orders[1].status == "pending_cancel"
    assert desk.send(0, qty=1) is None
    assert desk.send(1, qty=5, tif="ioc") is None
    assert desk.send(1, qty=4) is None
    assert desk.send(1, qty=4, tif="ioc") is not None
    desk.core.lift("operator")
    assert desk.core.monitor.level(ALL) == "normal"
    assert desk.send(0, qty=1) is not None


def test_a_cancel_that_cannot_leave_under_a_hold_is_asked_again() -> None:
    """Frozen and still resting is not frozen."""
    desk = Desk(Paper())
    desk.send()
    desk.answers()
    room = [False, False, True]
    leaves = desk.gateway.cancel
    desk.gateway.cancel = lambda order: room.pop(0) and leaves(order)  # type: ignore[method-assign]
    desk.core.hold("operator", "frozen", "a look")
    assert desk.core.orders[1].status == "open"
    again = Desk(Paper())
    again.core.restore(desk.core.state())
    for _ in range(2):
        desk.core.look(desk.core.now_ns)

    assert desk.core.orders[1].status == "pending_cancel"
    assert room == []
    again.core.look(again.core.now_ns)
    assert again.core.orders[1].status == "pending_cancel"


def test_an_amendment_cannot_grow_an_order_beyond_its_size_limit() -> None:
    """What is left is small; the order would be large."""
    desk = Desk(Paper(), risk=RiskSettings(max_order_qty=Decimal("0.010")))
    desk.send(qty=10)
    desk.answers()
    desk.core.filled(fill(1, "t1", qty=6))
    assert not desk.core.amend(1, 1000, 11)
    assert desk.core.amend(1, 1000, 10)


def test_a_refused_record_is_told() -> None:
    """A venue that says what cannot be is a venue to look at."""
    desk = Desk(Paper())
    desk.core.record("cancel", 42)
    assert ("refused", {"record": "cancel"}) in desk.told


def test_a_contradicting_fill_is_told_and_does_not_count() -> None:
    """Quarantine, with the alarm that belongs to it."""
    desk = Desk(Paper())
    desk.send()
    desk.core.filled(fill(1, "t1", qty=4))
    desk.core.filled(fill(1, "t1", qty=5))

    assert desk.core.blotter.position(0) == 4
    assert [more["why"] for what, more in desk.told if what == "held_apart"] == ["contradicts"]


def test_the_listener_hears_what_changed_and_nothing_else() -> None:
    """Replays and refused records must not wake the bot."""
    desk = Desk(Paper())
    heard: list[tuple[str, str | None]] = []
    desk.core.listener = lambda kind, order, _: heard.append((kind, order.status if order else None))
    desk.send()
    desk.answers()
    for _ in range(2):
        desk.core.filled(fill(1, "t1", qty=4))
    desk.core.record("cancel", 7)

    assert heard == [("accept", "open"), ("fill", "partial")]


def test_the_core_survives_saving() -> None:
    """Orders, positions, holds and rules go on where they were."""
    desk = Desk(Paper(), risk=RiskSettings(max_orders_per_s=2))
    desk.send()
    desk.answers()
    desk.core.filled(fill(1, "t1", qty=4))
    desk.core.hold("operator", "reduce_only", "slow")
    again = Desk(Paper(), risk=RiskSettings(max_orders_per_s=2))
    again.core.restore(desk.core.state())

    assert again.core.state() == desk.core.state()
    assert again.core.monitor.level() == "reduce_only"
