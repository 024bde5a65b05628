"""
What the arrays of the synthetic market's loop hold, and where.

Arrays, all of int64: `s` state, `p` parameters and tables, `r` random numbers below 2^63, `o`
rows of four (ts, code, px, qty). The price is held in 1/256 ticks, chances in 1/2^32, tables have
256 equally likely entries. A side's levels are a ring: the best one last, the deepest first.
"""

from typing import Protocol

POINTERS = {"s": 64, "p": 64, "r": 64, "o": 64}

# state
NEXT_TRADE, NEXT_BOOK, NEXT_STEP, NEXT_FUNDING, UNTIL = 0, 1, 2, 3, 4
RANDOM_AT, ROWS, REGIME, STEPS, PRICE = 5, 6, 7, 8, 9
PENDING, SPREAD, SKEW, LAST_SIGN, MOVE_SIGN, NOW = 10, 11, 12, 13, 14, 15
COUNT, HEAD = 16, 18  # one of each per side
RANDOM_SIZE, ROOM = 20, 21  # how much the arrays hold
QUARTER, RUN, HOT, AHEAD, AHEAD_SIGN = 22, 23, 24, 25, 26
RING = 64
LEVELS = 32  # prices, then quantities, bid then ask
STATE_SIZE = LEVELS + 4 * RING

# parameters
LEVELS_KEPT, START_PRICE, STEP_NS, FUNDING_NS, FUNDING_RATE, FUNDING_SPAN = 0, 1, 2, 3, 4, 5
REPEAT_SIGN, MOMENTUM, IMPACT, TRANSIENT, REVERSAL = 6, 7, 8, 9, 10
RESPREAD, REFILL, TOUCH_SHARE, REDRAW, REACTION_NS, PARENT_LOTS = 11, 12, 13, 14, 15, 16
BEYOND, REPEAT_SHORT, GAP_MEMORY, FOLLOW, RUSH, RUSH_ORDERS = 17, 18, 19, 20, 21, 22
TRADE_MEAN_NS, BOOK_MEAN_NS, MOVE_CHANCE, CHANGE = 24, 28, 32, 36  # four regimes; CHANGE is 4 x 4
TABLES = 64
TRADE_GAP, BOOK_GAP, PRINTS, PRINT_LOTS = TABLES, TABLES + 256, TABLES + 512, TABLES + 768
LEVEL_LOTS = TABLES + 1024  # four bands of depth: touch, 1-2, 3-6, deeper
TOUCH_GAP, LEVEL_GAP, SPREADS, MOVES = TABLES + 2048, TABLES + 2304, TABLES + 2560, TABLES + 2816
PARAMETERS_SIZE = TABLES + 3072

NEED_RANDOM, NEED_ROOM = 512, 512  # more than one message can take
MAX_PRINTS = 64
MAX_RUN = 15
HOLES = 6  # so many levels behind a new touch are looked at for holes
STEPS_PER_S = 5


class Ints(Protocol):
    """A one-dimensional array of integers as a kernel sees it, in either form."""

    def __len__(self) -> int: ...
    def __getitem__(self, at: int, /) -> int: ...
    def __setitem__(self, at: int, value: int, /) -> None: ...
