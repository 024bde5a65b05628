"""
A compiled strategy: join the best bid and the best ask, and follow them.

It is the plainest quoting rule there is, which makes it the one to compare engines by: at each
timer a quote that is not at its touch is cancelled and sent again there.
"""

from ..exchange.drive import send, withdraw
from ..exchange.layout import (
    ASK_SLOT,
    AT_INSTRUMENTS,
    AT_ORDERS,
    AT_USER,
    BID_SLOT,
    FREE,
    I_ASK,
    I_BID,
    I_POSITION,
    MAX_POSITION,
    O_ID,
    O_PX,
    O_STATE,
    ORDER_QTY,
    ORDER_WIDTH,
    POST_ONLY,
    RESTING,
    Cells,
)

KERNEL = True


def on_wake(mem: Cells) -> int:
    """Bring both quotes of the first instrument to the touch."""
    o = AT_INSTRUMENTS
    bid = mem[o + I_BID]
    ask = mem[o + I_ASK]
    if bid <= 0 or ask <= bid:
        return 0
    follow(mem, 0, bid, AT_USER + BID_SLOT, mem[o + I_POSITION])
    follow(mem, 1, ask, AT_USER + ASK_SLOT, -mem[o + I_POSITION])
    return 1


def follow(mem: Cells, side: int, px: int, at: int, leaning: int) -> None:
    """Bring one quote to `px`; `at` holds the slot and the id of the order that stands there."""
    slot = mem[at]
    s = AT_ORDERS + slot * ORDER_WIDTH
    alive = mem[at + 1] != 0 and mem[s + O_ID] == mem[at + 1] and mem[s + O_STATE] != FREE
    if alive and mem[s + O_PX] == px:
        return
    if alive:
        if mem[s + O_STATE] == RESTING:
            withdraw(mem, slot)
        else:
            return
    mem[at + 1] = 0
    if leaning + mem[AT_USER + ORDER_QTY] <= mem[AT_USER + MAX_POSITION]:
        slot = send(mem, 0, side, px, mem[AT_USER + ORDER_QTY], POST_ONLY)
        if slot >= 0:
            mem[at] = slot
            mem[at + 1] = mem[AT_ORDERS + slot * ORDER_WIDTH + O_ID]
