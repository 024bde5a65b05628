"""Our books against the venue's, after any mess."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.execution.market import PERP, Desk, Paper, fill, open_log

from seatrial.engine.execution.reconcile import synthetic_id
from seatrial.engine.venue.port import Handle, NewOrder, VenueOrder


def desk(**more: object) -> Desk:
    return Desk(Paper(**more))  # type: ignore[arg-type]


def twice(made: Desk) -> object:
    """Reconcile, and hold the second look to being a no-op."""
    first = made.reconcile()
    before = made.core.blotter.state()
    second = made.reconcile()
    assert second.records == 0
    assert {**made.core.blotter.state(), "count": 0} == {**before, "count": 0}
    return first


def test_an_order_whose_answer_was_lost_is_found_at_the_venue() -> None:
    """A time-out is unknown, and the venue knows."""
    made = desk(lost_answers=1.0)
    made.send()
    made.answers()
    assert made.core.orders[1].status == "unknown"

    found = twice(made)

    assert found.settled  # type: ignore[attr-defined]
    assert made.core.orders[1].status == "open"
    assert len(made.venue.orders) == 1


def test_an_order_that_never_arrived_is_known_to_be_so_only_after_grace() -> None:
    """Not found a moment after sending proves nothing."""
    made = Desk(Paper(lost_requests=1.0), grace_ms=5_000)
    made.send()
    made.answers()

    early = made.reconcile()
    assert not early.complete
    assert made.core.orders[1].status == "unknown"
    made.venue.now_ns += 6_000_000_000
    late = made.reconcile()
    assert late.settled
    assert made.core.blotter.ended[1].status == "rejected"


def test_an_order_that_arrives_after_it_was_given_up_counts_again() -> None:
    """Its request was still on the wire when the venue was asked; what rests is exposure."""
    made = desk(lost_requests=1.0)
    order = made.send()
    assert order is not None
    made.answers()
    made.reconcile()
    assert made.core.blotter.ended[1].status == "rejected"
    made.venue.lost_requests = 0.0
    made.venue.place(
        NewOrder(order.client_id, "BTCUSDT", "buy", "limit", "gtc", Decimal(100), Decimal("0.010"))
    )

    assert made.reconcile().settled
    assert made.core.orders[1].status == "open"
    assert made.core.blotter.working == [[10, 0]]


def test_fills_that_were_missed_are_taken_with_their_ids() -> None:
    """The venue's executions are evidence; the sum in a status is only a claim."""
    made = desk()
    made.send()
    made.answers()
    made.venue.trade("c1", Decimal("0.5"))

    found = twice(made)

    assert found.settled  # type: ignore[attr-defined]
    assert made.core.blotter.position(0) == 5
    assert made.core.orders[1].status == "partial"


def test_a_claim_without_executions_is_not_believed() -> None:
    """A status that says filled, and no execution: nothing is booked and nothing may be traded."""
    made = desk()
    made.send()
    made.answers()
    made.venue.trade("c1")
    made.venue.executions.clear()

    found = made.reconcile()

    assert not found.settled
    assert made.core.blotter.position(0) == 0
    assert {each.kind for each in found.unexplained} == {"fills_missing"}


@pytest.mark.parametrize("what", ["open_orders", "fills", "positions"])
def test_an_incomplete_answer_proves_no_absence(what: str) -> None:
    """Half a page of open orders is not a list of what is gone."""
    made = desk()
    for _ in range(4):
        made.send()
    made.answers()
    made.venue.trade("c1", Decimal("0.5"))
    made.venue.incomplete = frozenset({what})

    found = made.reconcile()

    assert not found.complete
    assert not found.settled
    assert {order.status for order in made.core.orders.values()} <= {"open", "partial"}


def test_a_venue_that_does_not_answer_is_not_flat() -> None:
    """Nothing is known, nothing is changed, nothing may be traded."""
    made = desk()
    made.send()
    made.answers()
    made.core.filled(fill(1, "t1", qty=5))
    made.venue.down = True

    found = made.reconcile()

    assert not found.complete
    assert found.records == 0
    assert made.core.blotter.position(0) == 5


def test_a_vanished_order_is_missing_then_lost_then_found() -> None:
    """Absent from several complete snapshots; it keeps its exposure, and evidence brings it back."""
    made = desk()
    made.send()
    made.answers()
    kept = made.venue.orders.pop("c1")

    looks = [made.reconcile() for _ in range(3)]

    assert [look.settled for look in looks] == [False, False, False]
    assert made.core.orders[1].status == "lost"
    assert made.core.blotter.working == [[10, 0]]
    made.venue.orders["c1"] = kept
    assert made.reconcile().settled
    assert made.core.orders[1].status == "open"


def test_a_position_is_never_made_to_agree_by_an_invented_fill() -> None:
    """The venue says flat where we have five: trading stops, the position stays."""
    made = desk()
    made.send()
    made.answers()
    made.core.filled(fill(1, "t1", qty=5))

    found = made.reconcile()

    assert not found.settled
    assert made.core.blotter.position(0) == 5
    [position] = [each for each in found.unexplained if each.kind == "position"]
    assert (position.ours, position.theirs) == ("0.005", "0")


def test_empty_books_are_opened_with_what_the_venue_holds_once() -> None:
    """At its entry price, so that what is unrealised stays so; under an id that depends on nothing else."""
    made = desk(opening={"BTCUSDT": (Decimal("-0.02"), Decimal("99.5"))})

    found = twice(made)

    assert found.settled  # type: ignore[attr-defined]
    ledger = made.core.blotter.account.ledgers[0]
    assert ledger.lots == -20
    assert ledger.average() == Decimal("99.5")
    assert ledger.realized() == 0
    again = desk(opening={"BTCUSDT": (Decimal("-0.02"), Decimal("99.5"))})
    again.reconcile()
    assert list(again.core.blotter.fills.known) == list(made.core.blotter.fills.known)


def test_what_was_traded_before_the_books_is_in_what_they_began_with() -> None:
    """An account with a past: its old executions and payments counted again would be another position."""
    made = desk()
    made.venue.place(NewOrder("old", "BTCUSDT", "buy", "limit", "gtc", Decimal(100), Decimal("0.020")))
    made.venue.trade("old")
    made.venue.fund("-3")

    found = twice(made)

    assert found.settled  # type: ignore[attr-defined]
    ledger = made.core.blotter.account.ledgers[0]
    assert (ledger.lots, str(ledger.funding), len(ledger.charged)) == (20, "0", 0)
    made.venue.fund("-1.5")
    assert twice(made).settled  # type: ignore[attr-defined]
    assert ledger.funding == Decimal("-1.5")


def test_books_do_not_begin_on_half_an_answer() -> None:
    """The old executions came and the positions did not: nothing is taken until both have."""
    made = desk()
    made.venue.place(NewOrder("old", "BTCUSDT", "buy", "limit", "gtc", Decimal(100), Decimal("0.020")))
    made.venue.trade("old")
    made.venue.incomplete = frozenset({"positions"})
    assert not made.reconcile().complete
    assert made.core.blotter.count == 0
    made.venue.incomplete = frozenset()

    assert made.reconcile().settled
    ledger = made.core.blotter.account.ledgers[0]
    assert (ledger.lots, len(ledger.charged)) == (20, 0)


def test_lost_orders_do_not_keep_others_from_being_asked_for() -> None:
    """Two that are gone for good, three that the venue can explain, two questions in a look."""
    made = Desk(Paper(), queries_max=2)
    for _ in range(5):
        made.send()
    made.answers()
    for client_id in ("c1", "c2"):
        del made.venue.orders[client_id]
    for client_id in ("c3", "c4", "c5"):
        made.venue.orders[client_id] = replace(made.venue.orders[client_id], status="canceled")

    for _ in range(3):
        made.reconcile()

    assert sorted(made.core.orders) == [1, 2]


def test_a_funding_payment_counts_once_and_survives_a_restart(tmp_path: Path) -> None:
    """Every look tells it again."""
    made = Desk(Paper(), open_log(tmp_path / "o.db"))
    made.reconcile()
    made.venue.fund("0.25")
    made.reconcile()
    made.reconcile()
    again = Desk(made.venue, open_log(tmp_path / "o.db"))
    again.reconcile()
    assert again.core.blotter.account.ledgers[0].funding == Decimal("0.25")
    assert again.core.blotter.account.wallets()["USDT"]["funding"] == Decimal("0.25")


def test_books_that_exist_are_not_opened_again() -> None:
    """Only an empty log takes a position over; later it is a difference that somebody must explain."""
    made = desk()
    made.reconcile()
    made.venue.opening = {"BTCUSDT": (Decimal("0.02"), Decimal("99.5"))}
    assert not made.reconcile().settled
    assert made.core.blotter.position(0) == 0


def test_a_synthetic_id_depends_on_the_finding_alone() -> None:
    """On any machine, at any time, written as 1.0 or as 1."""
    assert synthetic_id("v", "S", Decimal("1.0"), Decimal(5)) == synthetic_id(
        "v", "S", Decimal(1), Decimal("5.00")
    )
    assert synthetic_id("v", "S", Decimal(1), Decimal(5)) != synthetic_id("v", "S", Decimal(2), Decimal(5))


def test_an_order_of_a_stranger_keeps_trading_from_beginning() -> None:
    """Who else trades on this account?"""
    made = desk()
    handle = Handle("their-own", "BTCUSDT", "v99")
    made.venue.orders["their-own"] = VenueOrder(
        handle, "buy", Decimal(90), Decimal(1), Decimal(0), "open", made.venue.now_ns
    )
    found = made.reconcile()
    assert [each.kind for each in found.unexplained] == ["foreign_order"]
    made.reconciler.adopt_strangers = True
    assert made.reconcile().settled


def test_contradictions_and_doubles_are_decided_by_the_venues_list() -> None:
    """Whichever version came first."""
    truth = fill(1, "t1", qty=5)
    made = desk()
    made.send()
    made.answers()
    stated = made.venue.trade("c1", Decimal("0.5"))
    made.core.filled(fill(1, stated.trade_id, px=999, qty=4, ts=0))
    made.core.filled(made.reconciler.evidence.as_fill(0, made.core.orders[1], stated))
    made.core.filled(fill(1, "shadow-of-it", px=999, qty=4, ts=0))
    assert made.core.blotter.position(0) == 4
    assert made.core.blotter.fills.suspects

    found = twice(made)

    assert found.settled  # type: ignore[attr-defined]
    assert made.core.blotter.position(0) == truth.qty
    assert not made.core.blotter.fills.suspects
    assert not made.core.blotter.fills.contradicting


def test_a_price_off_the_grid_is_named_and_not_rounded() -> None:
    """A tick of rounding on every fill is money."""
    made = desk()
    made.send()
    made.answers()
    made.venue.trade("c1", Decimal("0.5"), price=Decimal("100.05"))
    found = made.reconcile()
    assert "off_grid" in {each.kind for each in found.unexplained}


def test_only_a_few_orders_are_asked_for_in_one_look() -> None:
    """A venue's rate limit is not spent on one reconciliation."""
    made = Desk(Paper(), queries_max=2)
    for _ in range(5):
        made.send()
    made.answers()
    for client_id, stated in made.venue.orders.items():
        made.venue.orders[client_id] = replace(stated, status="canceled")

    looks = [made.reconcile() for _ in range(3)]

    assert [look.complete for look in looks] == [False, False, True]
    assert made.venue.asked.count("order") == 5
    assert not made.core.orders


def test_while_trading_a_difference_must_last(tmp_path: Path) -> None:
    """A fill between two questions is not a difference."""
    made = Desk(Paper(), open_log(tmp_path / "o.db"), position_after=3)
    made.reconcile()
    made.venue.opening = {"BTCUSDT": (Decimal("0.02"), Decimal(100))}
    assert [made.reconcile().settled for _ in range(4)] == [True, True, False, False]


@settings(max_examples=40, deadline=None)
@given(
    st.integers(0, 10_000),
    st.floats(0, 0.5),
    st.floats(0, 0.5),
    st.floats(0, 0.7),
)
def test_after_any_mess_the_books_agree(seed: int, answers: float, requests: float, fills: float) -> None:
    """Lost requests, lost answers, fills that nobody told: all of it is accounted for in the end."""
    made = Desk(Paper(seed=seed, lost_answers=answers, lost_requests=requests, fill_ratio=fills))
    for number in range(25):
        made.send(number % 2, 1000 + number % 3, 1 + number % 9)
        made.answers()
        for working in list(made.core.orders)[: number % 3]:
            made.core.cancel(working)
        made.core.flush()
    made.answers()
    made.venue.lost_requests = made.venue.lost_answers = 0
    for _ in range(8):
        found = made.reconcile()

    assert found.settled, found
    assert PERP.qty(made.core.blotter.position(0)) == made.venue.position("BTCUSDT")
    assert {o.client_id for o in made.core.orders.values()} == {
        c for c, stated in made.venue.orders.items() if stated.status == "open"
    }
    assert made.venue.duplicates == 0
