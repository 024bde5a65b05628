"""
The blotter under a bad network: duplicated, late, reordered, missing and corrected messages.

A machine plays a venue that says everything once, in order, and a network that repeats, delays and
swaps what it says. Whatever the network did, once everything has come the books are those of the
venue's own order of things.
"""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from tests.engine.execution.market import FREE, PERP, T0, fill

from seatrial.engine.execution.blotter import DONE, REFUSED, Blotter
from seatrial.engine.execution.fills import BOOKED, Fill
from seatrial.model.errors import BugError

Record = tuple[str, int, tuple[Any, ...]]


def blotter() -> Blotter:
    return Blotter([PERP], fees=FREE, opening={"USDT": Decimal(10_000)})


def new(number: int, side: int = 0, px: int = 1_000, qty: int = 10) -> Record:
    return ("new", number, (f"c{number}", 0, side, px, qty, "gtc", "limit", False, T0))


def essence(books: Blotter) -> dict[str, Any]:
    """Everything that has to agree, without the order in which dictionaries were filled."""
    orders = {n: o.fields() for n, o in (*books.orders.items(), *books.ended.items())}
    ledger = books.account.ledgers[0]
    fills = {key: books.fills.effective(each).fields() for key, each in books.fills.known.items()}
    return {
        "orders": orders,
        "working": books.working,
        "fills": fills,
        "corrected": dict(books.fills.corrected),
        "money": (ledger.lots, ledger.cash, ledger.realized(), ledger.average(), ledger.fees),
    }


class Network(RuleBasedStateMachine):
    """A venue with a few orders, and the wire between it and two blotters: a perfect one and a bad one."""

    @initialize(sizes=st.lists(st.tuples(st.integers(0, 1), st.integers(2, 12)), min_size=1, max_size=3))
    def begin(self, sizes: list[tuple[int, int]]) -> None:
        """Send the orders; our own requests are ours, and known to both sides in their order."""
        self.straight, self.crooked = blotter(), blotter()
        self.left = {}
        self.wire: list[Record] = []
        self.said: list[Record] = []
        self.version, self.trades = 0, 0
        self.executed: dict[str, Fill] = {}
        for number, (side, qty) in enumerate(sizes, 1):
            self.left[number] = qty
            for kind, _, fields in (
                new(number, side, qty=qty), ("ask_replace", number, (1_001, qty)), ("ask_cancel", number, ()),
            ):  # fmt: skip
                for books in (self.straight, self.crooked):
                    books.apply(T0, kind, number, fields)

    def say(self, kind: str, number: int, *fields: Any) -> None:
        """The venue says something: heard in order by one, given to the wire for the other."""
        record = (kind, number, fields)
        self.straight.apply(T0, kind, number, fields)
        self.wire.append(record)
        self.said.append(record)

    @rule(
        number=st.integers(1, 3),
        kind=st.sampled_from(["accept", "cancel", "expire", "cancel_rejected", "reject"]),
    )
    def answer(self, number: int, kind: str) -> None:
        """An answer or an end."""
        if number in self.left:
            self.say(kind, number)

    @rule(number=st.integers(1, 3), px=st.integers(990, 1_010), more=st.integers(-3, 6))
    def replace(self, number: int, px: int, more: int) -> None:
        """A confirmed amendment, newer than those before."""
        if number in self.left:
            self.version += 1
            qty = max(1, self.left[number] + more)
            self.say("replaced", number, px, qty, self.version)

    @rule(number=st.integers(1, 3), px=st.integers(990, 1_010), qty=st.integers(1, 6))
    def trade(self, number: int, px: int, qty: int) -> None:
        """An execution."""
        if number in self.left:
            self.trades += 1
            side = 0 if number % 2 else 1
            made = fill(number, f"t{self.trades:03d}", side, px, qty, ts=self.trades, fee="-0.25")
            self.executed[made.trade_id] = made
            self.say("fill", number, made)

    @precondition(lambda self: self.executed)
    @rule(data=st.data(), px=st.integers(990, 1_010), qty=st.integers(0, 6))
    def correct(self, data: st.DataObject, px: int, qty: int) -> None:
        """A bust (quantity 0) or a correction of an execution."""
        made = self.executed[data.draw(st.sampled_from(sorted(self.executed)))]
        self.version += 1
        self.say("correct", made.order_id, list(made.key), self.version, px, qty)

    @precondition(lambda self: self.wire)
    @rule(data=st.data(), twice=st.booleans())
    def deliver(self, data: st.DataObject, twice: bool) -> None:
        """The wire gives up any of its messages, perhaps twice."""
        kind, number, fields = self.wire.pop(data.draw(st.integers(0, len(self.wire) - 1)))
        for _ in range(1 + twice):
            self.crooked.apply(T0, kind, number, fields)

    @precondition(lambda self: self.said)
    @rule(data=st.data())
    def repeat(self, data: st.DataObject) -> None:
        """After a reconnect something old is said again."""
        kind, number, fields = data.draw(st.sampled_from(self.said))
        if (kind, number, fields) not in self.wire:
            self.crooked.apply(T0, kind, number, fields)

    @invariant()
    def sums_agree(self) -> None:
        """What is kept twice agrees at every moment."""
        if hasattr(self, "crooked"):
            self.crooked.check()

    def teardown(self) -> None:
        """What was missing comes at last, in any order: the books agree."""
        if not hasattr(self, "crooked"):
            return
        for kind, number, fields in reversed(self.wire):
            self.crooked.apply(T0, kind, number, fields)
        assert essence(self.crooked) == essence(self.straight)
        again = blotter()
        again.restore(self.crooked.state())
        assert essence(again) == essence(self.straight)


def interleave(examples: int) -> None:
    quiet = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    run_state_machine_as_test(
        Network,
        settings=settings(
            max_examples=examples,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=quiet,
            database=None,
        ),
    )


def test_any_interleaving_ends_in_the_same_state() -> None:
    """The network decides nothing."""
    interleave(60)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_any_interleaving_ends_in_the_same_state_ten_thousand_times() -> None:
    """The rare orders of messages are the ones that cost money."""
    interleave(10_000)


# -- the one door -----------------------------------------------------------------------------------


def test_a_number_or_a_client_id_is_used_once() -> None:
    """The second order of a name would be mistaken for the first."""
    books = blotter()
    assert books.apply(T0, *new(1)) == DONE
    assert books.apply(T0, *new(1)) == REFUSED
    kind, _, fields = new(1)
    assert books.apply(T0, kind, 2, fields) == REFUSED


def test_a_record_of_an_order_that_nobody_knows_is_refused() -> None:
    """It is told, and changes nothing."""
    books = blotter()
    before = essence(books)
    for kind, fields in (("accept", ()), ("cancel", ()), ("replaced", (1, 1, 1)), ("ask_replace", (1, 1))):
        assert books.apply(T0, kind, 9, fields) == REFUSED
    assert essence(books) == before


def test_a_fill_of_an_order_that_is_not_ours_changes_the_position() -> None:
    """Somebody traded on the account: the position is what it is."""
    books = blotter()
    assert books.apply(T0, "fill", 0, (fill(0, "t1", qty=5),)) == BOOKED
    assert books.position(0) == 5


def test_working_lots_are_what_may_still_trade() -> None:
    """Sent counts before it is acknowledged; unknown and lost count until they are known to have ended."""
    books = blotter()
    books.apply(T0, *new(1, side=0, qty=10))
    books.apply(T0, *new(2, side=1, qty=7))
    assert books.working == [[10, 7]]
    books.apply(T0, "timeout", 1)
    books.apply(T0, "fill", 2, (fill(2, "t1", 1, qty=3),))
    assert books.working == [[10, 4]]
    books.apply(T0, "missing", 1)
    books.apply(T0, "cancel", 2)
    assert books.working == [[10, 0]]
    books.apply(T0, "cancel", 1)
    assert books.working == [[0, 0]]


def test_sums_that_do_not_agree_are_a_bug_of_ours() -> None:
    """And are said at once, not carried on."""
    books = blotter()
    books.apply(T0, *new(1))
    books.working[0][0] += 1
    with pytest.raises(BugError, match="working lots"):
        books.check()


def test_ended_orders_are_let_go_and_their_number_is_bounded() -> None:
    """A dictionary that only grows ends a soak of days."""
    from seatrial.engine.execution.blotter import ENDED_KEPT

    books = blotter()
    for number in range(1, 2 * ENDED_KEPT):
        books.apply(T0, *new(number))
        books.apply(T0, "reject", number)
        assert len(books.ended) == len(books.numbers) <= ENDED_KEPT
    assert books.by_client_id("c1") is None
    assert books.by_client_id(f"c{2 * ENDED_KEPT - 1}") is not None
