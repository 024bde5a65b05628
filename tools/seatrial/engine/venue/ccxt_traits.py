"""
What ccxt does not say about its exchanges: where a list ends, what an amend is, what a switch does.

An exchange that is not in the table gets the careful default: a list that could be a first page is
incomplete, an amend is refused (ccxt makes a cancel and a new order of it where the venue has
none), and a dead-man's switch is believed only where ccxt has one.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

# The smallest page that an exchange answers with when it is not asked for more.
SMALLEST_PAGE = 20
MOST_SPANS = 60


@dataclass(frozen=True)
class Traits:
    """
    One exchange's ways.

    `page` is how many orders one request can bring, `cursor` the key of the next page in the first
    row; `everything`: open orders are never cut. `by_settle`: account-wide requests want a
    settlement currency. `lists_only`: one order is found in lists, by the given client-id key.
    `funding_log` is the method of the account's log, in Bybit's form, where funding is told with a sign.
    `dash` stands for the dashes of our client ids where a venue takes letters and digits only; our
    ids have no such letter. `trades` is how many executions one request can bring; `ascending`: it
    brings the oldest first, so that the next request goes on after them. `span_ms`: a list of
    executions reaches no further than so long after its start.
    """

    page: int | None = None
    cursor: str | None = None
    everything: bool = False
    by_settle: bool = False
    lists_only: str | None = None
    funding_log: str | None = None
    amends: bool = False
    arms: bool = True
    trades: int | None = None
    ascending: bool = False
    span_ms: int | None = 86_400_000
    client_id: re.Pattern[str] = re.compile(r"[A-Za-z0-9_-]{1,32}")
    dash: str = "-"
    options: dict[str, object] = field(default_factory=dict)

    def to_venue(self, client_id: str) -> str:
        """Return our id of an order as this venue takes it."""
        return client_id.replace("-", self.dash)

    def from_venue(self, client_id: str) -> str:
        """Return our id of an order from the venue's spelling of it."""
        return client_id.replace(self.dash, "-")

    def takes(self, client_id: str) -> bool:
        """Return whether an id arrives there and comes back as it was."""
        spelt = self.to_venue(client_id)
        return self.client_id.fullmatch(spelt) is not None and self.from_venue(spelt) == client_id

    def scopes(self, markets: Sequence[tuple[str, Mapping[str, Any]]]) -> list[tuple[str, dict[str, Any]]]:
        """Return a symbol and the parameters of each account-wide request that it takes to see all."""
        if not self.by_settle:
            return [(markets[0][0], {})]
        found: dict[tuple[object, ...], tuple[str, dict[str, Any]]] = {}
        for symbol, market in markets:
            kind = "inverse" if market.get("inverse") else "linear"
            params: dict[str, Any] = {"type": market["type"]}
            if market.get("contract"):
                params |= {"subType": kind, "settleCoin": market["settleId"]}
            found.setdefault((market["type"], kind, market.get("settleId")), (symbol, params))
        return list(found.values())

    def next_page(self, page: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """Return the parameters of the page after this one, none when it was the last."""
        cursors = (row["info"].get(self.cursor) for row in page)
        cursor = next((found for found in cursors if found), None)
        return {} if cursor is None else {"cursor": cursor}

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
        funding_log="privateGetV5AccountTransactionLog",
        amends=True,
        # Its switch needs a private stream that subscribes to it and an account that it was enabled
        # for; the request that ccxt makes only sets the length of the window.
        arms=False,
        trades=100,
        span_ms=7 * 86_400_000,
        client_id=re.compile(r"[A-Za-z0-9_-]{1,36}"),
    ),
    "okx": Traits(
        amends=True, trades=100, span_ms=None, dash="Z", client_id=re.compile(r"[A-Za-z0-9]{1,32}")
    ),
    "binance": Traits(
        everything=True,
        trades=1_000,
        ascending=True,
        client_id=re.compile(r"[.A-Za-z0-9_:/-]{1,36}"),
    ),
    "binanceusdm": Traits(
        everything=True,
        amends=True,
        trades=1_000,
        ascending=True,
        span_ms=7 * 86_400_000,
        client_id=re.compile(r"[.A-Za-z0-9_:/-]{1,36}"),
    ),
    "kraken": Traits(everything=True, trades=50, client_id=re.compile(r"[A-Za-z0-9-]{1,36}")),
    "krakenfutures": Traits(everything=True, trades=100, client_id=re.compile(r"[A-Za-z0-9_-]{1,100}")),
}


def traits_of(exchange: str) -> Traits:
    """Return what is known of an exchange."""
    return TRAITS.get(exchange, DEFAULT)
