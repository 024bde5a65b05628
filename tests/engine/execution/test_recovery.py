"""From the log back to the books."""

from decimal import Decimal
from pathlib import Path

import pytest
from tests.engine.execution.market import FREE, OPENING, PERP, T0, Desk, Paper, fill, open_log

from seatrial.engine.execution import recovery
from seatrial.engine.execution.blotter import Blotter
from seatrial.engine.execution.recovery import in_flight, keep_instruments, kept_instruments, recover
from seatrial.model.errors import InputError
from seatrial.store.order_log import OrderLog, OrderLogReader


def busy(path: Path) -> Desk:
    """A desk with every kind of record behind it."""
    desk = Desk(Paper(fill_ratio=0.6, lost_answers=0.2, rejects=0.1, seed=3), open_log(path))
    for number in range(60):
        desk.send(number % 2, 1000 + number % 5, 2 + number % 7)
        desk.answers()
        if number % 4 == 0:
            for working in list(desk.core.orders)[:2]:
                desk.core.cancel(working)
        if number % 5 == 0:
            desk.reconcile()
    for each in desk.venue.executions[:3]:
        desk.core.filled(desk.reconciler.evidence.as_fill(0, None, each))
    key = next(iter(desk.core.blotter.fills.known))
    desk.core.record("correct", 0, list(key), 1, 990, 1)
    desk.core.record("funding", 0, 0, "-0.75")
    desk.core.flush()
    return desk


def again(path: Path) -> Blotter:
    return recover(OrderLog.open(path), [PERP], fees=FREE, opening=OPENING)


def test_replaying_the_log_gives_the_same_state(tmp_path: Path) -> None:
    """There is no second way to change the books, so there is no second result."""
    desk = busy(tmp_path / "orders.db")
    assert again(tmp_path / "orders.db").state() == desk.core.blotter.state()


def test_a_checkpoint_and_the_rest_give_the_same_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A restart after a week must not read the week."""
    monkeypatch.setattr(recovery, "CHECKPOINT_EVERY", 50)
    desk = busy(tmp_path / "orders.db")
    last = OrderLogReader(tmp_path / "orders.db").latest()

    assert last is not None
    assert last[0] >= 50
    assert again(tmp_path / "orders.db").state() == desk.core.blotter.state()


def test_what_was_not_committed_was_not_sent(tmp_path: Path) -> None:
    """A killed process forgets exactly what never left."""
    log = open_log(tmp_path / "orders.db")
    desk = Desk(Paper(), log)
    desk.send()
    from seatrial.engine.execution.order import Order

    desk.core.submit(Order(0, "", 0, 0, 1000, 10))
    books = again(tmp_path / "orders.db")

    assert list(books.orders) == [1]
    assert len(desk.venue.orders) == 1


def test_what_was_in_flight_is_named(tmp_path: Path) -> None:
    """It may have reached the venue; who says otherwise sends it twice."""
    desk = Desk(Paper(), open_log(tmp_path / "orders.db"))
    desk.send()
    desk.send()
    for reply in list(desk.gateway.replies())[:1]:
        desk.core.record("accept", reply.request.number, reply.answer.venue_id)
    desk.core.flush()

    assert [order.order_id for order in in_flight(again(tmp_path / "orders.db"))] == [2]


def test_identities_persist(tmp_path: Path) -> None:
    """A fill that was booked before the restart is a replay after it, even when memory has let it go."""
    desk = Desk(Paper(), open_log(tmp_path / "orders.db"))
    desk.core.blotter.fills._kept_max = 4
    for number in range(10):
        desk.core.filled(fill(0, f"t{number}", qty=3, ts=number))
    desk.core.flush()
    books = again(tmp_path / "orders.db")
    books.fills.known.clear()
    books.fills.evicted_ns = T0 + 9

    assert books.apply(T0, "fill", 0, (fill(0, "t1", qty=3, ts=1),)) == "replay"
    assert books.apply(T0, "fill", 0, (fill(0, "t1", qty=4, ts=1),)) == "contradicts"
    assert books.position(0) == 30


def test_a_log_of_other_instruments_is_refused(tmp_path: Path) -> None:
    """Lots of another size would be another position."""
    log = open_log(tmp_path / "orders.db")
    keep_instruments(log, [PERP])
    keep_instruments(log, [PERP])
    assert kept_instruments(log) == (PERP,)
    with pytest.raises(InputError, match="other instruments"):
        keep_instruments(log, [PERP.model_copy(update={"lot_size": Decimal(1)})])
