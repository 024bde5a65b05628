"""Which messages about fills are one fill."""

import pytest
from tests.engine.execution.market import fill

from seatrial.engine.execution.fills import BOOKED, CONTRADICTS, REPLAY, SUSPECT, Fill, FillBook


def test_the_same_message_again_is_a_replay() -> None:
    """Two channels and a reconnect tell one fill three times."""
    book = FillBook()
    assert [book.take(fill(1, "t1")) for _ in range(3)] == [BOOKED, REPLAY, REPLAY]


@pytest.mark.parametrize("changed", [{"px": 1001}, {"qty": 6}])
def test_the_same_identity_with_other_content_contradicts(changed: dict[str, int]) -> None:
    """It is kept apart, once, until the venue's own list decides; what was booked stays booked."""
    book = FillBook()
    book.take(fill(1, "t1"))

    assert book.take(fill(1, "t1", **changed)) == CONTRADICTS
    assert book.take(fill(1, "t1", **changed)) == REPLAY
    assert book.take(fill(1, "t1")) == REPLAY
    assert [len(others) for others in book.contradicting.values()] == [1]


@pytest.mark.parametrize("other", [{"side": 1}, {"leg": 1}])
def test_side_and_leg_are_part_of_the_identity(other: dict[str, int]) -> None:
    """A venue that crosses us with ourselves, or reuses an id across legs, tells two real fills."""
    book = FillBook()
    book.take(fill(1, "t1", ts=0))
    assert book.take(fill(1, "t1", ts=1, **other)) == BOOKED


def test_another_id_with_the_same_content_is_suspected() -> None:
    """Counting one fill under two ids would be a position that does not exist."""
    book = FillBook()
    book.take(fill(1, "ws-7"))
    assert book.take(fill(1, "rest-7")) == SUSPECT
    assert book.take(fill(1, "rest-7")) == REPLAY
    assert book.take(fill(1, "rest-8", ts=1)) == BOOKED


def test_an_exchange_that_never_repeats_itself_is_trusted() -> None:
    """Two equal fills in one moment are two fills in a simulation."""
    book = FillBook(trusting=True)
    assert [book.take(fill(1, f"t{n}")) for n in (1, 2)] == [BOOKED, BOOKED]


def test_an_evicted_identity_is_looked_up() -> None:
    """Memory is bounded, and a replay of last week must not count."""
    kept: dict[tuple[int, str, int, int], Fill] = {}
    book = FillBook(kept_max=4)
    book.on_evict = lambda gone: kept.update({each.key: each for each in gone})
    book.look_back(kept.get)
    for number in range(20):
        assert book.take(fill(1, f"t{number}", ts=number)) == BOOKED

    assert len(book.known) <= 4
    assert [book.take(fill(1, f"t{number}", ts=number)) for number in (0, 9, 19)] == [REPLAY] * 3


def test_a_replay_whose_order_has_left_memory_is_a_replay() -> None:
    """A venue tells a fill again after its order was forgotten: nothing contradicts, nothing is recorded."""
    book = FillBook()
    book.take(fill(1, "t1"))
    assert book.knows(fill(0, "t1"))
    assert book.take(fill(0, "t1")) == REPLAY
    assert book.take(fill(0, "t1", px=1001)) == CONTRADICTS
    assert book.take(fill(2, "t1")) == CONTRADICTS


def test_a_bust_is_final_and_a_newer_correction_wins() -> None:
    """Whatever order they come in."""
    book, key = FillBook(), fill(1, "t1").key
    assert book.correction(key, 2, 999, 4)
    assert not book.correction(key, 1, 998, 3)
    assert not book.correction(key, 2, 999, 4)
    assert book.effective(fill(1, "t1")).qty == 4
    assert book.correction(key, 1, 0, 0)
    assert not book.correction(key, 9, 990, 9)
    assert not book.correction(key, 3, 0, 0)
    assert book.effective(fill(1, "t1")).qty == 0


def test_a_corrected_size_takes_its_share_of_the_fee() -> None:
    """Half a fill, half a fee."""
    corrected = fill(1, "t1", qty=10, fee="-2").changed(1000, 5)
    assert corrected.fee is not None
    assert corrected.fee.amount == -1


def test_everything_survives_saving() -> None:
    """Identities persist across restarts."""
    book = FillBook()
    for each in (fill(1, "t1", fee="-0.1"), fill(1, "t1", px=7), fill(1, "t2"), fill(2, "t3", ts=5)):
        book.take(each)
    book.correction(fill(1, "t1").key, 1, 999, 4)
    again = FillBook()
    again.restore(book.state())

    assert again.state() == book.state()
    assert again.take(fill(1, "t9", fee="-0.1")) == SUSPECT
