"""
Mark-outs: the mid at fixed horizons after each fill, read when its moment comes.

Fills wait in a ring; each horizon has its own cursor into it, because for one horizon the moments
come in the order of the fills. The mid is that of the last row at or before the moment.
"""

from .book import mid2
from .events import event
from .layout import (
    AT_INSTRUMENTS,
    AT_MARKS,
    E_FILL_ID,
    E_MIDS,
    EVENT_ROOM,
    FILL_ID,
    HORIZONS_NS,
    M_FILL_ID,
    M_INSTRUMENT,
    M_MIDS,
    M_TS,
    MARK_AT,
    MARK_WIDTH,
    MARKOUT,
    MARKS_DROPPED,
    MARKS_HEAD,
    MAX_EVENTS,
    MAX_MARKS,
    N_EVENTS,
    N_HORIZONS,
    NEVER,
    NEXT_MARK,
    NOW,
    STRIDE,
    Cells,
)

KERNEL = True

H0, H1, H2, H3, H4, H5 = HORIZONS_NS


def horizon(h: int) -> int:
    """Return the mark-out horizon `h` in nanoseconds."""
    if h == 0:
        return H0
    if h == 1:
        return H1
    if h == 2:
        return H2
    if h == 3:
        return H3
    if h == 4:
        return H4
    return H5


def queue_mark(mem: Cells, inst: int, now: int) -> None:
    """Put the newest fill into the ring; a full ring sends off its oldest fill early."""
    head = mem[MARKS_HEAD]
    if head - mem[MARK_AT + N_HORIZONS - 1] >= MAX_MARKS - 1:
        close_mark(mem)
        mem[MARKS_DROPPED] += 1
    m = AT_MARKS + (head % MAX_MARKS) * MARK_WIDTH
    mem[m + M_TS] = now
    mem[m + M_INSTRUMENT] = inst
    mem[m + M_FILL_ID] = mem[FILL_ID]
    h = 0
    while h < N_HORIZONS:
        mem[m + M_MIDS + h] = 0
        h += 1
    mem[MARKS_HEAD] = head + 1
    due = now + H0 + 1
    mem[NEXT_MARK] = min(mem[NEXT_MARK], due)


def close_mark(mem: Cells) -> None:
    """Send off the oldest waiting fill's mark-outs; horizons not reached stay missing."""
    tail = mem[MARK_AT + N_HORIZONS - 1]
    m = AT_MARKS + (tail % MAX_MARKS) * MARK_WIDTH
    e = event(mem, MARKOUT, mem[m + M_INSTRUMENT], -1, 0, 0)
    mem[e + E_FILL_ID] = mem[m + M_FILL_ID]
    h = 0
    while h < N_HORIZONS:
        mem[e + E_MIDS + h] = mem[m + M_MIDS + h]
        if mem[MARK_AT + h] <= tail:
            mem[MARK_AT + h] = tail + 1
        h += 1


def mark(mem: Cells) -> None:
    """Read the mid for every fill whose horizon has come, and find the next such moment."""
    now = mem[NOW]
    head = mem[MARKS_HEAD]
    nearest = NEVER
    h = 0
    while h < N_HORIZONS:
        span = horizon(h)
        at = mem[MARK_AT + h]
        while at < head:
            m = AT_MARKS + (at % MAX_MARKS) * MARK_WIDTH
            due = mem[m + M_TS] + span
            if due >= now:
                nearest = min(nearest, due + 1)
                break
            mem[m + M_MIDS + h] = mid2(mem, AT_INSTRUMENTS + mem[m + M_INSTRUMENT] * mem[STRIDE], due)
            if h == N_HORIZONS - 1:
                if mem[N_EVENTS] >= MAX_EVENTS - EVENT_ROOM:
                    nearest = now
                    break
                close_mark(mem)
            at += 1
            mem[MARK_AT + h] = at
        h += 1
    mem[NEXT_MARK] = nearest
