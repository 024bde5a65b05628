"""
What the exchange says: events for the record and for the bot, and the bookkeeping of our orders.

An event carries the order as it stood; what is to reach the bot has a moment of delivery.
"""

from .layout import (
    AT_EVENTS,
    AT_JITTER,
    AT_ORDERS,
    E_AHEAD_AFTER,
    E_AHEAD_BEFORE,
    E_DECISION_MID2,
    E_DELIVER,
    E_FLAGS,
    E_INSTRUMENT,
    E_INTENDED,
    E_KIND,
    E_LEAVES,
    E_ORDER_ID,
    E_PX,
    E_QTY,
    E_QTY_ORDER,
    E_REASON,
    E_ROW,
    E_SIDE,
    E_SLOT,
    E_TIF,
    E_TS,
    E_TYPE,
    EVENT_WIDTH,
    FAR_AWAY,
    FREE,
    HOLD_UNTIL,
    I_N_OWN_ASKS,
    I_N_OWN_BIDS,
    I_OPEN_ASK,
    I_OPEN_BID,
    I_OWN_ASK_HI,
    I_OWN_ASK_LO,
    I_OWN_BID_HI,
    I_OWN_BID_LO,
    JITTER_AT,
    LAT_BACK,
    N_EVENTS,
    N_JITTER,
    NEXT_DELIVERY,
    NOW,
    O_FLAGS,
    O_ID,
    O_INSTRUMENT,
    O_INTENDED,
    O_LEAVES,
    O_MID2,
    O_PX,
    O_QTY,
    O_SIDE,
    O_STATE,
    O_TIF,
    O_TYPE,
    ORDER_WIDTH,
    ORDERS_USED,
    RESTING,
    Cells,
)

KERNEL = True


def jitter(mem: Cells) -> int:
    """Return the next seeded extra latency in nanoseconds."""
    at = mem[JITTER_AT]
    mem[JITTER_AT] = at + 1
    return mem[AT_JITTER + at % N_JITTER]


def event(mem: Cells, kind: int, inst: int, slot: int, reason: int, deliver: int) -> int:
    """Open an event about the order in `slot` (-1 for none) and return where its fields are."""
    n = mem[N_EVENTS]
    e = AT_EVENTS + n * EVENT_WIDTH
    mem[N_EVENTS] = n + 1
    k = 0
    while k < EVENT_WIDTH:
        mem[e + k] = 0
        k += 1
    now = mem[NOW]
    mem[e + E_TS] = now
    mem[e + E_KIND] = kind
    mem[e + E_INSTRUMENT] = inst
    mem[e + E_SLOT] = slot
    mem[e + E_REASON] = reason
    mem[e + E_AHEAD_BEFORE] = -1
    mem[e + E_AHEAD_AFTER] = -1
    mem[e + E_ROW] = -1
    if slot >= 0:
        s = AT_ORDERS + slot * ORDER_WIDTH
        mem[e + E_ORDER_ID] = mem[s + O_ID]
        mem[e + E_SIDE] = mem[s + O_SIDE]
        mem[e + E_PX] = mem[s + O_PX]
        mem[e + E_QTY] = mem[s + O_QTY]
        mem[e + E_QTY_ORDER] = mem[s + O_QTY]
        mem[e + E_LEAVES] = mem[s + O_LEAVES]
        mem[e + E_FLAGS] = mem[s + O_FLAGS]
        mem[e + E_INTENDED] = mem[s + O_INTENDED]
        mem[e + E_TYPE] = mem[s + O_TYPE]
        mem[e + E_TIF] = mem[s + O_TIF]
        mem[e + E_DECISION_MID2] = mem[s + O_MID2]
    if deliver != 0:
        at = now + mem[LAT_BACK] + jitter(mem)
        at = max(at, mem[HOLD_UNTIL])
        mem[e + E_DELIVER] = at
        mem[NEXT_DELIVERY] = min(mem[NEXT_DELIVERY], at)
    return e


def own_bounds(mem: Cells, inst: int, o: int) -> None:
    """Recompute the range of our own resting prices: the cheap test that most rows need."""
    bid_hi = -1
    bid_lo = FAR_AWAY
    ask_hi = -1
    ask_lo = FAR_AWAY
    open_bid = 0
    open_ask = 0
    bids = 0
    asks = 0
    slot = 0
    while slot < mem[ORDERS_USED]:
        s = AT_ORDERS + slot * ORDER_WIDTH
        if mem[s + O_STATE] == RESTING and mem[s + O_INSTRUMENT] == inst:
            px = mem[s + O_PX]
            if mem[s + O_SIDE] == 0:
                bids += 1
                open_bid += mem[s + O_LEAVES]
                bid_hi = max(bid_hi, px)
                bid_lo = min(bid_lo, px)
            else:
                asks += 1
                open_ask += mem[s + O_LEAVES]
                ask_hi = max(ask_hi, px)
                ask_lo = min(ask_lo, px)
        slot += 1
    mem[o + I_OWN_BID_HI] = bid_hi
    mem[o + I_OWN_BID_LO] = bid_lo
    mem[o + I_OWN_ASK_HI] = ask_hi
    mem[o + I_OWN_ASK_LO] = ask_lo
    mem[o + I_OPEN_BID] = open_bid
    mem[o + I_OPEN_ASK] = open_ask
    mem[o + I_N_OWN_BIDS] = bids
    mem[o + I_N_OWN_ASKS] = asks


def free_slot(mem: Cells, slot: int) -> None:
    """Give the order's slot back."""
    mem[AT_ORDERS + slot * ORDER_WIDTH + O_STATE] = FREE
    while mem[ORDERS_USED] > 0 and mem[AT_ORDERS + (mem[ORDERS_USED] - 1) * ORDER_WIDTH + O_STATE] == FREE:
        mem[ORDERS_USED] -= 1
