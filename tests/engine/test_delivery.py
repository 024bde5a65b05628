"""What travels back reaches the core first, and then the bot."""

from typing import Any

from tests.engine.stage import BUY, SELL, Act, Script, book, play, printed, profile

from seatrial.engine.bot.strategy import OwnFill
from seatrial.engine.desk import Desk, Order

BOOK = book(0, {99: 20}, {101: 20})
SLOW = profile(latency={"out_ms": 10, "back_ms": 10})


class Looker(Script):
    """Writes down what its desk shows at the moment of each message."""

    def on_order(self, desk: Desk, order: Order, event: str, reason: str | None) -> None:
        """Write the order's state down."""
        self.heard.append((event, order.status, len(desk.orders)))

    def on_fill(self, desk: Desk, fill: OwnFill) -> None:
        """Write the position down."""
        self.heard.append(("fill", desk.position(), [o.leaves for o in desk.orders.values()]))


def told(acts: dict[float, Act], *rows: Any, **exchange: Any) -> list[Any]:
    bot = Looker(acts)
    settings = profile(latency={"out_ms": 10, "back_ms": 10}, **exchange)
    play([*BOOK, *rows], bot, settings=settings, until_ms=20_000, end=False)
    return bot.heard


def test_the_bot_sees_its_orders_as_they_are_after_the_message() -> None:
    """A bot that is told of an end must not find the order still working."""
    acts: dict[float, Act] = {1: lambda desk: desk.submit(BUY, 99, 5), 50: lambda desk: desk.cancel(1)}
    assert told(acts) == [("accepted", "open", 1), ("canceled", "canceled", 0)]


def test_a_fill_changes_position_and_order_before_the_bot_hears_of_it() -> None:
    """Two prints, two parts."""
    acts: dict[float, Act] = {1: lambda desk: desk.submit(BUY, 99, 5)}
    rows = [printed(40, SELL, 99, 22), printed(41, SELL, 99, 9)]
    assert told(acts, *rows) == [("accepted", "open", 1), ("fill", 2, [3]), ("fill", 5, [])]


def test_a_doubled_answer_is_told_twice_and_changes_nothing() -> None:
    """The venue repeats itself; the order is open, once."""
    acts: dict[float, Act] = {1: lambda desk: desk.submit(BUY, 99, 5)}
    assert told(acts, faults={"duplicate_ack_ratio": 1.0}) == [("accepted", "open", 1)] * 2


def test_a_lost_answer_is_unknown_and_then_the_truth() -> None:
    """Never rejected by a time-out: the bot hears that nobody knows, and later what was so."""
    acts: dict[float, Act] = {1: lambda desk: desk.submit(BUY, 99, 5)}
    heard = told(acts, faults={"timeout_ratio": 1.0})
    assert heard[0] == ("unknown", "unknown", 1)
    assert heard[1] in {("accepted", "open", 1), ("rejected", "rejected", 0)}


def test_position_and_orders_of_desk_and_core_are_the_same() -> None:
    """One account, one order of things."""
    played = play(
        [*BOOK, printed(40, SELL, 99, 22)],
        {1: lambda desk: desk.submit(BUY, 99, 5)},
        settings=SLOW,
        end=False,
    )
    session = played.session
    assert session.desk.positions[0] == session.core.blotter.position(0) == 2
    assert session.desk.orders is session.core.orders
