"""
The synthetic market's loop: one message after the other, in integers only.

A price that rests and then moves in lumps; orders that come in streaks, take what rests at the
touch and, sometimes, push the price; a book of levels that follows the price with a lag. Every
random number is taken from the stream the caller gives, so the rows depend on nothing else.
`layout` says what the arrays hold.
"""

from ..model.compile import at64
from ..model.tape import CLEAR, DELTA, FUNDING, LAST, SIDE_BIT, SNAPSHOT, TRADE
from .layout import (
    AHEAD,
    AHEAD_SIGN,
    BEYOND,
    BOOK_GAP,
    BOOK_MEAN_NS,
    CHANGE,
    COUNT,
    FOLLOW,
    FUNDING_NS,
    FUNDING_RATE,
    FUNDING_SPAN,
    GAP_MEMORY,
    HEAD,
    HOLES,
    HOT,
    IMPACT,
    LAST_SIGN,
    LEVEL_LOTS,
    LEVELS_KEPT,
    MAX_PRINTS,
    MAX_RUN,
    MOMENTUM,
    MOVE_CHANCE,
    MOVE_SIGN,
    MOVES,
    NEED_RANDOM,
    NEED_ROOM,
    NEXT_BOOK,
    NEXT_FUNDING,
    NEXT_STEP,
    NEXT_TRADE,
    NOW,
    PARENT_LOTS,
    PENDING,
    PRICE,
    PRINT_LOTS,
    PRINTS,
    QUARTER,
    RANDOM_AT,
    RANDOM_SIZE,
    REACTION_NS,
    REFILL,
    REGIME,
    REPEAT_SHORT,
    REPEAT_SIGN,
    RESPREAD,
    REVERSAL,
    RING,
    ROOM,
    ROWS,
    RUN,
    RUSH,
    RUSH_ORDERS,
    SKEW,
    SPREAD,
    SPREADS,
    START_PRICE,
    STEP_NS,
    STEPS,
    STEPS_PER_S,
    TOUCH_SHARE,
    TRADE_GAP,
    TRADE_MEAN_NS,
    TRANSIENT,
    UNTIL,
    Ints,
)
from .synth_book import (
    chance,
    close_level,
    delete_best,
    draw,
    end_message,
    fill_depth,
    open_level,
    pick,
    push_best,
    push_deepest,
    resize,
    resized,
    sign,
    slot,
    target,
    write,
)

KERNEL = True


def advance(s: Ints, p: Ints, r: Ints, o: Ints) -> int:
    """Run until `s[UNTIL]`; return 1 when there, 0 when more random numbers or room are needed."""
    while True:
        if s[RANDOM_AT] > s[RANDOM_SIZE] - NEED_RANDOM or s[ROWS] > s[ROOM] - NEED_ROOM:
            return 0
        trade, book, step, funding = s[NEXT_TRADE], s[NEXT_BOOK], s[NEXT_STEP], s[NEXT_FUNDING]
        now = min(trade, book, step, funding)
        if now >= s[UNTIL]:
            return 1
        s[NOW] = now
        if now == step:
            world_step(s, p, r)
        elif now == trade:
            take(s, p, r, o)
        elif now == book:
            requote(s, p, r, o)
        else:
            pay_funding(s, p, r, o)


def advance_at(s_at: int, p_at: int, r_at: int, o_at: int) -> int:
    """Be `advance` for a caller that has the addresses of the arrays."""
    return advance(at64(s_at), at64(p_at), at64(r_at), at64(o_at))


def open_market(s: Ints, p: Ints, r: Ints, o: Ints) -> None:
    """Draw the first book and write it as a snapshot at `s[NOW]`."""
    now = s[NOW]
    s[PRICE] = p[START_PRICE]
    s[LAST_SIGN], s[MOVE_SIGN] = 1, 1
    s[SPREAD], s[SKEW] = pick(s, p, r, SPREADS), 128
    for side in range(2):
        s[COUNT + side], s[HEAD + side] = 0, 0
        push_best(s, side, target(s, side), pick(s, p, r, LEVEL_LOTS))
        while s[COUNT + side] < p[LEVELS_KEPT]:
            push_deepest(s, p, r, side)
    write(s, o, CLEAR, 0, 0)
    for side in range(2):
        for depth in range(s[COUNT + side]):
            at = slot(s, side, depth)
            write(s, o, SNAPSHOT | (side * SIDE_BIT), s[at], s[at + RING])
    end_message(s, o)
    plan_order(s, p, r)
    s[NEXT_BOOK] = s[NOW] + book_gap(s, p, r)
    s[NEXT_STEP] = now + p[STEP_NS]
    s[NEXT_FUNDING] = (now // p[FUNDING_NS] + 1) * p[FUNDING_NS]


def world_step(s: Ints, p: Ints, r: Ints) -> None:
    """Let the regime, the price and the spread change; the book follows in its own time."""
    # Steps of uneven length: on a fixed grid every move would come at a time a bot could learn.
    s[NEXT_STEP] += (p[STEP_NS] >> 1) + ((p[STEP_NS] * (draw(s, r) >> 55)) >> 8)
    s[STEPS] += 1
    if s[STEPS] % STEPS_PER_S == 0:
        change_regime(s, p, r)
    before = s[PRICE]
    likely = p[FOLLOW] if s[HOT] == 1 else p[MOVE_CHANCE + s[REGIME]]
    s[HOT] = 0
    if chance(s, r, likely):
        move(s, p, r)
    if s[PENDING] != 0 and chance(s, r, p[REVERSAL]):
        shift(s, p, -s[PENDING])
        s[PENDING] = 0
    if change_spread(s, p, r) or s[PRICE] != before:
        react(s, p, r)


def change_spread(s: Ints, p: Ints, r: Ints) -> bool:
    """Draw the spread anew, and where the price lies in it, at times; return whether it was so."""
    if not chance(s, r, p[RESPREAD]):
        return False
    s[SPREAD] = pick(s, p, r, SPREADS)
    s[SKEW] = 128 if s[SPREAD] < 2 else 64 + (draw(s, r) >> 56)
    return True


def move(s: Ints, p: Ints, r: Ints) -> None:
    """Begin a move, with the last one or against it: at once, or after a rush of those who know."""
    if not chance(s, r, p[MOMENTUM]):
        s[MOVE_SIGN] = sign(s, r)
    if s[AHEAD] == 0 and chance(s, r, p[RUSH]):
        s[AHEAD], s[AHEAD_SIGN] = 1 + draw(s, r) % (2 * p[RUSH_ORDERS]), s[MOVE_SIGN]
        s[NEXT_TRADE] = min(s[NEXT_TRADE], s[NOW] + short_gap(s, p, r))
    else:
        complete_move(s, p, r, s[MOVE_SIGN])


def complete_move(s: Ints, p: Ints, r: Ints, way: int) -> None:
    """Move the price."""
    shift(s, p, way * pick(s, p, r, MOVES))
    s[MOVE_SIGN], s[HOT] = way, 1
    react(s, p, r)


def change_regime(s: Ints, p: Ints, r: Ints) -> None:
    """Step the Markov chain of activity."""
    level = draw(s, r) >> 31
    row = CHANGE + 4 * s[REGIME]
    new = 0
    while new < 3 and level >= p[row + new]:
        new += 1
    s[REGIME] = new


def shift(s: Ints, p: Ints, by: int) -> None:
    """Move the price; beyond half or double the first price it can only come back."""
    price = s[PRICE] + by
    if (price < p[START_PRICE] >> 1 and by < 0) or (price > p[START_PRICE] << 1 and by > 0):
        price = s[PRICE] - by
    s[PRICE] = price


def react(s: Ints, p: Ints, r: Ints) -> None:
    """Bring the next message of the book forward: somebody saw it happen."""
    soon = s[NOW] + 1 + ((p[REACTION_NS] * (draw(s, r) >> 55)) >> 7)
    s[NEXT_BOOK] = min(s[NEXT_BOOK], soon)


def take(s: Ints, p: Ints, r: Ints, o: Ints) -> None:
    """One taker's order: its prints, then what they left of the book, then what they moved."""
    choose_sign(s, p, r)
    plan_order(s, p, r)
    side = 1 if s[LAST_SIGN] > 0 else 0
    taken = print_trades(s, p, r, o, side)
    fill_depth(s, p, r, o, side)
    end_message(s, o)
    if s[AHEAD] > 0:
        s[AHEAD] -= 1
        if s[AHEAD] == 0:
            give_way(s, p, r, s[AHEAD_SIGN])
    else:
        push_price(s, p, r, taken)
    if s[slot(s, side, 0)] != target(s, side):
        react(s, p, r)


def choose_sign(s: Ints, p: Ints, r: Ints) -> None:
    """Choose who takes: those who know, or the same side as last time, more often so on its heels."""
    before, soon = s[LAST_SIGN], s[QUARTER] == 0
    if s[AHEAD] > 0:
        s[LAST_SIGN] = s[AHEAD_SIGN]
    elif not chance(s, r, p[REPEAT_SHORT] if soon else p[REPEAT_SIGN]):
        s[LAST_SIGN] = sign(s, r)
    s[RUN] = min(s[RUN] + 1, MAX_RUN) if soon and s[LAST_SIGN] == before else 0


def plan_order(s: Ints, p: Ints, r: Ints) -> None:
    """Set the time of the next order; short gaps come in streaks, and so do long ones."""
    if s[AHEAD] > 1:
        s[NEXT_TRADE] = s[NOW] + short_gap(s, p, r)
        return
    if not chance(s, r, p[GAP_MEMORY]):
        s[QUARTER] = draw(s, r) >> 61
    entry = p[TRADE_GAP + 64 * s[QUARTER] + (draw(s, r) >> 57)]
    s[NEXT_TRADE] = s[NOW] + 1_000 + ((entry * p[TRADE_MEAN_NS + s[REGIME]]) >> 10)


def short_gap(s: Ints, p: Ints, r: Ints) -> int:
    """Return a time between two orders that is among the shortest quarter."""
    s[QUARTER] = 0
    return 1_000 + ((p[TRADE_GAP + (draw(s, r) >> 57)] * p[TRADE_MEAN_NS + s[REGIME]]) >> 10)


def print_trades(s: Ints, p: Ints, r: Ints, o: Ints, side: int) -> int:
    """Write an order's prints, best level first, then the levels as they left them; return the lots."""
    code = TRADE | LAST | ((1 - side) * SIDE_BIT)
    at = slot(s, side, 0)
    depth, left, taken = 0, s[at + RING], 0
    for _ in range(min(pick(s, p, r, PRINTS), MAX_PRINTS)):
        if left == 0:
            if depth + 3 > s[COUNT + side]:
                break
            depth += 1
            at = slot(s, side, depth)
            left = s[at + RING]
        lots = pick(s, p, r, PRINT_LOTS)
        if lots > left and not chance(s, r, p[BEYOND]):
            lots = left
        write(s, o, code, s[at], lots)
        left = max(left - lots, 0)
        taken += lots
    for _ in range(depth):
        delete_best(s, o, side)
    if left == 0:
        delete_best(s, o, side)
    else:
        resize(s, o, side, 0, left)
    return taken


def push_price(s: Ints, p: Ints, r: Ints, taken: int) -> None:
    """Let an order move the price: likelier if large or last of a run."""
    weight, rest = 1, taken
    while rest > p[PARENT_LOTS] and weight < 8:
        rest >>= 2
        weight += 1
    if chance(s, r, p[IMPACT] * weight * (1 + s[RUN])):
        give_way(s, p, r, s[LAST_SIGN])


def give_way(s: Ints, p: Ints, r: Ints, way: int) -> None:
    """Move the price because it was taken from; some of these moves will be undone."""
    before = s[PRICE]
    complete_move(s, p, r, way)
    if chance(s, r, p[TRANSIENT]):
        s[PENDING] += s[PRICE] - before


def requote(s: Ints, p: Ints, r: Ints, o: Ints) -> None:
    """One message of the book: go where the price is, or else change some sizes."""
    s[NEXT_BOOK] = s[NOW] + book_gap(s, p, r)
    before = s[ROWS]
    retreat(s, o, 0)
    retreat(s, o, 1)
    for side in range(2):
        if s[COUNT + side] == 0 or s[slot(s, side, 0)] != target(s, side):
            come_closer(s, p, r, o, side)
        fill_depth(s, p, r, o, side)
    if s[ROWS] == before:
        side = draw(s, r) & 1
        if chance(s, r, p[TOUCH_SHARE]):
            resize(s, o, side, 0, resized(s, p, r, side, 0))
        else:
            stir(s, p, r, o, side)
    end_message(s, o)


def book_gap(s: Ints, p: Ints, r: Ints) -> int:
    """Return a time to the next message of the book, in nanoseconds."""
    return 1_000 + ((pick(s, p, r, BOOK_GAP) * p[BOOK_MEAN_NS + s[REGIME]]) >> 10)


def retreat(s: Ints, o: Ints, side: int) -> None:
    """Withdraw levels that are better than the price warrants."""
    way = 1 - 2 * side
    goal = target(s, side) * way
    while s[COUNT + side] > 0 and s[slot(s, side, 0)] * way > goal:
        delete_best(s, o, side)


def come_closer(s: Ints, p: Ints, r: Ints, o: Ints, side: int) -> None:
    """Close a spread that is too wide, and the holes behind the new touch; or leave it to the next."""
    if s[COUNT + side] > 0 and not chance(s, r, p[REFILL]):
        return
    push_best(s, side, target(s, side), pick(s, p, r, LEVEL_LOTS))
    at = slot(s, side, 0)
    write(s, o, DELTA | (side * SIDE_BIT), s[at], s[at + RING])
    for depth in range(1, min(HOLES, s[COUNT + side])):
        open_level(s, p, r, o, side, depth)


def stir(s: Ints, p: Ints, r: Ints, o: Ints, side: int) -> None:
    """Change levels behind the touch: sizes mostly, now and then a level comes or goes."""
    for _ in range(1 + (draw(s, r) & 3)):
        depth = 1 + draw(s, r) % (s[COUNT + side] - 1)
        lot = draw(s, r) & 7
        if lot == 0 and s[COUNT + side] > p[LEVELS_KEPT]:
            close_level(s, o, side, depth)
        elif lot < 3 and s[COUNT + side] < p[LEVELS_KEPT] + 4:
            open_level(s, p, r, o, side, depth)
        else:
            resize(s, o, side, depth, resized(s, p, r, side, depth))


def pay_funding(s: Ints, p: Ints, r: Ints, o: Ints) -> None:
    """Write the funding rate, with the mid as the mark."""
    s[NEXT_FUNDING] += p[FUNDING_NS]
    rate = p[FUNDING_RATE] + draw(s, r) % (2 * p[FUNDING_SPAN] + 1) - p[FUNDING_SPAN]
    if p[FUNDING_RATE] != 0 or p[FUNDING_SPAN] != 0:
        write(s, o, FUNDING | LAST, s[PRICE] >> 8, rate)
