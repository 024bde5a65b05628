"""
Requests of the bot: their way to the exchange, and what happens when they reach it.

Checks, then matching against the displayed book, then rest or end; the answer travels back with
its own latency. A cancel that comes too late is refused, and the fill that beat it stands.
"""

from ...model.compile import at64
from .book import mid2
from .checks import is_marketable, lacks_margin, meets_own, refusal
from .events import event, free_slot, jitter, own_bounds
from .layout import (
    ACCEPTED,
    ACCEPTED_AGAIN,
    AMEND,
    AMEND_REJECTED,
    AMENDED,
    AT_INSTRUMENTS,
    AT_LADDERS,
    AT_ORDERS,
    AT_REQUESTS,
    BAD_AMEND,
    CANCEL,
    CANCEL_REJECTED,
    CANCELED,
    DUPLICATE_ACK,
    E_INTENDED,
    E_ORDER_ID,
    EVENT_ROOM,
    EXPIRED,
    FOK,
    FREE,
    I_BASE,
    INTENDED,
    IOC,
    LAST_SLOT,
    LAT_OUT,
    LIMIT,
    MARKET,
    MAX_EVENTS,
    MAX_ORDERS,
    MAX_REQUESTS,
    N_EVENTS,
    N_REQUESTS,
    NEVER,
    NEW,
    NEXT_DUE,
    NEXT_ORDER_ID,
    NO_MARGIN,
    NOW,
    O_AHEAD,
    O_FLAGS,
    O_ID,
    O_INSTRUMENT,
    O_INTENDED,
    O_LEAVES,
    O_MET_ROW,
    O_MID2,
    O_PRINTED,
    O_PX,
    O_QTY,
    O_RESTED_AT,
    O_SIDE,
    O_STATE,
    O_TIF,
    O_TYPE,
    ORDER_WIDTH,
    ORDERS_USED,
    PENDING,
    POST_ONLY,
    Q_ARRIVES,
    Q_FORCED,
    Q_INSTRUMENT,
    Q_INTENDED,
    Q_KIND,
    Q_ORDER_ID,
    Q_PX,
    Q_QTY,
    Q_SLOT,
    RATE_COUNT,
    RATE_SECOND,
    REJECTED,
    REQUEST_WIDTH,
    RESTING,
    SELF_TRADE,
    SIZE,
    STP,
    STRIDE,
    TOO_LATE,
    UNFILLED_REST,
    WOULD_CROSS,
    Cells,
)
from .matching import sweep

KERNEL = True


def submit_at(
    memory: int, inst: int, side: int, px: int, qty: int, tif: int, kind: int, flags: int, forced: int
) -> int:
    """Run `submit` on the memory at an address; compiled kernels only."""
    return submit(at64(memory), inst, side, px, qty, tif, kind, flags, forced)


def request_at(
    memory: int, kind: int, inst: int, slot: int, order_id: int, px: int, qty: int, forced: int
) -> int:
    """Run `request_for` on the memory at an address; compiled kernels only."""
    return request_for(at64(memory), kind, inst, slot, order_id, px, qty, forced)


def submit(
    mem: Cells, inst: int, side: int, px: int, qty: int, tif: int, kind: int, flags: int, forced: int
) -> int:
    """Send a new order; return its id, or -1 when there are too many at once."""
    slot = 0
    while slot < mem[ORDERS_USED] and mem[AT_ORDERS + slot * ORDER_WIDTH + O_STATE] != FREE:
        slot += 1
    if slot >= MAX_ORDERS or mem[N_REQUESTS] >= MAX_REQUESTS:
        return -1
    mem[ORDERS_USED] = max(mem[ORDERS_USED], slot + 1)
    s = AT_ORDERS + slot * ORDER_WIDTH
    order_id = mem[NEXT_ORDER_ID]
    mem[NEXT_ORDER_ID] = order_id + 1
    mem[s + O_STATE] = PENDING
    mem[s + O_ID] = order_id
    mem[s + O_INSTRUMENT] = inst
    mem[s + O_SIDE] = side
    mem[s + O_PX] = px
    mem[s + O_QTY] = qty
    mem[s + O_LEAVES] = qty
    mem[s + O_AHEAD] = 0
    mem[s + O_TIF] = tif
    mem[s + O_TYPE] = kind
    mem[s + O_FLAGS] = flags
    mem[s + O_INTENDED] = mem[INTENDED]
    mem[s + O_RESTED_AT] = mem[NOW]
    mem[s + O_MET_ROW] = -1
    mem[s + O_MID2] = mid2(mem, AT_INSTRUMENTS + inst * mem[STRIDE], mem[NOW])
    mem[LAST_SLOT] = slot
    request(mem, NEW, slot, px, qty, forced)
    return order_id


def request(mem: Cells, kind: int, slot: int, px: int, qty: int, forced: int) -> int:
    """Put a request about the order now in `slot` on its way; see `request_for`."""
    s = AT_ORDERS + slot * ORDER_WIDTH
    return request_for(mem, kind, mem[s + O_INSTRUMENT], slot, mem[s + O_ID], px, qty, forced)


def request_for(
    mem: Cells, kind: int, inst: int, slot: int, order_id: int, px: int, qty: int, forced: int
) -> int:
    """
    Put a request on its way; return when it arrives, or -1 when there are too many.

    The order is named by its id: its slot may have gone to another by the time the bot knows.
    """
    n = mem[N_REQUESTS]
    if n >= MAX_REQUESTS:
        return -1
    q = AT_REQUESTS + n * REQUEST_WIDTH
    at = mem[NOW] + mem[LAT_OUT] + jitter(mem)
    mem[q + Q_ARRIVES] = at
    mem[q + Q_KIND] = kind
    mem[q + Q_SLOT] = slot
    mem[q + Q_INSTRUMENT] = inst
    mem[q + Q_ORDER_ID] = order_id
    mem[q + Q_PX] = px
    mem[q + Q_QTY] = qty
    mem[q + Q_FORCED] = forced
    mem[q + Q_INTENDED] = mem[INTENDED]
    mem[N_REQUESTS] = n + 1
    mem[NEXT_DUE] = min(mem[NEXT_DUE], at)
    return at


def serve(mem: Cells, row: int) -> None:
    """Handle every request that has reached the exchange by now, in order of arrival."""
    while True:
        n = mem[N_REQUESTS]
        first = -1
        when = NEVER
        k = 0
        while k < n:
            at = mem[AT_REQUESTS + k * REQUEST_WIDTH + Q_ARRIVES]
            if at < when:
                when = at
                first = k
            k += 1
        mem[NEXT_DUE] = when
        if first < 0 or when > mem[NOW] or mem[N_EVENTS] >= MAX_EVENTS - EVENT_ROOM:
            return
        q = AT_REQUESTS + first * REQUEST_WIDTH
        kind = mem[q + Q_KIND]
        slot = mem[q + Q_SLOT]
        order_id = mem[q + Q_ORDER_ID]
        px = mem[q + Q_PX]
        qty = mem[q + Q_QTY]
        forced = mem[q + Q_FORCED]
        intended = mem[q + Q_INTENDED]
        inst = mem[q + Q_INSTRUMENT]
        k = q
        end = AT_REQUESTS + (n - 1) * REQUEST_WIDTH
        while k < end:
            mem[k] = mem[k + REQUEST_WIDTH]
            k += 1
        mem[N_REQUESTS] = n - 1
        count_request(mem)
        answer(mem, kind, inst, slot, order_id, px, qty, forced, intended, row)


def count_request(mem: Cells) -> None:
    """Count the request against the venue's limit per second."""
    second = mem[NOW] // 1_000_000_000
    if second != mem[RATE_SECOND]:
        mem[RATE_SECOND] = second
        mem[RATE_COUNT] = 0
    mem[RATE_COUNT] += 1


def answer(
    mem: Cells,
    kind: int,
    inst: int,
    slot: int,
    order_id: int,
    px: int,
    qty: int,
    forced: int,
    intended: int,
    row: int,
) -> None:
    """Carry out one request."""
    s = AT_ORDERS + slot * ORDER_WIDTH
    if kind == NEW:
        enter(mem, slot, forced, row)
        return
    refused = CANCEL_REJECTED if kind == CANCEL else AMEND_REJECTED
    if mem[s + O_ID] != order_id or mem[s + O_STATE] != RESTING:
        e = event(mem, refused, inst, -1, TOO_LATE, 1)
        mem[e + E_ORDER_ID] = order_id
        mem[e + E_INTENDED] = intended
        return
    # From here on an answer about this order is timed from this request.
    mem[s + O_INTENDED] = intended
    if forced != 0:
        event(mem, refused, inst, slot, forced, 1)
        return
    if kind == AMEND:
        amend(mem, slot, px, qty, row)
        return
    event(mem, CANCELED, inst, slot, 0, 1)
    free_slot(mem, slot)
    own_bounds(mem, inst, AT_INSTRUMENTS + inst * mem[STRIDE])


def enter(mem: Cells, slot: int, forced: int, row: int) -> None:
    """A new order reaches the exchange."""
    s = AT_ORDERS + slot * ORDER_WIDTH
    inst = mem[s + O_INSTRUMENT]
    o = AT_INSTRUMENTS + inst * mem[STRIDE]
    side = mem[s + O_SIDE]
    mem[s + O_RESTED_AT] = mem[NOW]
    why = refusal(mem, inst, o, slot, forced)
    if why == 0 and mem[STP] != 0 and meets_own(mem, o, side, mem[s + O_PX], mem[s + O_TYPE]):
        if mem[STP] == 1:
            why = SELF_TRADE
        else:
            cancel_meeting(mem, inst, o, side, mem[s + O_PX], mem[s + O_TYPE])
    if why != 0:
        event(mem, REJECTED, inst, slot, why, 1)
        free_slot(mem, slot)
        return
    event(mem, ACCEPTED, inst, slot, 0, 1)
    if mem[s + O_FLAGS] & DUPLICATE_ACK:
        event(mem, ACCEPTED_AGAIN, inst, slot, 0, 1)
    settle(mem, inst, o, slot, row)


def settle(mem: Cells, inst: int, o: int, slot: int, row: int) -> None:
    """Trade what meets the book; rest or end what is left."""
    s = AT_ORDERS + slot * ORDER_WIDTH
    if is_marketable(mem, o, mem[s + O_SIDE], mem[s + O_PX], mem[s + O_TYPE]):
        sweep(mem, inst, o, slot, row, 0)
    if mem[s + O_STATE] == FREE:
        return
    if mem[s + O_TYPE] == MARKET or mem[s + O_TIF] == IOC or mem[s + O_TIF] == FOK:
        event(mem, EXPIRED, inst, slot, UNFILLED_REST, 1)
        free_slot(mem, slot)
        own_bounds(mem, inst, o)
        return
    rest(mem, inst, o, slot)


def rest(mem: Cells, inst: int, o: int, slot: int) -> None:
    """Put the order into the book behind everything that is displayed at its price."""
    s = AT_ORDERS + slot * ORDER_WIDTH
    index = mem[s + O_PX] - mem[o + I_BASE]
    ahead = 0
    if 0 <= index < mem[SIZE]:
        ahead = mem[o + AT_LADDERS + mem[s + O_SIDE] * mem[SIZE] + index]
    mem[s + O_AHEAD] = ahead
    mem[s + O_PRINTED] = 0
    mem[s + O_STATE] = RESTING
    own_bounds(mem, inst, o)


def cancel_meeting(mem: Cells, inst: int, o: int, side: int, px: int, kind: int) -> None:
    """Cancel our own resting orders that an incoming one would trade with."""
    slot = 0
    while slot < mem[ORDERS_USED]:
        s = AT_ORDERS + slot * ORDER_WIDTH
        if mem[s + O_STATE] == RESTING and mem[s + O_INSTRUMENT] == inst and mem[s + O_SIDE] != side:
            own = mem[s + O_PX]
            if kind == MARKET or (side == 0 and px >= own) or (side == 1 and px <= own):
                event(mem, CANCELED, inst, slot, SELF_TRADE, 1)
                free_slot(mem, slot)
        slot += 1
    own_bounds(mem, inst, o)


def amend(mem: Cells, slot: int, px: int, qty: int, row: int) -> None:
    """Change price or total quantity; a smaller size at the same price keeps its place."""
    s = AT_ORDERS + slot * ORDER_WIDTH
    inst = mem[s + O_INSTRUMENT]
    o = AT_INSTRUMENTS + inst * mem[STRIDE]
    side = mem[s + O_SIDE]
    filled = mem[s + O_QTY] - mem[s + O_LEAVES]
    grows = qty - mem[s + O_QTY]
    why = 0
    if qty <= filled:
        why = BAD_AMEND
    elif mem[s + O_TIF] == POST_ONLY and is_marketable(mem, o, side, px, LIMIT):
        why = WOULD_CROSS
    elif mem[STP] != 0 and meets_own(mem, o, side, px, LIMIT):
        why = SELF_TRADE
    elif grows > 0 and lacks_margin(mem, o, side, px, grows):
        why = NO_MARGIN
    if why != 0:
        event(mem, AMEND_REJECTED, inst, slot, why, 1)
        return
    keeps = px == mem[s + O_PX] and grows <= 0
    mem[s + O_QTY] = qty
    mem[s + O_LEAVES] = qty - filled
    mem[s + O_PX] = px
    event(mem, AMENDED, inst, slot, 0, 1)
    if not keeps:
        mem[s + O_RESTED_AT] = mem[NOW]
        mem[s + O_STATE] = PENDING
    own_bounds(mem, inst, o)
    if not keeps:
        settle(mem, inst, o, slot, row)
