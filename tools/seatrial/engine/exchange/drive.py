"""
Strategies compiled with the kernel: the loop that wakes them, and what they may call.

A compiled strategy is a kernel module with a function `on_wake(mem)`. It is woken by the timer, by
the touch or by trades, reads the book and its orders in the exchange's memory, and acts with
`send`, `move` and `withdraw`. It sees its orders as they stand at the exchange: the way back of an
answer is measured and recorded, but it does not blind the strategy as it blinds a Python bot.
"""

from ...model.compile import at32, at64
from .arrival import request, submit
from .events import event
from .kernel import advance
from .layout import (
    ACTIONS,
    AMEND,
    AMEND_ASKED,
    AT_ORDERS,
    CANCEL,
    CANCEL_ASKED,
    DELIVERY,
    E_INTENDED,
    E_PX,
    E_QTY_ORDER,
    INTENDED,
    LAST_SLOT,
    NEVER,
    NEXT_DELIVERY,
    NEXT_SAMPLE,
    NOW,
    O_INSTRUMENT,
    ORDER_WIDTH,
    REASON,
    SAMPLE_NS,
    SAMPLED,
    SUBMITTED,
    TIMER,
    TOUCH,
    TRADED,
    Cells,
)

KERNEL = True


def on_wake(mem: Cells) -> int:
    """Stand in for the strategy; binding puts the real one here."""
    return mem[NOW]


def drive_at(ts: int, code: int, px: int, qty: int, memory: int, start: int, end: int) -> int:
    """Run `drive` on columns and memory given by their addresses; compiled kernels only."""
    return drive(at64(ts), at32(code), at32(px), at64(qty), at64(memory), start, end)


def drive(stamps: Cells, codes: Cells, prices: Cells, sizes: Cells, mem: Cells, start: int, end: int) -> int:
    """Advance as `advance` does, waking the strategy without leaving the kernel."""
    i = start
    while True:
        i = advance(stamps, codes, prices, sizes, mem, i, end)
        reason = mem[REASON]
        if reason == DELIVERY:
            mem[NEXT_DELIVERY] = NEVER
        elif reason == TIMER or reason == TOUCH or reason == TRADED:
            on_wake(mem)
            if mem[NOW] >= mem[NEXT_SAMPLE]:
                mem[NEXT_SAMPLE] = mem[NOW] + mem[SAMPLE_NS]
                mem[REASON] = SAMPLED
                return i
        else:
            return i


def send(mem: Cells, inst: int, side: int, px: int, qty: int, tif: int) -> int:
    """Send a limit order; return its slot, or -1 when there are too many."""
    if submit(mem, inst, side, px, qty, tif, 0, 0, 0) < 0:
        return -1
    slot = mem[LAST_SLOT]
    event(mem, SUBMITTED, inst, slot, 0, 0)
    mem[ACTIONS] += 1
    return slot


def withdraw(mem: Cells, slot: int) -> None:
    """Ask for the cancel of the order in a slot."""
    if request(mem, CANCEL, slot, 0, 0, 0) >= 0:
        e = event(mem, CANCEL_ASKED, mem[AT_ORDERS + slot * ORDER_WIDTH + O_INSTRUMENT], slot, 0, 0)
        mem[e + E_INTENDED] = mem[INTENDED]
        mem[ACTIONS] += 1


def move(mem: Cells, slot: int, px: int, qty: int) -> None:
    """Ask for another price or total quantity of the order in a slot."""
    if request(mem, AMEND, slot, px, qty, 0) >= 0:
        e = event(mem, AMEND_ASKED, mem[AT_ORDERS + slot * ORDER_WIDTH + O_INSTRUMENT], slot, 0, 0)
        mem[e + E_PX] = px
        mem[e + E_QTY_ORDER] = qty
        mem[e + E_INTENDED] = mem[INTENDED]
        mem[ACTIONS] += 1
