"""Joining a snapshot and watching the ids: any loss is seen, nothing else is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatrial.market.chain import KEPT_MESSAGES_MAX, Chain
from seatrial.market.importer.interface import DEPTH, SNAPSHOT, Listing, Message

LISTING = Listing("v", "S", "linear")


def change(first: int, last: int, prev: int | None = None, ts: int = 0) -> Message:
    return Message(ts, None, DEPTH, 1, LISTING, first_id=first, last_id=last, prev_id=prev)


def snapshot(last: int | None, ts: int = 0, *, joins: bool = True) -> Message:
    return Message(ts, None, SNAPSHOT, 1, LISTING, last_id=last, joins=joins)


def last_ids(chain: Chain, *messages: Message) -> list[int | None]:
    return [passed.last_id for message in messages for passed in chain.take(message)]


@pytest.mark.parametrize(
    ("snapshot_id", "passed"),
    [(109, [109, 110, 120]), (110, [110, 110, 120]), (111, [111, 120]), (119, [119, 120]), (120, [120, 120])],
)
def test_futures_keep_the_change_that_overlaps_the_snapshot(snapshot_id: int, passed: list[int]) -> None:
    """Binance's rule for futures: drop u < lastUpdateId; the first kept has U <= lastUpdateId <= u."""
    chain = Chain()

    ids = last_ids(chain, change(101, 110, 100), change(111, 120, 110), snapshot(snapshot_id))

    assert ids == passed
    assert chain.breaks == 0


@pytest.mark.parametrize(("snapshot_id", "passed"), [(110, [110, 120]), (115, [115, 120]), (119, [119, 120])])
def test_spot_drops_what_the_snapshot_holds_whole(snapshot_id: int, passed: list[int]) -> None:
    """Binance's rule for spot: drop u <= lastUpdateId; the first kept has U <= lastUpdateId + 1 <= u."""
    chain = Chain()

    ids = last_ids(chain, change(101, 110), change(111, 120), snapshot(snapshot_id))

    assert ids == passed
    assert chain.breaks == 0


def test_a_snapshot_ahead_of_the_stream_waits_for_it() -> None:
    """Changes that it already holds are dropped also when they come after it."""
    chain = Chain()

    ids = last_ids(chain, snapshot(115), change(101, 110, 100), change(111, 120, 110), change(121, 130, 120))

    assert ids == [115, 120, 130]
    assert chain.breaks == 0


@pytest.mark.parametrize("first", [change(121, 130, 119), change(121, 130)])
def test_a_snapshot_too_old_for_the_stream_is_a_break(first: Message) -> None:
    """What happened between the two is not known."""
    chain = Chain()

    ids = last_ids(chain, snapshot(110), first)

    assert ids == [110, 130]
    assert chain.breaks == 1


@given(st.sets(st.integers(0, 19), max_size=19))
def test_each_run_of_lost_changes_is_one_break(lost: set[int]) -> None:
    """Changes lost at the end of the recording leave no trace; all others must."""
    chain = Chain()
    chain.take(snapshot(0, joins=False))

    kept = [number for number in range(20) if number not in lost]
    for number in kept:
        chain.take(change(number + 1, number + 1))

    holes = sum(1 for before, after in zip([-1, *kept], kept, strict=False) if after != before + 1)
    assert chain.breaks == holes


def test_nothing_passes_before_the_first_snapshot() -> None:
    """Changes of an unknown book say nothing; the first is kept for the complaint."""
    chain = Chain()
    first = change(1, 2)

    assert last_ids(chain, first, change(3, 4)) == []
    assert chain.orphan is first
    assert not chain.joined


def test_a_fetched_snapshot_is_passed_over_while_the_chain_is_whole() -> None:
    """Recorders fetch one an hour; it is thinner than the book that is already there."""
    chain = Chain()

    ids = last_ids(chain, snapshot(10), change(11, 20, 10), snapshot(15), change(21, 30, 20))

    assert ids == [10, 20, 30]


def test_a_fetched_snapshot_heals_a_broken_chain() -> None:
    """After a break the changes since then are joined to it again."""
    chain = Chain()

    ids = last_ids(
        chain, snapshot(10), change(11, 20, 10), change(31, 40, 30), change(41, 50, 40), snapshot(45)
    )

    assert ids == [10, 20, 40, 50, 45, 50]
    assert chain.breaks == 1


def test_a_snapshot_of_the_stream_always_replaces() -> None:
    """The venue restarts its book, ids and all."""
    chain = Chain()

    ids = last_ids(
        chain, snapshot(100, joins=False), change(101, 101), snapshot(1, joins=False), change(2, 2)
    )

    assert ids == [100, 101, 1, 2]
    assert chain.breaks == 0


def test_changes_without_ids_follow_any_snapshot() -> None:
    """Some venues chain nothing; there is nothing to check then."""
    chain = Chain()

    passed = [*chain.take(snapshot(None)), *chain.take(Message(1, None, DEPTH, 1, LISTING))]

    assert len(passed) == 2
    assert chain.breaks == 0


def test_joined_changes_are_not_older_than_their_snapshot() -> None:
    """They change the book at the moment in which there is one."""
    chain = Chain()
    chain.take(change(101, 110, 100, ts=5))

    passed = chain.take(snapshot(105, ts=9))

    assert [message.ts_ns for message in passed] == [9, 9]


def test_what_waits_for_a_snapshot_is_bounded() -> None:
    """A day without a snapshot must not fill the memory."""
    chain = Chain()
    for number in range(KEPT_MESSAGES_MAX + 10):
        chain.take(change(number, number))

    passed = chain.take(snapshot(0))

    assert len(passed) == KEPT_MESSAGES_MAX + 1
    assert chain.breaks == 1
