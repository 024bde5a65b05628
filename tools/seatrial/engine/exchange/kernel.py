"""
The kernel's loop: read market rows until something concerns the bot.

A bot in plain Python pays for each wake-up and not for each event. Compiled by numba or
interpreted, the same source gives the same bits.
"""

from ...model.compile import at32, at64
from ...model.tape import BBO, CLEAR, FUNDING, KIND_MASK, LAST, NO_FILL, SIDE_BIT, STATUS, TRADE
from .arrival import serve
from .book import clear_book, forget_gone, mid2, near_edge, next_level, refresh_taken, set_level
from .events import event
from .layout import (
    ANEW,
    AT_INSTRUMENTS,
    AT_LADDERS,
    CUT,
    DELIVERY,
    DRAIN,
    E_MID2,
    E_POSITION,
    E_PX,
    E_QTY,
    END,
    EVENT_ROOM,
    FAR_PX,
    FUNDED,
    GAP_CLOSED,
    GAP_OPENED,
    I_ASK,
    I_BASE,
    I_BID,
    I_IN_GAP,
    I_LAST_TRADE,
    I_LAST_TS,
    I_N_TAKEN,
    I_OWN_ASK_HI,
    I_OWN_ASK_LO,
    I_OWN_BID_HI,
    I_OWN_BID_LO,
    I_POSITION,
    I_SEEN_ASK,
    I_SEEN_BID,
    I_WAS_CUT,
    INTENDED,
    LAST_INSTRUMENT,
    MAX_EVENTS,
    MOVED,
    N_EVENTS,
    NEVER,
    NEXT_DELIVERY,
    NEXT_DUE,
    NEXT_MARK,
    NEXT_TIMER,
    NOW,
    OUTBOX_FULL,
    OWED,
    QUIET_TIMER,
    REASON,
    RECENTRE,
    ROW_BASE,
    SIZE,
    STOP,
    STRIDE,
    TIMER,
    TIMER_NS,
    TOUCH,
    TRADED,
    UNTIL,
    WAKE_TOUCH,
    WAKE_TRADE,
    WAKES,
    Cells,
)
from .marks import mark
from .matching import begun_anew, book_cross, meet_print, own_level

KERNEL = True
WIDE = 0


def advance_at(ts: int, code: int, px: int, qty: int, memory: int, start: int, end: int) -> int:
    """Run `advance` on columns and memory given by their addresses; compiled kernels only."""
    return advance(at64(ts), at32(code), at32(px), at64(qty), at64(memory), start, end)


def advance(
    stamps: Cells, codes: Cells, prices: Cells, sizes: Cells, mem: Cells, start: int, end: int
) -> int:
    """
    Read rows `start` to `end` until the bot must be woken; return the next row to read.

    `mem[REASON]` says why it came back: END when the rows are used up or UNTIL has come.
    """
    i = start
    stride = mem[STRIDE]
    if mem[OWED] != 0:
        mem[OWED] = 0
        wake(mem, mem[LAST_INSTRUMENT], TOUCH)
        return i
    set_stop(mem)
    while True:
        t = stamps[i] if i < end else NEVER
        while t >= mem[STOP]:
            if i >= end and mem[DRAIN] == 0:
                mem[REASON] = END
                return i
            if mem[STOP] >= mem[UNTIL]:
                mem[NOW] = mem[UNTIL]
                mem[REASON] = END
                return i
            mem[NOW] = mem[STOP]
            woken = attend(mem, mem[ROW_BASE] + i)
            set_stop(mem)
            if woken != 0:
                mem[WAKES] += 1
                return i
        if i >= end:
            mem[REASON] = END
            return i
        # Adding a wide zero makes the narrow columns int64, so that each function is compiled once.
        c = codes[i] + WIDE
        p = prices[i] + WIDE
        q = sizes[i]
        inst = c >> 8
        o = AT_INSTRUMENTS + inst * stride
        kind = c & KIND_MASK
        mem[NOW] = t
        told = mem[N_EVENTS]
        if kind == TRADE:
            mem[o + I_LAST_TRADE] = p
            if c & SIDE_BIT:
                if p <= mem[o + I_OWN_BID_HI] and c & NO_FILL == 0:
                    meet_print(mem, inst, o, 0, p, q, mem[ROW_BASE] + i, c)
            elif p >= mem[o + I_OWN_ASK_LO] and c & NO_FILL == 0:
                meet_print(mem, inst, o, 1, p, q, mem[ROW_BASE] + i, c)
            if mem[N_EVENTS] != told:
                set_stop(mem)
            i += 1
            if mem[WAKE_TRADE] != 0:
                wake(mem, inst, TRADED)
                return i
            continue
        if kind == CLEAR or kind == FUNDING or kind == STATUS:
            rare(mem, inst, o, kind, p, q)
            set_stop(mem)
            i += 1
            continue
        mem[o + I_LAST_TS] = t
        side = (c & SIDE_BIT) >> 4
        if kind == BBO:
            before = set_best(mem, inst, o, side, p, q)
        else:
            before = set_level(mem, o, side, p, q)
        if before < 0:
            # The market jumped beyond the ladder: the row is read again when the ladder has moved.
            ask_room(mem, inst, mem[FAR_PX])
            return i
        if mem[o + I_N_TAKEN] != 0:
            refresh_taken(mem, o, side, p, q)
        if side == 0:
            if mem[o + I_OWN_BID_LO] <= p <= mem[o + I_OWN_BID_HI]:
                own_level(mem, inst, o, 0, p, q, before)
            if q > 0 and p >= mem[o + I_OWN_ASK_LO]:
                book_cross(mem, inst, o, 1, p, q, mem[ROW_BASE] + i, c)
                set_stop(mem)
        else:
            if mem[o + I_OWN_ASK_LO] <= p <= mem[o + I_OWN_ASK_HI]:
                own_level(mem, inst, o, 1, p, q, before)
            if q > 0 and p <= mem[o + I_OWN_BID_HI]:
                book_cross(mem, inst, o, 0, p, q, mem[ROW_BASE] + i, c)
                set_stop(mem)
        i += 1
        if c & LAST:
            if mem[o + I_WAS_CUT] != 0:
                whole_again(mem, inst, o)
            if mem[o + I_BID] != mem[o + I_SEEN_BID] or mem[o + I_ASK] != mem[o + I_SEEN_ASK]:
                if touch_moved(mem, inst, o) != 0:
                    return i


def whole_again(mem: Cells, inst: int, o: int) -> None:
    """The first whole message after a cut or a new beginning has been read."""
    if mem[o + I_WAS_CUT] & ANEW != 0:
        begun_anew(mem, inst, o)
        forget_gone(mem, o)
    mem[o + I_WAS_CUT] = 0


def ask_room(mem: Cells, inst: int, px: int) -> None:
    """Hand back control so that the ladders are moved around a price."""
    mem[REASON] = RECENTRE
    mem[LAST_INSTRUMENT] = inst
    mem[FAR_PX] = px


def touch_moved(mem: Cells, inst: int, o: int) -> int:
    """Note a new best price; return 1 when control must go back for it."""
    bid = mem[o + I_BID]
    ask = mem[o + I_ASK]
    mem[o + I_SEEN_BID] = bid
    mem[o + I_SEEN_ASK] = ask
    mem[MOVED] = 1
    touch = bid if bid > 0 else ask
    if near_edge(mem, o, touch):
        ask_room(mem, inst, touch)
        mem[OWED] = mem[WAKE_TOUCH]
        return 1
    if mem[WAKE_TOUCH] != 0:
        wake(mem, inst, TOUCH)
        return 1
    return 0


def wake(mem: Cells, inst: int, reason: int) -> None:
    """Hand back control because of a row of this instrument."""
    mem[LAST_INSTRUMENT] = inst
    mem[REASON] = reason
    mem[INTENDED] = mem[NOW]
    mem[WAKES] += 1


def set_stop(mem: Cells) -> None:
    """Recompute the moment at which the kernel must next do more than read rows."""
    stop = min(mem[UNTIL], mem[NEXT_TIMER])
    stop = min(stop, mem[NEXT_DUE])
    stop = min(stop, mem[NEXT_DELIVERY])
    stop = min(stop, mem[NEXT_MARK])
    if mem[N_EVENTS] >= MAX_EVENTS - EVENT_ROOM:
        stop = mem[NOW]
    mem[STOP] = stop


def attend(mem: Cells, row: int) -> int:
    """Do what is due before the next row; return 1 when the bot must be woken."""
    now = mem[NOW]
    if mem[N_EVENTS] >= MAX_EVENTS - EVENT_ROOM:
        mem[REASON] = OUTBOX_FULL
        return 1
    if mem[NEXT_MARK] <= now:
        mark(mem)
    if mem[NEXT_DUE] <= now:
        serve(mem, row)
    if mem[NEXT_DELIVERY] <= now:
        mem[REASON] = DELIVERY
        mem[INTENDED] = mem[NEXT_DELIVERY]
        return 1
    if mem[NEXT_TIMER] <= now:
        mem[INTENDED] = mem[NEXT_TIMER]
        mem[NEXT_TIMER] += mem[TIMER_NS]
        if mem[QUIET_TIMER] == 0 or mem[MOVED] != 0:
            mem[REASON] = TIMER
            mem[MOVED] = 0
            return 1
    return 0


def set_best(mem: Cells, inst: int, o: int, side: int, px: int, qty: int) -> int:
    """A best-quote row: every better level on that side is gone."""
    gone = mem[o + (I_BID if side == 0 else I_ASK)]
    before = set_level(mem, o, side, px, qty)
    if before < 0 or gone == 0:
        return before
    step = 1 - 2 * side
    at = o + AT_LADDERS + side * mem[SIZE] - mem[o + I_BASE]
    while (gone - px) * step > 0:
        if mem[at + gone] > 0:
            mem[at + gone] = 0
            refresh_taken(mem, o, side, gone, 0)
            own_level(mem, inst, o, side, gone, 0, 0)
        gone -= step
        mem[o + (I_BID if side == 0 else I_ASK)] = gone
    if gone == px and qty <= 0:
        mem[o + (I_BID if side == 0 else I_ASK)] = next_level(mem, o, side, px)
    return before


def rare(mem: Cells, inst: int, o: int, kind: int, px: int, qty: int) -> None:
    """Rows that come seldom: a cleared book, funding, gaps."""
    if kind == CLEAR:
        clear_book(mem, o)
        mem[o + I_WAS_CUT] |= ANEW if px == 0 else ANEW | CUT
    elif kind == FUNDING:
        e = event(mem, FUNDED, inst, -1, 0, 0)
        mem[e + E_PX] = px
        mem[e + E_QTY] = qty
        mem[e + E_POSITION] = mem[o + I_POSITION]
        mem[e + E_MID2] = mid2(mem, o, mem[NOW])
    elif kind == STATUS:
        mem[o + I_IN_GAP] = px
        mem[o + I_WAS_CUT] |= CUT
        mem[o + I_N_TAKEN] = 0
        event(mem, GAP_OPENED if px != 0 else GAP_CLOSED, inst, -1, 0, 0)
