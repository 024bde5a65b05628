"""
Where everything lives in the exchange's memory: one flat int64 array, shared with the kernel.

One array means one argument, so a wake-up of a bot in plain Python costs one cheap call, a saved
state is one copy, and the compiled and the interpreted kernel see the very same bits.

    [ globals | orders | requests | events | marks | jitter | instrument 0 | instrument 1 | ... ]

An instrument is its registers followed by a dense ladder of bid sizes and one of ask sizes,
indexed by price in ticks minus `I_BASE`.
"""

from collections.abc import MutableSequence

Cells = MutableSequence[int]

# Reasons for which the kernel hands back control.
END, TIMER, DELIVERY, TOUCH, TRADED, OUTBOX_FULL, RECENTRE, SAMPLED = range(8)

# Globals.
(
    NOW,
    REASON,
    CURSOR,
    ROW_BASE,
    UNTIL,
    STOP,
    NEXT_TIMER,
    TIMER_NS,
    NEXT_DUE,
    NEXT_DELIVERY,
    NEXT_MARK,
    WAKE_TOUCH,
    WAKE_TRADE,
    QUIET_TIMER,
    MOVED,
    N_EVENTS,
    N_REQUESTS,
    NEXT_ORDER_ID,
    LAT_OUT,
    LAT_BACK,
    JITTER_AT,
    HOLD_UNTIL,
    RATE_LIMIT,
    RATE_SECOND,
    RATE_COUNT,
    OPTIMISTIC,
    STP,
    COLLAR_PPM,
    STALE_NS,
    LAST_INSTRUMENT,
    N_INSTRUMENTS,
    ORDERS_USED,
    FILL_ID,
    MARKS_HEAD,
    MARKS_DROPPED,
    LEVERAGE_MILLI,
    STRIDE,
    SIZE,
    INTENDED,
    WAKES,
    LAST_SLOT,
    DRAIN,
    MARK_AT,
) = range(43)
N_HORIZONS = 6
HORIZONS_NS = (100_000_000, 1_000_000_000, 5_000_000_000, 15_000_000_000, 60_000_000_000, 300_000_000_000)
# MARK_AT is the first of N_HORIZONS cursors into the ring of fills that wait for their mark-outs.
# A compiled strategy's own moments of telling what it sees, and how much it did since.
SAMPLE_NS, NEXT_SAMPLE, ACTIONS = 48, 49, 50
# A wake-up that a move of the ladders put off, and the price around which they are to move.
OWED, FAR_PX = 51, 52
N_GLOBALS = 64
N_USER = 64

# Orders: a slot each, free when O_STATE is FREE.
(
    O_STATE,
    O_ID,
    O_INSTRUMENT,
    O_SIDE,
    O_PX,
    O_QTY,
    O_LEAVES,
    O_AHEAD,
    O_TIF,
    O_FLAGS,
    O_TYPE,
    O_INTENDED,
    O_RESTED_AT,
    O_MET_ROW,
    O_MID2,
    O_PRINTED,
) = range(16)
ORDER_WIDTH = 16
MAX_ORDERS = 256
FREE, PENDING, RESTING = 0, 1, 2
GTC, IOC, FOK, POST_ONLY = 0, 1, 2, 3
LIMIT, MARKET = 0, 1
REDUCE_ONLY, MUTE, DUPLICATE_ACK = 1, 2, 4

# Requests on their way to the exchange.
Q_ARRIVES, Q_KIND, Q_SLOT, Q_ORDER_ID, Q_PX, Q_QTY, Q_FORCED, Q_INTENDED, Q_INSTRUMENT = range(9)
REQUEST_WIDTH = 9
MAX_REQUESTS = 512
NEW, CANCEL, AMEND = 1, 2, 3

# Events: what happened at the exchange, for the record and for the bot.
(
    E_TS,
    E_KIND,
    E_INSTRUMENT,
    E_SLOT,
    E_ORDER_ID,
    E_SIDE,
    E_PX,
    E_QTY,
    E_LEAVES,
    E_REASON,
    E_AHEAD_BEFORE,
    E_AHEAD_AFTER,
    E_ROW,
    E_ROW_CODE,
    E_ROW_PX,
    E_ROW_QTY,
    E_DELIVER,
    E_MID2,
    E_FLAGS,
    E_INTENDED,
    E_FILL_ID,
    E_POSITION,
    E_AGE,
    E_MAKER,
    E_TYPE,
    E_TIF,
    E_DECISION_MID2,
    E_QTY_ORDER,
) = range(28)
EVENT_WIDTH = 28
E_MIDS = E_SIDE  # of a MARKOUT event: N_HORIZONS mids (twice, 0 missing) from here
MAX_EVENTS = 8_192
# One row or request makes at most two events for each own order, and two for each level swept.
EVENT_ROOM = 1_200
SWEEP_LEVELS = 300
(
    ACCEPTED,
    REJECTED,
    CANCELED,
    CANCEL_REJECTED,
    AMENDED,
    AMEND_REJECTED,
    FILL,
    EXPIRED,
    FUNDED,
    GAP_OPENED,
    GAP_CLOSED,
    MARKOUT,
    ACCEPTED_AGAIN,
    SUBMITTED,
    CANCEL_ASKED,
    AMEND_ASKED,
) = range(1, 17)

# Why: of a fill, and of a refusal.
TRADE_THROUGH, QUEUE_CLEARED, BOOK_CROSS, MARKETABLE = 1, 2, 3, 4
(
    WOULD_CROSS,
    NO_MARGIN,
    NOT_REDUCING,
    SELF_TRADE,
    RATE_LIMITED,
    BELOW_MIN_NOTIONAL,
    NOT_FILLABLE,
    NO_MARKET,
    TOO_LATE,
    UNFILLED_REST,
    VENUE_REJECT,
    VENUE_ERROR,
    DISCONNECTED,
    BAD_AMEND,
) = range(10, 24)

# The ring of fills that wait for their mark-outs.
M_TS, M_INSTRUMENT, M_FILL_ID, M_MIDS = 0, 1, 2, 3
MARK_WIDTH = M_MIDS + N_HORIZONS
MAX_MARKS = 8_192

N_JITTER = 4_096

AT_USER = N_GLOBALS  # a compiled strategy's own cells, kept and saved with the rest
AT_ORDERS = AT_USER + N_USER
AT_REQUESTS = AT_ORDERS + MAX_ORDERS * ORDER_WIDTH
AT_EVENTS = AT_REQUESTS + MAX_REQUESTS * REQUEST_WIDTH
AT_MARKS = AT_EVENTS + MAX_EVENTS * EVENT_WIDTH
AT_JITTER = AT_MARKS + MAX_MARKS * MARK_WIDTH
AT_INSTRUMENTS = AT_JITTER + N_JITTER

# Registers of an instrument. Prices are 0 when there is none.
(
    I_BASE,
    I_BID,
    I_ASK,
    I_LAST_TS,
    I_IN_GAP,
    I_WAS_CUT,
    I_POSITION,
    I_CASH,
    I_INVERSE,
    I_LO_BID,
    I_HI_ASK,
    I_OWN_BID_HI,
    I_OWN_BID_LO,
    I_OWN_ASK_HI,
    I_OWN_ASK_LO,
    I_SEEN_BID,
    I_SEEN_ASK,
    I_FAR,
    I_MIN_NOTIONAL,
    I_LAST_TRADE,
    I_EQUITY,
    I_OPEN_BID,
    I_OPEN_ASK,
    I_N_TAKEN,
    I_N_OWN_BIDS,
    I_N_OWN_ASKS,
) = range(26)
AT_TAKEN = 32
TAKEN_WIDTH = 3
MAX_TAKEN = 32
T_SIDE, T_PX, T_QTY = 0, 1, 2
AT_LADDERS = AT_TAKEN + MAX_TAKEN * TAKEN_WIDTH

# What I_WAS_CUT says until the next whole message: the book was cut off, or begins anew.
CUT, ANEW = 1, 2

INVERSE_SCALE = 10**12
FAR_AWAY = 2**31
NEVER = 2**62

# The user cells of the bundled compiled strategy.
ORDER_QTY, MAX_POSITION, BID_SLOT, ASK_SLOT = 0, 1, 2, 4

# Parameters of kernel functions that are arrays, and their width in bits.
POINTERS = {"mem": 64, "stamps": 64, "codes": 32, "prices": 32, "sizes": 64}
