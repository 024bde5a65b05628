"""Many clients, one order of things: nothing is lost."""

import threading
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from tests.engine.execution.market import FREE, OPENING, PERP, Desk, Paper, open_log

from seatrial.engine.execution.core import Execution
from seatrial.engine.execution.order import Order
from seatrial.engine.execution.recovery import recover
from seatrial.engine.execution.sequencer import Sequencer
from seatrial.model.errors import OutsideError, RefusedError
from seatrial.store.order_log import OrderLog


def debit(core: Execution) -> str:
    """Take one unit of money away."""
    return core.record("funding", 0, 0, "-1")


def together(count: int, work: Callable[[], None]) -> None:
    """Run the same in so many threads at once."""
    threads = [threading.Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_eight_threads_of_two_thousand_debits_lose_none(tmp_path: Path) -> None:
    """A portfolio without one order of things lost 8,000 to 11,000 of these 16,000."""
    desk = Desk(Paper(), open_log(tmp_path / "orders.db"))
    with Sequencer(desk.core) as sequencer:

        def client() -> None:
            for answer in [sequencer.ask(debit) for _ in range(2_000)]:
                assert answer.result() == "done"

        together(8, client)

    assert desk.core.blotter.account.ledgers[0].funding == -16_000
    again = recover(OrderLog.open(tmp_path / "orders.db"), [PERP], fees=FREE, opening=OPENING)
    assert again.account.ledgers[0].funding == -16_000
    assert again.account.wallets()["USDT"]["closing"] == Decimal(10_000 - 16_000)


def test_a_thousand_orders_from_ten_clients_are_a_thousand_orders(tmp_path: Path) -> None:
    """A thousand ids, a thousand records, a thousand orders at the venue."""
    desk = Desk(Paper(), open_log(tmp_path / "orders.db"))

    def send(core: Execution) -> Order | None:
        desk.answers()
        return core.submit(Order(0, "", 0, 0, 1000, 1))

    def client() -> None:
        answers = [sequencer.ask(send) for _ in range(100)]
        assert all(answer.result() is not None for answer in answers)

    with Sequencer(desk.core) as sequencer:
        together(10, client)

    assert len(desk.venue.orders) == 1_000
    assert desk.venue.duplicates == 0
    assert sequencer.largest_batch > 1


def test_an_answer_comes_only_after_the_commit(tmp_path: Path) -> None:
    """Told is durable."""
    log = open_log(tmp_path / "orders.db")
    with Sequencer(Desk(Paper(), log).core) as sequencer:
        sequencer.ask(debit).result()
        assert [each.kind for each in log.records()] == ["funding"]


def test_a_jobs_mistake_is_its_own(tmp_path: Path) -> None:
    """The others go on."""
    with Sequencer(Desk(Paper(), open_log(tmp_path / "orders.db")).core) as sequencer:
        wrong, right = sequencer.ask(lambda core: 1 / (core.now_ns * 0)), sequencer.ask(debit)
        with pytest.raises(ZeroDivisionError):
            wrong.result()
        assert right.result() == "done"


def test_a_log_that_cannot_be_written_ends_everything(tmp_path: Path) -> None:
    """Nobody gets an answer that is not durable, now or later."""
    log = open_log(tmp_path / "orders.db")
    sequencer = Sequencer(Desk(Paper(), log).core)
    log._connection.execute("PRAGMA query_only = ON")
    with pytest.raises(OutsideError):
        sequencer.ask(debit).result()
    with pytest.raises(RefusedError):
        sequencer.ask(debit).result()
    sequencer.close()
