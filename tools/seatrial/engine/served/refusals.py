"""What the venue says no with: its numbers, its words, and which refusal of the exchange is which."""

from ..exchange import layout as L  # noqa: N812  (the layout's names are its vocabulary)

PARAMS, STALE, BAD_KEY, BAD_SIGN, TOO_MANY, NO_PATH, SERVER = 10001, 10002, 10003, 10004, 10006, 10017, 10016
NO_ORDER, BAD_PRICE, NO_FUNDS, ENDED = 110001, 110003, 110007, 110008
NOT_REDUCING, TOO_MANY_ORDERS, NO_HEDGE, SAME_MODE, SAME_LEVERAGE = 110017, 110020, 110029, 110025, 110043
BAD_AMEND, DUPLICATE_LINK, SMALL = 110064, 110072, 110094
SAME_ORDER = 10001

# The spot book has its own numbers for the same things.
SPOT = {
    NO_ORDER: (170213, "Order does not exist."),
    NO_FUNDS: (170131, "Insufficient balance."),
    DUPLICATE_LINK: (170141, "Duplicate clientOrderId"),
    SMALL: (170140, "Order value exceeded lower limit."),
    TOO_MANY_ORDERS: (170210, "New order rejected: too many open orders."),
}
WORDS = {
    NO_ORDER: "order not exists or too late to cancel",
    BAD_PRICE: "Order price is out of permissible range",
    NO_FUNDS: "ab not enough for new order",
    ENDED: "Order has been finished or canceled",
    NOT_REDUCING: "Reduce-only rule not satisfied",
    TOO_MANY_ORDERS: f"You have too many active orders: this exchange holds {L.MAX_ORDERS}",
    BAD_AMEND: "The number of contracts modified cannot be less than or equal to the filled quantity",
    DUPLICATE_LINK: "OrderLinkedID is duplicate",
    SMALL: "Order does not meet minimum order value",
    TOO_MANY: "Too many visits. Exceeded the API Rate Limit.",
    SERVER: "Server error.",
    SAME_MODE: "Position mode is not modified",
    SAME_LEVERAGE: "leverage not modified",
    NO_HEDGE: "Hedge mode is not served: positions are one-way",
    BAD_KEY: "API key is invalid.",
    NO_PATH: "request path not found or request method is invalid",
}

# What the exchange refuses with an answer, and what it takes and then ends without a trade.
ANSWERED = {
    L.NO_MARGIN: NO_FUNDS,
    L.NOT_REDUCING: NOT_REDUCING,
    L.BELOW_MIN_NOTIONAL: SMALL,
    L.RATE_LIMITED: TOO_MANY,
    L.TOO_LATE: NO_ORDER,
    L.VENUE_REJECT: SERVER,
    L.VENUE_ERROR: SERVER,
    L.DISCONNECTED: SERVER,
    L.BAD_AMEND: BAD_AMEND,
}
REJECT_REASONS = {
    L.WOULD_CROSS: "EC_PostOnlyWillTakeLiquidity",
    L.NOT_FILLABLE: "EC_NoEnoughQtyToFill",
    L.NO_MARKET: "EC_NoImmediateQtyToFill",
    L.UNFILLED_REST: "EC_NoImmediateQtyToFill",
    L.SELF_TRADE: "EC_CancelBySMP",
    L.NOT_REDUCING: "EC_CancelForNoFullFill",
}


class Refusal(Exception):  # noqa: N818  (a refusal is the venue's answer, not a fault of this program)
    """The venue's no: a retCode and its words."""

    def __init__(self, code: int, words: str | None = None, status: int = 200) -> None:
        self.code, self.words, self.status = code, words or WORDS[code], status
        super().__init__(self.words)


def refusal(code: int, category: str) -> Refusal:
    """Return the refusal of a category: spot has numbers of its own."""
    if category == "spot" and code in SPOT:
        return Refusal(*SPOT[code])
    return Refusal(code)


def bad(field: str, why: str = "") -> Refusal:
    """Return the refusal of a parameter, naming it."""
    return Refusal(PARAMS, f"params error: {field} {why or 'invalid'}".strip())
