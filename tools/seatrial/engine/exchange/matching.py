"""
How our orders fill, and the evidence for it.

Queue rules (conservative): joining puts the whole displayed size ahead of us; prints at our price
reduce it; a level that shrinks below what was ahead proves that we moved up to it, and no other
cancel does. The optimistic rule lets every decrease of the level advance us in full. A print
through our price fills at most its own size; what we take is not sold to us twice.
"""

from ...model.tape import BBO, SIDE_BIT
from .book import mid2, next_level, take, taken_at, worth
from .events import event, free_slot, own_bounds
from .layout import (
    AT_LADDERS,
    AT_ORDERS,
    BOOK_CROSS,
    CANCELED,
    COLLAR_PPM,
    CUT,
    E_AGE,
    E_AHEAD_AFTER,
    E_AHEAD_BEFORE,
    E_FILL_ID,
    E_MAKER,
    E_MID2,
    E_POSITION,
    E_PX,
    E_QTY,
    E_ROW,
    E_ROW_CODE,
    E_ROW_PX,
    E_ROW_QTY,
    FILL,
    FILL_ID,
    FREE,
    I_ASK,
    I_BASE,
    I_BID,
    I_CASH,
    I_HI_ASK,
    I_INVERSE,
    I_LO_BID,
    I_N_OWN_ASKS,
    I_N_OWN_BIDS,
    I_OPEN_ASK,
    I_OPEN_BID,
    I_POSITION,
    I_WAS_CUT,
    MARKET,
    MARKETABLE,
    NOT_REDUCING,
    NOW,
    O_AHEAD,
    O_FLAGS,
    O_ID,
    O_INSTRUMENT,
    O_LEAVES,
    O_MET_ROW,
    O_PRINTED,
    O_PX,
    O_RESTED_AT,
    O_SIDE,
    O_STATE,
    O_TYPE,
    OPTIMISTIC,
    ORDER_WIDTH,
    ORDERS_USED,
    QUEUE_CLEARED,
    REDUCE_ONLY,
    RESTING,
    SIZE,
    SWEEP_LEVELS,
    TRADE_THROUGH,
    Cells,
)
from .marks import queue_mark

KERNEL = True


def fill(
    mem: Cells,
    inst: int,
    o: int,
    slot: int,
    px: int,
    qty: int,
    cause: int,
    ahead_before: int,
    ahead_after: int,
    row: int,
    code: int,
    row_px: int,
    row_qty: int,
) -> int:
    """Fill `qty` of the order at `px`, unless reduce-only forbids it; return what was filled."""
    s = AT_ORDERS + slot * ORDER_WIDTH
    side = mem[s + O_SIDE]
    sign = 1 - 2 * side
    position = mem[o + I_POSITION]
    if mem[s + O_FLAGS] & REDUCE_ONLY:
        room = -position * sign
        if room <= 0:
            drop_flat(mem, inst, o, slot)
            return 0
        qty = min(qty, room)
    mem[s + O_LEAVES] -= qty
    mem[o + I_POSITION] = position + sign * qty
    value = sign * worth(mem, o, px, qty)
    mem[o + I_CASH] += value if mem[o + I_INVERSE] != 0 else -value
    e = event(mem, FILL, inst, slot, cause, 1)
    mem[e + E_PX] = px
    mem[e + E_QTY] = qty
    mem[e + E_AHEAD_BEFORE] = ahead_before
    mem[e + E_AHEAD_AFTER] = ahead_after
    mem[e + E_ROW] = row
    mem[e + E_ROW_CODE] = code
    mem[e + E_ROW_PX] = row_px
    mem[e + E_ROW_QTY] = row_qty
    now = mem[NOW]
    mem[e + E_MID2] = mid2(mem, o, now)
    mem[e + E_FILL_ID] = mem[FILL_ID]
    mem[e + E_POSITION] = mem[o + I_POSITION]
    mem[e + E_AGE] = now - mem[s + O_RESTED_AT]
    mem[e + E_MAKER] = 0 if cause == MARKETABLE else 1
    queue_mark(mem, inst, now)
    mem[FILL_ID] += 1
    if mem[s + O_LEAVES] == 0:
        free_slot(mem, slot)
        own_bounds(mem, inst, o)
    elif mem[s + O_FLAGS] & REDUCE_ONLY and mem[o + I_POSITION] == 0:
        drop_flat(mem, inst, o, slot)
    elif mem[s + O_STATE] == RESTING:
        mem[o + (I_OPEN_BID if side == 0 else I_OPEN_ASK)] -= qty
    return qty


def drop_flat(mem: Cells, inst: int, o: int, slot: int) -> None:
    """A reduce-only order has nothing left to reduce: cancel it."""
    event(mem, CANCELED, inst, slot, NOT_REDUCING, 1)
    free_slot(mem, slot)
    own_bounds(mem, inst, o)


def own_level(mem: Cells, inst: int, o: int, side: int, px: int, qty: int, before: int) -> None:
    """The displayed size at one of our prices changed: what does it prove about our place?"""
    slot = 0
    while slot < mem[ORDERS_USED]:
        s = AT_ORDERS + slot * ORDER_WIDTH
        ours = mem[s + O_STATE] == RESTING and mem[s + O_INSTRUMENT] == inst
        if ours and mem[s + O_SIDE] == side and mem[s + O_PX] == px:
            ahead = mem[s + O_AHEAD]
            if mem[o + I_WAS_CUT] & CUT != 0:
                ahead = qty
            elif mem[OPTIMISTIC] != 0 and qty < before:
                # What prints have taken already advanced us: count only what was cancelled.
                ahead -= max(0, before - qty - mem[s + O_PRINTED])
            mem[s + O_AHEAD] = max(0, min(ahead, qty))
            mem[s + O_PRINTED] = 0
        slot += 1


def begun_anew(mem: Cells, inst: int, o: int) -> None:
    """A whole snapshot has been read: what it leaves out, within what it shows, is gone."""
    at = o + AT_LADDERS - mem[o + I_BASE]
    slot = 0
    while slot < mem[ORDERS_USED]:
        s = AT_ORDERS + slot * ORDER_WIDTH
        if mem[s + O_STATE] == RESTING and mem[s + O_INSTRUMENT] == inst:
            px = mem[s + O_PX]
            if mem[s + O_SIDE] == 0:
                if px >= mem[o + I_LO_BID] and (px > mem[o + I_BID] or mem[at + px] == 0):
                    mem[s + O_AHEAD] = 0
            elif px <= mem[o + I_HI_ASK] and (px < mem[o + I_ASK] or mem[at + mem[SIZE] + px] == 0):
                mem[s + O_AHEAD] = 0
        slot += 1


def is_before(mem: Cells, slot: int, other: int) -> bool:
    """Tell which of two orders of one side is met first: the better price, then the older place."""
    a = AT_ORDERS + slot * ORDER_WIDTH
    b = AT_ORDERS + other * ORDER_WIDTH
    if mem[a + O_PX] != mem[b + O_PX]:
        return (mem[a + O_PX] > mem[b + O_PX]) == (mem[a + O_SIDE] == 0)
    # An amended order is as old as its amendment, not as its number.
    if mem[a + O_RESTED_AT] != mem[b + O_RESTED_AT]:
        return mem[a + O_RESTED_AT] < mem[b + O_RESTED_AT]
    return mem[a + O_ID] < mem[b + O_ID]


def best_own(mem: Cells, inst: int, side: int) -> int:
    """Return the slot of our best resting order on `side`, the older first, or -1."""
    best = -1
    slot = 0
    while slot < mem[ORDERS_USED]:
        s = AT_ORDERS + slot * ORDER_WIDTH
        if mem[s + O_STATE] == RESTING and mem[s + O_INSTRUMENT] == inst and mem[s + O_SIDE] == side:
            if best < 0 or is_before(mem, slot, best):
                best = slot
        slot += 1
    return best


def book_cross(mem: Cells, inst: int, o: int, side: int, px: int, qty: int, row: int, code: int) -> None:
    """The book shows the opposite side at or through our price: it would have traded with us."""
    free = qty - taken_at(mem, o, 1 - side, px)
    while free > 0:
        slot = best_own(mem, inst, side)
        if slot < 0:
            return
        s = AT_ORDERS + slot * ORDER_WIDTH
        own = mem[s + O_PX]
        if (side == 0 and own < px) or (side == 1 and own > px):
            return
        got = min(free, mem[s + O_LEAVES])
        ahead = mem[s + O_AHEAD]
        mem[s + O_AHEAD] = 0
        got = fill(mem, inst, o, slot, own, got, BOOK_CROSS, ahead, 0, row, code, px, qty)
        if got > 0:
            take(mem, o, 1 - side, px, got)
        free -= got


def off_book(mem: Cells, o: int, side: int, px: int) -> bool:
    """Tell whether a print is too far from the touch to have met anybody's resting order."""
    touch = mem[o + I_BID] if side == 0 else mem[o + I_ASK]
    if touch <= 0:
        return True
    return abs(touch - px) * 1_000_000 > mem[COLLAR_PPM] * touch


def best_reached(mem: Cells, inst: int, side: int, px: int, row: int) -> int:
    """Return our best order that a print at `px` reaches and that this row has not met yet."""
    best = -1
    slot = 0
    while slot < mem[ORDERS_USED]:
        s = AT_ORDERS + slot * ORDER_WIDTH
        ours = mem[s + O_STATE] == RESTING and mem[s + O_INSTRUMENT] == inst and mem[s + O_SIDE] == side
        if ours and mem[s + O_MET_ROW] != row:
            own = mem[s + O_PX]
            if (side == 0 and own >= px) or (side == 1 and own <= px):
                if best < 0 or is_before(mem, slot, best):
                    best = slot
        slot += 1
    return best


def meet_print(mem: Cells, inst: int, o: int, side: int, px: int, qty: int, row: int, code: int) -> None:
    """A print of `qty` at `px` hit the book's `side`: which of our orders did it reach?"""
    if off_book(mem, o, side, px):
        return
    left = qty
    unmet = mem[o + (I_N_OWN_BIDS if side == 0 else I_N_OWN_ASKS)]
    while left > 0 and unmet > 0:
        unmet -= 1
        slot = best_reached(mem, inst, side, px, row)
        if slot < 0:
            return
        s = AT_ORDERS + slot * ORDER_WIDTH
        mem[s + O_MET_ROW] = row
        ahead = mem[s + O_AHEAD]
        own = mem[s + O_PX]
        want = mem[s + O_LEAVES]
        if own != px:
            mem[s + O_AHEAD] = 0
            left -= fill(
                mem, inst, o, slot, own, min(left, want), TRADE_THROUGH, ahead, 0, row, code, px, qty
            )
            continue
        after = max(0, ahead - left)
        mem[s + O_AHEAD] = after
        mem[s + O_PRINTED] += left
        if left > ahead:
            got = min(left - ahead, want)
            left -= fill(mem, inst, o, slot, px, got, QUEUE_CLEARED, ahead, after, row, code, px, qty)


def sweep(mem: Cells, inst: int, o: int, slot: int, row: int, dry: int) -> int:
    """Trade the order against the displayed book up to its price; `dry` only counts."""
    s = AT_ORDERS + slot * ORDER_WIDTH
    side = mem[s + O_SIDE]
    other = 1 - side
    at = o + AT_LADDERS + other * mem[SIZE] - mem[o + I_BASE]
    px = mem[o + I_ASK] if side == 0 else mem[o + I_BID]
    limit = mem[s + O_PX]
    left = mem[s + O_LEAVES]
    got = 0
    levels = 0
    while px > 0 and left > 0 and levels < SWEEP_LEVELS:
        levels += 1
        if mem[s + O_TYPE] != MARKET and ((side == 0 and px > limit) or (side == 1 and px < limit)):
            break
        shown = mem[at + px]
        free = shown - taken_at(mem, o, other, px)
        if free > 0:
            qty = min(free, left)
            if dry == 0:
                qty = fill(
                    mem, inst, o, slot, px, qty, MARKETABLE, -1, -1, row, BBO + SIDE_BIT * other, px, shown
                )
                if qty > 0:
                    take(mem, o, other, px, qty)
            left -= qty
            got += qty
            if qty == 0 or mem[s + O_STATE] == FREE:
                break
        px = next_level(mem, o, other, px + 1 if side == 0 else px - 1)
    return got
