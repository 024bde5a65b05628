"""
What ccxt does not say about its exchanges: where a list ends, what an amend is, what a switch does.

An exchange that is not in the table gets the careful default: a list that could be a first page is
incomplete, an amend is refused (ccxt makes a cancel and a new order of it where the venue has
none), and a dead-man's switch is believed only where ccxt has one.
"""

import re
from dataclasses import dataclass, field

# The smallest page that an exchange answers with when it is not asked for more.
SMALLEST_PAGE = 20
MOST_SPANS = 60


@dataclass(frozen=True)
class Traits:
    """
    One exchange's ways.

    `page` is how many rows one request can bring, `cursor` the key of the next page in the first
    row; `everything`: open orders are never cut. `by_settle`: account-wide requests want a
    settlement currency. `lists_only`: one order is found in lists, by the given client-id key.
    `span_ms`: a list of executions reaches no further than so long after its start.
    """

    page: int | None = None
    cursor: str | None = None
    everything: bool = False
    by_settle: bool = False
    lists_only: str | None = None
    amends: bool = False
    arms: bool = True
    span_ms: int | None = None
    client_id: re.Pattern[str] = re.compile(r"[A-Za-z0-9_-]{1,32}")
    options: dict[str, object] = field(default_factory=dict)

    def spans(self, since_ms: int, now_ms: int) -> tuple[list[tuple[int, dict[str, int]]], bool]:
        """Return the stretches that it takes to see everything since a moment, and whether they reach."""
        span = self.span_ms
        if span is None or now_ms - since_ms < span:
            return [(since_ms, {})], True
        oldest = max(since_ms, now_ms - span * MOST_SPANS)
        starts = range(oldest, now_ms, span)
        return [(start, {"until": min(start + span, now_ms)}) for start in starts], oldest == since_ms


DEFAULT = Traits()
TRAITS: dict[str, Traits] = {
    "bybit": Traits(
        page=50,
        cursor="nextPageCursor",
        by_settle=True,
        lists_only="orderLinkId",
        amends=True,
        # Its switch needs a private stream that subscribes to it and an account that it was enabled
        # for; the request that ccxt makes only sets the length of the window.
        arms=False,
        span_ms=7 * 86_400_000,
        client_id=re.compile(r"[A-Za-z0-9_-]{1,36}"),
    ),
    "okx": Traits(amends=True, client_id=re.compile(r"[A-Za-z0-9]{1,32}")),
    "binance": Traits(everything=True, client_id=re.compile(r"[.A-Za-z0-9_:/-]{1,36}")),
    "binanceusdm": Traits(everything=True, amends=True, client_id=re.compile(r"[.A-Za-z0-9_:/-]{1,36}")),
    "kraken": Traits(everything=True, client_id=re.compile(r"[A-Za-z0-9-]{1,36}")),
    "krakenfutures": Traits(everything=True, client_id=re.compile(r"[A-Za-z0-9_-]{1,100}")),
}


def traits_of(exchange: str) -> Traits:
    """Return what is known of an exchange."""
    return TRAITS.get(exchange, DEFAULT)
