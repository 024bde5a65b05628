"""What the exchange checks before it takes an order, in the order in which a venue checks it."""

from .book import worth
from .layout import (
    AT_ORDERS,
    BELOW_MIN_NOTIONAL,
    FAR_AWAY,
    FOK,
    I_ASK,
    I_BID,
    I_CASH,
    I_EQUITY,
    I_INVERSE,
    I_MIN_NOTIONAL,
    I_OPEN_ASK,
    I_OPEN_BID,
    I_OWN_ASK_LO,
    I_OWN_BID_HI,
    I_POSITION,
    LEVERAGE_MILLI,
    MARKET,
    NO_MARGIN,
    NO_MARKET,
    NOT_FILLABLE,
    NOT_REDUCING,
    O_FLAGS,
    O_PX,
    O_QTY,
    O_SIDE,
    O_TIF,
    O_TYPE,
    ORDER_WIDTH,
    POST_ONLY,
    RATE_COUNT,
    RATE_LIMIT,
    RATE_LIMITED,
    REDUCE_ONLY,
    WOULD_CROSS,
    Cells,
)
from .matching import sweep

KERNEL = True


def is_marketable(mem: Cells, o: int, side: int, px: int, kind: int) -> bool:
    """Tell whether an order at `px` would meet the displayed opposite side."""
    if kind == MARKET:
        return True
    if side == 0:
        return mem[o + I_ASK] > 0 and px >= mem[o + I_ASK]
    return mem[o + I_BID] > 0 and px <= mem[o + I_BID]


def meets_own(mem: Cells, o: int, side: int, px: int, kind: int) -> bool:
    """Tell whether an order would trade with a resting order of ours."""
    if side == 0:
        return mem[o + I_OWN_ASK_LO] < FAR_AWAY and (kind == MARKET or px >= mem[o + I_OWN_ASK_LO])
    return mem[o + I_OWN_BID_HI] >= 0 and (kind == MARKET or px <= mem[o + I_OWN_BID_HI])


def lacks_margin(mem: Cells, o: int, side: int, px: int, qty: int) -> bool:
    """Tell whether the position that could result is worth more than equity times leverage."""
    position = mem[o + I_POSITION]
    at = px if px > 0 else max(mem[o + I_ASK], mem[o + I_BID])
    if at <= 0:
        return True
    result = position + mem[o + I_OPEN_BID] + qty if side == 0 else -position + mem[o + I_OPEN_ASK] + qty
    if result <= 0:
        return False
    equity = mem[o + I_EQUITY] + mem[o + I_CASH]
    if mem[o + I_INVERSE] != 0:
        equity -= worth(mem, o, at, position)
    else:
        equity += position * at
    # Split at a thousand, because the plain product would leave 63 bits on fine grids.
    milli = mem[LEVERAGE_MILLI]
    return worth(mem, o, at, result) > equity // 1000 * milli + equity % 1000 * milli // 1000


def refusal(mem: Cells, inst: int, o: int, slot: int, forced: int) -> int:
    """Return why the exchange refuses this new order, or 0."""
    s = AT_ORDERS + slot * ORDER_WIDTH
    side = mem[s + O_SIDE]
    px = mem[s + O_PX]
    if forced != 0:
        return forced
    if mem[RATE_LIMIT] > 0 and mem[RATE_COUNT] > mem[RATE_LIMIT]:
        return RATE_LIMITED
    reducing = mem[s + O_FLAGS] & REDUCE_ONLY
    if reducing != 0 and mem[o + I_POSITION] * (1 - 2 * side) >= 0:
        return NOT_REDUCING
    market = mem[s + O_TYPE] == MARKET
    touch = mem[o + I_ASK] if side == 0 else mem[o + I_BID]
    if market and touch <= 0:
        return NO_MARKET
    if worth(mem, o, touch if market else px, mem[s + O_QTY]) < mem[o + I_MIN_NOTIONAL]:
        return BELOW_MIN_NOTIONAL
    if reducing == 0 and lacks_margin(mem, o, side, px, mem[s + O_QTY]):
        return NO_MARGIN
    return untradable(mem, inst, o, slot)


def untradable(mem: Cells, inst: int, o: int, slot: int) -> int:
    """Return why the order's time in force forbids it, or 0."""
    s = AT_ORDERS + slot * ORDER_WIDTH
    tif = mem[s + O_TIF]
    if tif == POST_ONLY and is_marketable(mem, o, mem[s + O_SIDE], mem[s + O_PX], mem[s + O_TYPE]):
        return WOULD_CROSS
    if tif == FOK and sweep(mem, inst, o, slot, -1, 1) < mem[s + O_QTY]:
        return NOT_FILLABLE
    return 0
