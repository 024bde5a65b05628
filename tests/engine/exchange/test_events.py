from typing import Any

from tests.engine.stage import BUY, LINEAR, SELL, T0, S, book, profile

from seatrial.engine.exchange import layout as L  # noqa: N812
from seatrial.engine.exchange.events import event, free_slot, jitter, own_bounds
from seatrial.engine.exchange.memory import Memory
from seatrial.model.tape import tape_of


def memory(**exchange: Any) -> Memory:
    made = Memory((LINEAR,), profile(**exchange).exchange, stale_ns=S, seed=1, fast=False)
    made.place(tape_of(book(0, {100: 1}, {102: 1})), T0)
    return made


def rest(made: Memory, side: int, px: int, qty: int) -> int:
    """Put a resting order into the next slot."""
    made.submit(0, side, px, qty, L.GTC, L.LIMIT, 0, 0)
    slot = int(made.regs[L.LAST_SLOT])
    made.regs[L.AT_ORDERS + slot * L.ORDER_WIDTH + L.O_STATE] = L.RESTING
    return slot


def bounds(made: Memory) -> tuple[int, ...]:
    o = made.at(0)
    own_bounds(made.regs, 0, o)
    names = (L.I_OWN_BID_LO, L.I_OWN_BID_HI, L.I_OWN_ASK_LO, L.I_OWN_ASK_HI, L.I_OPEN_BID, L.I_OPEN_ASK)
    return tuple(made.regs[o + name] for name in names)


def test_an_event_carries_the_order_as_it_stands() -> None:
    """Later changes of the order must not change what was said."""
    made = memory()
    slot = rest(made, SELL, 105, 7)

    e = event(made.regs, L.ACCEPTED, 0, slot, 0, 0)
    made.regs[L.AT_ORDERS + slot * L.ORDER_WIDTH + L.O_LEAVES] = 2

    names = (L.E_KIND, L.E_ORDER_ID, L.E_SIDE, L.E_PX, L.E_QTY, L.E_LEAVES, L.E_ROW, L.E_DELIVER)
    assert [made.regs[e + name] for name in names] == [L.ACCEPTED, 1, SELL, 105, 7, 7, -1, 0]
    assert made.regs[L.N_EVENTS] == 1


def test_a_cell_of_an_earlier_event_does_not_shine_through() -> None:
    """The outbox is written over and over."""
    made = memory()
    e = event(made.regs, L.MARKOUT, 0, -1, 0, 0)
    for cell in range(L.EVENT_WIDTH):
        made.regs[e + cell] = 9
    made.regs[L.N_EVENTS] = 0

    again = event(made.regs, L.MARKOUT, 0, -1, 0, 0)

    assert again == e
    assert 9 not in [made.regs[e + cell] for cell in range(L.EVENT_WIDTH)]


def test_what_is_to_be_delivered_has_its_moment() -> None:
    """After the way back, and not before a lost link is back."""
    made = memory(latency={"out_ms": 0, "back_ms": 3})
    slot = rest(made, BUY, 99, 1)
    regs = made.regs

    on_time = event(regs, L.ACCEPTED, 0, slot, 0, 1)
    regs[L.HOLD_UNTIL] = T0 + S
    held = event(regs, L.ACCEPTED, 0, slot, 0, 1)

    assert (regs[on_time + L.E_DELIVER], regs[held + L.E_DELIVER]) == (T0 + 3_000_000, T0 + S)
    assert regs[L.NEXT_DELIVERY] == T0 + 3_000_000


def test_own_prices_and_open_sizes_are_known() -> None:
    """Most rows are dismissed by these bounds: too narrow, and a fill is missed."""
    made = memory()
    assert bounds(made) == (L.FAR_AWAY, -1, L.FAR_AWAY, -1, 0, 0)
    for side, px, qty in ((BUY, 95, 1), (BUY, 99, 2), (SELL, 103, 4), (SELL, 108, 8)):
        rest(made, side, px, qty)

    assert bounds(made) == (95, 99, 103, 108, 3, 12)


def test_freed_slots_are_used_again() -> None:
    """Loops over own orders are as long as the orders that live."""
    made = memory()
    slots = [rest(made, BUY, 90 + k, 1) for k in range(4)]

    free_slot(made.regs, slots[1])
    assert made.regs[L.ORDERS_USED] == 4
    free_slot(made.regs, slots[3])
    free_slot(made.regs, slots[2])
    assert made.regs[L.ORDERS_USED] == 1
    assert rest(made, BUY, 80, 1) == 1


def test_jitter_is_a_seeded_stream() -> None:
    """The same numbers in the same order, and round again after the last."""
    made = memory(latency={"jitter_ms": 2})
    first = [jitter(made.regs) for _ in range(5)]
    made.regs[L.JITTER_AT] = L.N_JITTER

    assert [jitter(made.regs) for _ in range(5)] == first
    assert len(set(first)) == 5
