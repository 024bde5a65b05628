"""The synthetic market's book: levels come, change and go, and each change is a row."""

from ..model.tape import DELTA, LAST, SIDE_BIT
from .layout import (
    COUNT,
    HEAD,
    LEVEL_GAP,
    LEVEL_LOTS,
    LEVELS,
    LEVELS_KEPT,
    NOW,
    PRICE,
    PRINT_LOTS,
    RANDOM_AT,
    REDRAW,
    RING,
    ROWS,
    SKEW,
    SPREAD,
    TOUCH_GAP,
    Ints,
)

KERNEL = True


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


def band(depth: int) -> int:
    """Return the band of depth whose sizes a level has."""
    if depth < 3:
        return 0 if depth == 0 else 1
    return 2 if depth < 7 else 3


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
