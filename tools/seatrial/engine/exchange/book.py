"""
The displayed book inside the exchange's memory: levels, best prices, and what we took from it.

Functions of a kernel: integers, `while` loops and one flat array, so that numba compiles them and
Python runs them to the same bits.
"""

from .layout import (
    AT_LADDERS,
    AT_TAKEN,
    FAR_AWAY,
    FAR_PX,
    I_ASK,
    I_BASE,
    I_BID,
    I_FAR,
    I_HI_ASK,
    I_IN_GAP,
    I_INVERSE,
    I_LAST_TS,
    I_LO_BID,
    I_N_TAKEN,
    I_SEEN_ASK,
    I_SEEN_BID,
    INVERSE_SCALE,
    MAX_TAKEN,
    SIZE,
    STALE_NS,
    T_PX,
    T_QTY,
    T_SIDE,
    TAKEN_WIDTH,
    Cells,
)

KERNEL = True


def mid2(mem: Cells, o: int, now: int) -> int:
    """
    Return bid plus ask in ticks (twice the mid), or 0 when it is missing, stale or crossed.

    It is that of the last whole book: in the middle of a message the sides do not belong together.
    """
    bid = mem[o + I_SEEN_BID]
    ask = mem[o + I_SEEN_ASK]
    if bid <= 0 or ask <= 0 or ask <= bid or mem[o + I_IN_GAP] != 0:
        return 0
    if now - mem[o + I_LAST_TS] > mem[STALE_NS]:
        return 0
    return bid + ask


def worth(mem: Cells, o: int, px: int, qty: int) -> int:
    """Return the value of `qty` at `px` in the instrument's value units (see the desk)."""
    if mem[o + I_INVERSE] != 0:
        # The plain product leaves 63 bits on ten million contracts; this is the same number.
        return qty * (INVERSE_SCALE // px) + qty * (INVERSE_SCALE % px) // px
    return px * qty


def next_level(mem: Cells, o: int, side: int, px: int) -> int:
    """
    Return the nearest non-empty price at or beyond `px` on the book's `side`, or 0.

    Having found nothing it remembers so, or a thin book would be searched to its old ends each time.
    """
    start = px
    at = o + AT_LADDERS + side * mem[SIZE] - mem[o + I_BASE]
    if side == 0:
        low = mem[o + I_LO_BID]
        while px >= low and px > 0:
            if mem[at + px] > 0:
                return px
            px -= 1
        mem[o + I_LO_BID] = max(low, start + 1)
        return 0
    high = mem[o + I_HI_ASK]
    while px <= high:
        if mem[at + px] > 0:
            return px
        px += 1
    mem[o + I_HI_ASK] = min(high, start - 1)
    return 0


def outside(mem: Cells, o: int, side: int, px: int, qty: int) -> int:
    """
    Return -1 when the market has jumped to this level beyond the ladder, which must move first.

    Any other level out there is far from the touch: it is counted and forgotten, and 0 is returned.
    """
    inward = (px >= mem[o + I_BASE]) == (side == 0)
    if qty > 0 and px > 0 and (inward or (mem[o + I_BID] == 0 and mem[o + I_ASK] == 0)):
        mem[FAR_PX] = px
        return -1
    mem[o + I_FAR] += 1
    return 0


def set_level(mem: Cells, o: int, side: int, px: int, qty: int) -> int:
    """
    Set one displayed level and keep the best prices; return the size it had before.

    Outside the ladder it returns what `outside` says.
    """
    index = px - mem[o + I_BASE]
    if index < 0 or index >= mem[SIZE]:
        return outside(mem, o, side, px, qty)
    at = o + AT_LADDERS + side * mem[SIZE] + index
    before = mem[at]
    mem[at] = qty
    if side == 0:
        if qty > 0:
            # Tests, not max and min: a store to a register that the next row reads costs more.
            mem[o + I_BID] = max(mem[o + I_BID], px)
            mem[o + I_LO_BID] = min(mem[o + I_LO_BID], px)
        elif px == mem[o + I_BID]:
            mem[o + I_BID] = next_level(mem, o, 0, px - 1)
    elif qty > 0:
        if mem[o + I_ASK] == 0 or px < mem[o + I_ASK]:
            mem[o + I_ASK] = px
        mem[o + I_HI_ASK] = max(mem[o + I_HI_ASK], px)
    elif px == mem[o + I_ASK]:
        mem[o + I_ASK] = next_level(mem, o, 1, px + 1)
    return before


def clear_book(mem: Cells, o: int) -> None:
    """Empty both ladders over the range that was ever used."""
    at = o + AT_LADDERS - mem[o + I_BASE]
    px = mem[o + I_BID]
    while px > 0 and px >= mem[o + I_LO_BID]:
        mem[at + px] = 0
        px -= 1
    at += mem[SIZE]
    px = mem[o + I_ASK]
    while px > 0 and px <= mem[o + I_HI_ASK]:
        mem[at + px] = 0
        px += 1
    mem[o + I_BID] = 0
    mem[o + I_ASK] = 0
    mem[o + I_LO_BID] = FAR_AWAY
    mem[o + I_HI_ASK] = 0


def near_edge(mem: Cells, o: int, px: int) -> bool:
    """Tell whether the market has come near the end of the ladder; an empty book is nowhere."""
    if px <= 0:
        return False
    size = mem[SIZE]
    index = px - mem[o + I_BASE]
    return (index < size // 8 and mem[o + I_BASE] > 1) or index >= size - size // 8


def taken_at(mem: Cells, o: int, side: int, px: int) -> int:
    """Return how much we already took from the displayed level, in lots."""
    k = 0
    while k < mem[o + I_N_TAKEN]:
        t = o + AT_TAKEN + k * TAKEN_WIDTH
        if mem[t + T_PX] == px and mem[t + T_SIDE] == side:
            return mem[t + T_QTY]
        k += 1
    return 0


def take(mem: Cells, o: int, side: int, px: int, qty: int) -> None:
    """Remember that we took `qty` from the displayed level, so that it is not sold to us twice."""
    k = 0
    while k < mem[o + I_N_TAKEN]:
        t = o + AT_TAKEN + k * TAKEN_WIDTH
        if mem[t + T_PX] == px and mem[t + T_SIDE] == side:
            mem[t + T_QTY] += qty
            return
        k += 1
    if mem[o + I_N_TAKEN] == MAX_TAKEN:
        k = 0
        while k < (MAX_TAKEN - 1) * TAKEN_WIDTH:
            mem[o + AT_TAKEN + k] = mem[o + AT_TAKEN + k + TAKEN_WIDTH]
            k += 1
        mem[o + I_N_TAKEN] -= 1
    t = o + AT_TAKEN + mem[o + I_N_TAKEN] * TAKEN_WIDTH
    mem[t + T_SIDE] = side
    mem[t + T_PX] = px
    mem[t + T_QTY] = qty
    mem[o + I_N_TAKEN] += 1


def refresh_taken(mem: Cells, o: int, side: int, px: int, qty: int) -> None:
    """Forget what we took from a level beyond what it now displays."""
    k = 0
    while k < mem[o + I_N_TAKEN]:
        t = o + AT_TAKEN + k * TAKEN_WIDTH
        if mem[t + T_PX] == px and mem[t + T_SIDE] == side:
            mem[t + T_QTY] = min(mem[t + T_QTY], qty)
            if mem[t + T_QTY] <= 0:
                last = o + AT_TAKEN + (mem[o + I_N_TAKEN] - 1) * TAKEN_WIDTH
                mem[t + T_SIDE] = mem[last + T_SIDE]
                mem[t + T_PX] = mem[last + T_PX]
                mem[t + T_QTY] = mem[last + T_QTY]
                mem[o + I_N_TAKEN] -= 1
            return
        k += 1


def forget_gone(mem: Cells, o: int) -> None:
    """Forget what we took from levels that a whole snapshot no longer shows."""
    at = o + AT_LADDERS - mem[o + I_BASE]
    k = mem[o + I_N_TAKEN] - 1
    while k >= 0:
        t = o + AT_TAKEN + k * TAKEN_WIDTH
        px = mem[t + T_PX]
        index = px - mem[o + I_BASE]
        if index < 0 or index >= mem[SIZE] or mem[at + mem[t + T_SIDE] * mem[SIZE] + px] == 0:
            refresh_taken(mem, o, mem[t + T_SIDE], px, 0)
        k -= 1
