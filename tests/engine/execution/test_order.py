"""One order: evidence in, state out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatrial.engine.execution.order import Order
from seatrial.engine.execution.states import (
    ACCEPT,
    ASK_CANCEL,
    ASK_REPLACE,
    CANCEL,
    CANCEL_REJECTED,
    DENY,
    EXPIRE,
    MISSING,
    REJECT,
    REPLACE_REJECTED,
    SEEN,
    SUBMIT,
    TIMEOUT,
)


def order(*happenings: int, qty: int = 10) -> Order:
    """An order that was sent, and what happened to it since."""
    made = Order(1, "c1", 0, 0, 100, qty)
    made.happen(SUBMIT)
    for happening in happenings:
        assert made.happen(happening)
    return made


def test_a_denied_order_takes_nothing_more() -> None:
    """It never left."""
    denied = Order(1, "c1", 0, 0, 100, 10)
    assert denied.happen(DENY)
    assert denied.status == "denied"
    assert not denied.fill(5)
    assert not denied.happen(ACCEPT)
    assert denied.status == "denied"


def test_an_illegal_move_changes_nothing() -> None:
    """Refused, not half-applied."""
    ended = order(ACCEPT, CANCEL)
    before = ended.fields()

    assert not ended.happen(ASK_CANCEL)
    assert not ended.happen(SUBMIT)
    assert ended.fields() == before


@pytest.mark.parametrize(
    ("asks", "answers", "status"),
    [
        ((ASK_REPLACE,), (REPLACE_REJECTED,), "open"),
        ((ASK_CANCEL,), (CANCEL_REJECTED,), "open"),
        ((ASK_REPLACE, ASK_CANCEL), (CANCEL_REJECTED,), "pending_replace"),
        ((ASK_REPLACE, ASK_CANCEL), (REPLACE_REJECTED,), "pending_cancel"),
        ((ASK_REPLACE, ASK_CANCEL), (REPLACE_REJECTED, CANCEL_REJECTED), "open"),
        ((ASK_CANCEL, ASK_CANCEL), (CANCEL_REJECTED,), "open"),
        ((ASK_CANCEL,), (TIMEOUT,), "unknown"),
        ((ASK_CANCEL,), (TIMEOUT, CANCEL_REJECTED), "open"),
        ((ASK_CANCEL,), (TIMEOUT, SEEN), "open"),
        ((ASK_CANCEL,), (SEEN,), "pending_cancel"),
        ((ASK_CANCEL,), (TIMEOUT, ASK_CANCEL), "pending_cancel"),
    ],
)
def test_a_refused_request_restores_the_earlier_state(
    asks: tuple[int, ...], answers: tuple[int, ...], status: str
) -> None:
    """A second pending request does not overwrite what came before the first."""
    assert order(ACCEPT, *asks, *answers).status == status


def test_a_partly_filled_order_is_restored_as_partly_filled() -> None:
    """Fills that come while a request is pending count at once."""
    working = order(ACCEPT, ASK_REPLACE)
    working.fill(3)
    assert working.status == "pending_replace"
    working.happen(REPLACE_REJECTED)
    assert (working.status, working.leaves) == ("partial", 7)


def test_a_replacement_counts_only_when_it_is_confirmed() -> None:
    """Until then the order works with its old price and size."""
    working = order(ACCEPT, ASK_REPLACE)
    assert (working.px, working.qty) == (100, 10)
    working.replaced(101, 20, version=5)
    assert (working.px, working.qty, working.status) == (101, 20, "open")


def test_an_older_confirmation_is_old_news() -> None:
    """Two replacements confirmed in the wrong order end at the newer one."""
    working = order(ACCEPT, ASK_REPLACE)
    working.replaced(102, 12, version=9)
    working.replaced(101, 11, version=5)
    assert (working.px, working.qty) == (102, 12)


def test_a_fill_beyond_the_old_size_is_explained_by_the_late_replacement() -> None:
    """First an overfill, then the news that the order was larger: it works again."""
    working = order(ACCEPT, ASK_REPLACE)
    working.fill(15)
    assert (working.status, working.overfill) == ("filled", 5)
    working.replaced(100, 20, version=1)
    assert (working.status, working.overfill, working.leaves) == ("partial", 0, 5)


def test_a_fill_proves_that_a_rejected_order_was_not() -> None:
    """The venue said two things; the position is real."""
    contradicted = order(REJECT)
    assert contradicted.fill(4)
    assert (contradicted.status, contradicted.filled) == ("canceled", 4)


@pytest.mark.parametrize("end", [CANCEL, EXPIRE, REJECT])
def test_a_late_fill_after_an_end_counts_and_leaves_it_ended(end: int) -> None:
    """Cancel and fill cross on the wire every day."""
    ended = order(ACCEPT, end)
    ended.fill(4)
    assert ended.filled == 4
    assert ended.leaves == 0
    assert ended.status in {"canceled", "expired"}
    ended.fill(6)
    assert ended.status == "filled"


def test_a_lost_order_keeps_taking_fills_and_comes_back_only_on_evidence() -> None:
    """Absent from snapshots is not gone; seen in one is there."""
    lost = order(ACCEPT, MISSING)
    lost.fill(4)
    assert lost.status == "lost"
    lost.happen(ACCEPT)
    assert lost.status == "lost"
    lost.happen(SEEN)
    assert lost.status == "partial"


def test_an_order_that_was_thought_rejected_is_there_when_the_venue_shows_it() -> None:
    """A request may spend longer on the wire than anybody waited for it."""
    late = order(TIMEOUT, REJECT)
    assert late.status == "rejected"
    assert late.happen(SEEN)
    assert (late.status, late.leaves) == ("open", 10)


def test_a_bust_does_not_reopen_what_it_closed() -> None:
    """The venue took the order off its book when it was full; taking a fill back does not put it there."""
    full = order(ACCEPT)
    full.fill(10)
    full.correct(4)
    assert (full.status, full.filled, full.leaves) == ("filled", 6, 0)


def test_every_field_survives_saving() -> None:
    """What a checkpoint forgets is a different order after the restart."""
    saved = order(ACCEPT, ASK_REPLACE, TIMEOUT)
    saved.fill(3)
    saved.venue_id = "v1"
    assert Order.of(saved.fields()).fields() == saved.fields()


EVIDENCE = [ACCEPT, CANCEL, EXPIRE, REJECT, CANCEL_REJECTED, REPLACE_REJECTED]


@given(
    st.lists(st.sampled_from(EVIDENCE), max_size=4),
    st.lists(st.integers(1, 6), max_size=3),
    st.lists(st.tuples(st.integers(90, 110), st.integers(1, 20)), max_size=2),
    st.randoms(use_true_random=False),
)
def test_messages_in_any_order_end_in_the_same_state(
    plain: list[int], fills: list[int], replacements: list[tuple[int, int]], random: object
) -> None:
    """State is a function of the evidence, not of the order in which the network delivers it."""
    messages = [("plain", each, 0) for each in plain] + [("fill", each, 0) for each in fills]
    messages += [("replaced", px, qty) for px, qty in replacements]
    numbered = list(enumerate(messages))

    def final(sequence: list[tuple[int, tuple[str, int, int]]]) -> list[object]:
        working = order(ASK_REPLACE, ASK_CANCEL)
        for number, (kind, first, second) in sequence:
            if kind == "plain":
                working.happen(first)
            elif kind == "fill":
                working.fill(first)
            else:
                working.replaced(first, second, version=number + 1)
        return working.fields()

    shuffled = list(numbered)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert final(shuffled) == final(numbered)
