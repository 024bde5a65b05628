"""The transition table against the machine: every move that can happen is in it, and nothing else."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import partial

import pytest

from seatrial.engine.execution import order as machine
from seatrial.engine.execution import states as S  # noqa: N812  (the table's names are its vocabulary)
from seatrial.engine.execution.order import Order

QTY, GROSS_MAX = 4, 6
Move = Callable[[Order], bool]


def draft() -> Order:
    return Order(1, "c1", 0, 0, 100, QTY)


def moves(order: Order) -> Iterator[tuple[int, Move]]:
    """Everything that can happen to an order, with the numbers that make a difference."""
    for happening in range(len(S.HAPPENINGS)):
        if happening == S.FILL:
            yield from ((happening, partial(Order.fill, qty=qty)) for qty in (1, QTY))
        elif happening == S.CORRECT:
            taken = [q for q in (-QTY, -1, 1, QTY) if order.gross and -8 <= order.busted + q <= order.gross]
            yield from ((happening, partial(Order.correct, qty=qty)) for qty in taken)
        elif happening == S.REPLACED:
            at = order.version
            yield from ((happening, partial(Order.replaced, px=100, qty=q, version=at)) for q in (2, QTY, 8))
        else:
            yield happening, partial(Order.happen, happening=happening)


def reachable() -> dict[tuple[str, str], set[str]]:
    """Every move that an order can make from birth on, whatever happens to it."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    start = draft()
    seen, todo = {tuple(start.fields())}, [start]
    while todo:
        order = todo.pop()
        for happening, move in moves(order):
            after = Order.of(order.fields())
            if not move(after):
                continue
            after.asked = 0
            found[S.STATES[order.state], S.HAPPENINGS[happening]].add(after.status)
            key = tuple(after.fields())
            if after.gross <= GROSS_MAX and key not in seen:
                seen.add(key)
                todo.append(after)
    return found


def test_the_table_is_what_can_happen_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """A table that allows more than the machine does is a table that nobody can trust, and the reverse."""
    everything = (1 << len(S.STATES)) - 1
    cells = [everything if mask else 0 for mask in S.MASKS]
    monkeypatch.setattr(machine, "MASKS", tuple(cells))

    found = reachable()

    assert found == {(state, happening): set(to) for state, happening, to in S.moves()}


def test_every_move_has_names_that_exist() -> None:
    """A misspelt state would silently be a move that is never allowed."""
    assert set(S.TABLE) == set(S.STATES)
    for state, happening, to in S.moves():
        assert state in S.STATES
        assert happening in S.HAPPENINGS
        assert set(to) <= set(S.STATES)
        assert len(set(to)) == len(to)


def test_ended_working_and_in_flight_are_told_apart() -> None:
    """Exposure counts what may still trade: an unknown or lost order does, an ended one does not."""
    assert not S.WORKING & S.ENDED
    assert S.IN_FLIGHT < S.WORKING
    assert {S.UNKNOWN, S.LOST} < S.WORKING
    assert {*S.WORKING, *S.ENDED, S.LOCAL} == set(range(len(S.STATES)))


@pytest.mark.parametrize("state", ["canceled", "expired", "lost", "filled", "rejected"])
def test_a_late_fill_is_always_taken(state: str) -> None:
    """It has happened: refusing it would be a position that we do not know of."""
    assert "fill" in S.TABLE[state]


def test_a_time_out_never_means_rejected() -> None:
    """The venue may have acted; calling it rejected is how an order gets sent twice."""
    assert all(
        "rejected" not in S.TABLE[state].get("timeout", ()) for state in S.STATES if state != "rejected"
    )
    assert S.TABLE["pending_new"]["timeout"] == ("unknown",)


def test_allows_reads_the_table() -> None:
    """The documents and the checks use one table."""
    assert S.allows(S.OPEN, S.CANCEL, S.CANCELED)
    assert not S.allows(S.DENIED, S.FILL, S.FILLED)
