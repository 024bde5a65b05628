"""
The synthetic market's loop: one message after the other, in integers only.

A price that rests and then moves in lumps; orders that come in streaks, take what rests at the
touch and, sometimes, push the price; a book of levels that follows the price with a lag. Every
random number is taken from the stream the caller gives, so the rows depend on nothing else.

Arrays, all of int64: `s` state, `p` parameters and tables, `r` random numbers below 2^63, `o`
rows of four (ts, code, px, qty). The price is held in 1/256 ticks, chances in 1/2^32, tables have
256 equally likely entries. A side's levels are a ring: the best one last, the deepest first.
"""

from typing import Protocol

from ..model.tape import CLEAR, DELTA, FUNDING, LAST, SIDE_BIT, SNAPSHOT, TRADE

KERNEL = True


class Ints(Protocol):
    """A one-dimensional array of integers as a kernel sees it, in either form."""

    def __len__(self) -> int: ...
    def __getitem__(self, at: int, /) -> int: ...
    def __setitem__(self, at: int, value: int, /) -> None: ...


# state
NEXT_TRADE, NEXT_BOOK, NEXT_STEP, NEXT_FUNDING, UNTIL = 0, 1, 2, 3, 4
RANDOM_AT, ROWS, REGIME, STEPS, PRICE = 5, 6, 7, 8, 9
PENDING, SPREAD, SKEW, LAST_SIGN, MOVE_SIGN, NOW = 10, 11, 12, 13, 14, 15
COUNT, HEAD = 16, 18  # one of each per side
RING = 64
LEVELS = 32  # prices, then quantities, bid then ask
STATE_SIZE = LEVELS + 4 * RING

# parameters
LEVELS_KEPT, START_PRICE, STEP_NS, FUNDING_NS, FUNDING_RATE, FUNDING_SPAN = 0, 1, 2, 3, 4, 5
REPEAT_SIGN, MOMENTUM, IMPACT, TRANSIENT, REVERSAL = 6, 7, 8, 9, 10
RESPREAD, REFILL, TOUCH_SHARE, REDRAW, REACTION_NS, PARENT_LOTS = 11, 12, 13, 14, 15, 16
BEYOND = 17
TRADE_MEAN_NS, BOOK_MEAN_NS, MOVE_CHANCE, CHANGE = 24, 28, 32, 36  # four regimes; CHANGE is 4 x 4
TABLES = 64
TRADE_GAP, BOOK_GAP, PRINTS, PRINT_LOTS = TABLES, TABLES + 256, TABLES + 512, TABLES + 768
LEVEL_LOTS = TABLES + 1024  # four bands of depth: touch, 1-2, 3-6, deeper
TOUCH_GAP, LEVEL_GAP, SPREADS, MOVES = TABLES + 2048, TABLES + 2304, TABLES + 2560, TABLES + 2816
PARAMETERS_SIZE = TABLES + 3072

NEED_RANDOM, NEED_ROOM = 512, 512  # more than one message can take
MAX_PRINTS = 64
HOLES = 6  # so many levels behind a new touch are looked at for holes
STEPS_PER_S = 5


def advance(s: Ints, p: Ints, r: Ints, o: Ints) -> int:
    """Run until `s[UNTIL]`; return 1 when there, 0 when more random numbers or room are needed."""
    while True:
        if s[RANDOM_AT] > len(r) - NEED_RANDOM or s[ROWS] * 4 > len(o) - NEED_ROOM * 4:
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
    s[NEXT_TRADE] = s[NOW] + gap(s, p, r, TRADE_GAP, TRADE_MEAN_NS)
    s[NEXT_BOOK] = s[NOW] + gap(s, p, r, BOOK_GAP, BOOK_MEAN_NS)
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
    if chance(s, r, p[MOVE_CHANCE + s[REGIME]]):
        if not chance(s, r, p[MOMENTUM]):
            s[MOVE_SIGN] = sign(s, r)
        shift(s, p, s[MOVE_SIGN] * pick(s, p, r, MOVES))
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
    s[NEXT_TRADE] = s[NOW] + gap(s, p, r, TRADE_GAP, TRADE_MEAN_NS)
    if not chance(s, r, p[REPEAT_SIGN]):
        s[LAST_SIGN] = sign(s, r)
    side = 1 if s[LAST_SIGN] > 0 else 0
    taken = print_trades(s, p, r, o, side)
    fill_depth(s, p, r, o, side)
    end_message(s, o)
    push_price(s, p, r, taken)
    react(s, p, r)


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
    """Let an order move the price: the larger, the likelier; part of the moves will be undone."""
    weight, rest = 1, taken
    while rest > p[PARENT_LOTS] and weight < 8:
        rest >>= 2
        weight += 1
    if not chance(s, r, p[IMPACT] * weight):
        return
    way = s[LAST_SIGN]
    by = way * pick(s, p, r, MOVES)
    shift(s, p, by)
    s[MOVE_SIGN] = way
    if chance(s, r, p[TRANSIENT]):
        s[PENDING] += by


def requote(s: Ints, p: Ints, r: Ints, o: Ints) -> None:
    """One message of the book: go where the price is, or else change some sizes."""
    s[NEXT_BOOK] = s[NOW] + gap(s, p, r, BOOK_GAP, BOOK_MEAN_NS)
    before = s[ROWS]
    for side in range(2):
        goal = target(s, side)
        way = 1 - 2 * side
        while s[COUNT + side] > 0 and s[slot(s, side, 0)] * way > goal * way:
            delete_best(s, o, side)
    for side in range(2):
        goal = target(s, side)
        away = s[COUNT + side] == 0 or s[slot(s, side, 0)] != goal
        if away and (s[COUNT + side] == 0 or chance(s, r, p[REFILL])):
            push_best(s, side, goal, pick(s, p, r, LEVEL_LOTS))
            write(s, o, DELTA | (side * SIDE_BIT), goal, s[slot(s, side, 0) + RING])
            for depth in range(1, min(HOLES, s[COUNT + side])):
                open_level(s, p, r, o, side, depth)
        fill_depth(s, p, r, o, side)
    if s[ROWS] == before:
        side = draw(s, r) & 1
        if chance(s, r, p[TOUCH_SHARE]):
            resize(s, o, side, 0, resized(s, p, r, side, 0))
        else:
            stir(s, p, r, o, side)
    end_message(s, o)


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


def resized(s: Ints, p: Ints, r: Ints, side: int, depth: int) -> int:
    """Return a level's next size: an order came or left, or the level was made anew."""
    old = s[slot(s, side, depth) + RING]
    if chance(s, r, p[REDRAW]):
        return pick(s, p, r, LEVEL_LOTS + 256 * band(depth))
    change = pick(s, p, r, PRINT_LOTS) * sign(s, r)
    return old + change if old + change > 0 else old + abs(change)


def fill_depth(s: Ints, p: Ints, r: Ints, o: Ints, side: int) -> None:
    """Keep the number of levels: the far end grows and is cut as the touch moves."""
    while s[COUNT + side] < p[LEVELS_KEPT]:
        if s[COUNT + side] == 0:
            push_best(s, side, target(s, side), pick(s, p, r, LEVEL_LOTS))
        else:
            push_deepest(s, p, r, side)
        at = slot(s, side, s[COUNT + side] - 1)
        write(s, o, DELTA | (side * SIDE_BIT), s[at], s[at + RING])
    while s[COUNT + side] > p[LEVELS_KEPT] + 4:
        write(s, o, DELTA | (side * SIDE_BIT), s[slot(s, side, s[COUNT + side] - 1)], 0)
        s[HEAD + side] = (s[HEAD + side] + 1) % RING
        s[COUNT + side] -= 1


def pay_funding(s: Ints, p: Ints, r: Ints, o: Ints) -> None:
    """Write the funding rate, with the mid as the mark."""
    s[NEXT_FUNDING] += p[FUNDING_NS]
    rate = p[FUNDING_RATE] + draw(s, r) % (2 * p[FUNDING_SPAN] + 1) - p[FUNDING_SPAN]
    if p[FUNDING_RATE] != 0 or p[FUNDING_SPAN] != 0:
        write(s, o, FUNDING | LAST, s[PRICE] >> 8, rate)


def target(s: Ints, side: int) -> int:
    """Return the price at which a side should rest now, in ticks."""
    bid = (s[PRICE] - s[SPREAD] * s[SKEW]) >> 8
    return bid if side == 0 else bid + s[SPREAD]


def slot(s: Ints, side: int, depth: int) -> int:
    """Return where a level's price is kept, `depth` levels behind the best; its size is `RING` on."""
    return LEVELS + side * 2 * RING + (s[HEAD + side] + s[COUNT + side] - 1 - depth) % RING


def push_best(s: Ints, side: int, price: int, lots: int) -> None:
    """Add a level at the touch."""
    s[COUNT + side] += 1
    at = slot(s, side, 0)
    s[at], s[at + RING] = price, lots


def push_deepest(s: Ints, p: Ints, r: Ints, side: int) -> None:
    """Add a level at the far end."""
    depth = s[COUNT + side]
    table = TOUCH_GAP if depth == 1 else LEVEL_GAP
    price = s[slot(s, side, depth - 1)] - (1 - 2 * side) * pick(s, p, r, table)
    s[HEAD + side] = (s[HEAD + side] - 1) % RING
    s[COUNT + side] += 1
    at = slot(s, side, depth)
    s[at], s[at + RING] = price, pick(s, p, r, LEVEL_LOTS + 256 * band(depth))


def delete_best(s: Ints, o: Ints, side: int) -> None:
    """Remove the touch."""
    write(s, o, DELTA | (side * SIDE_BIT), s[slot(s, side, 0)], 0)
    s[COUNT + side] -= 1


def open_level(s: Ints, p: Ints, r: Ints, o: Ints, side: int, depth: int) -> None:
    """Put a level into the hole in front of another, if the distances of levels leave room for one."""
    way = 1 - 2 * side
    table = TOUCH_GAP if depth == 1 else LEVEL_GAP
    # The larger of two: holes are found in proportion to their size, which alone would fill them all.
    away = max(pick(s, p, r, table), pick(s, p, r, table))
    price = s[slot(s, side, depth - 1)] - way * away
    if price * way <= s[slot(s, side, depth)] * way:
        return
    s[COUNT + side] += 1
    for nearer in range(depth):
        to, source = slot(s, side, nearer), slot(s, side, nearer + 1)
        s[to], s[to + RING] = s[source], s[source + RING]
    at = slot(s, side, depth)
    s[at], s[at + RING] = price, pick(s, p, r, LEVEL_LOTS + 256 * band(depth))
    write(s, o, DELTA | (side * SIDE_BIT), price, s[at + RING])


def close_level(s: Ints, o: Ints, side: int, depth: int) -> None:
    """Remove a level behind the touch."""
    write(s, o, DELTA | (side * SIDE_BIT), s[slot(s, side, depth)], 0)
    for nearer in range(depth, 0, -1):
        to, source = slot(s, side, nearer), slot(s, side, nearer - 1)
        s[to], s[to + RING] = s[source], s[source + RING]
    s[COUNT + side] -= 1


def resize(s: Ints, o: Ints, side: int, depth: int, lots: int) -> None:
    """Set a level's size."""
    at = slot(s, side, depth)
    if s[at + RING] != lots:
        s[at + RING] = lots
        write(s, o, DELTA | (side * SIDE_BIT), s[at], lots)


def band(depth: int) -> int:
    """Return the band of depth whose sizes a level has."""
    if depth < 3:
        return 0 if depth == 0 else 1
    return 2 if depth < 7 else 3


def gap(s: Ints, p: Ints, r: Ints, table: int, means: int) -> int:
    """Return a time to the next message, in nanoseconds (at least 1 microsecond)."""
    return 1_000 + ((pick(s, p, r, table) * p[means + s[REGIME]]) >> 10)


def write(s: Ints, o: Ints, code: int, price: int, lots: int) -> None:
    """Append a row."""
    at = s[ROWS] * 4
    o[at], o[at + 1], o[at + 2], o[at + 3] = s[NOW], code, price, lots
    s[ROWS] += 1


def end_message(s: Ints, o: Ints) -> None:
    """Mark the newest row as the end of its message."""
    if s[ROWS] > 0:
        o[s[ROWS] * 4 - 3] |= LAST


def draw(s: Ints, r: Ints) -> int:
    """Return the next random number, 0 to 2^63 - 1."""
    value = r[s[RANDOM_AT]]
    s[RANDOM_AT] += 1
    return value


def pick(s: Ints, p: Ints, r: Ints, table: int) -> int:
    """Return one of a table's 256 entries."""
    return p[table + (draw(s, r) >> 55)]


def chance(s: Ints, r: Ints, of_two_to_the_32: int) -> bool:
    """Return whether something of that chance happens."""
    return (draw(s, r) >> 31) < of_two_to_the_32


def sign(s: Ints, r: Ints) -> int:
    """Return 1 or -1."""
    return 1 - 2 * (draw(s, r) & 1)
