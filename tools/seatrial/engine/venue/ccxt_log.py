"""
The account's log in Bybit's form, where funding is told with its sign.

The log tells seven days and fifty rows at a time; a stretch that was not read to its end is not
whole, and then nothing is proved by what is absent.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from . import ccxt_read as read
from .ccxt_traits import Traits
from .port import Snapshot, VenueFunding

PAGE = 50
PAGES_MAX = 200
Row = Mapping[str, Any]
Ask = Callable[[dict[str, Any]], Any]


def funding_of(
    api: Any, traits: Traits, symbols: Sequence[str], since_ns: int, now_ns: int
) -> Snapshot[VenueFunding]:
    """Return the funding payments of some symbols since a moment."""
    spans, reached = traits.spans(since_ns // read.NS_PER_MS, now_ns // read.NS_PER_MS)
    rows, whole = settlements(getattr(api, str(traits.funding_log)), spans, now_ns // read.NS_PER_MS)
    wanted = [row for row in rows if row.get("symbol") in symbols]
    payments, readable = read.readable(wanted, read.funding)
    recent = tuple(one for one in payments if one.ts_ns >= since_ns and one.amount)
    return Snapshot(recent, reached and whole and readable, now_ns)


def settlements(
    ask: Ask, spans: Iterable[tuple[int, Mapping[str, int]]], now_ms: int
) -> tuple[list[Row], bool]:
    """Return every settlement of some stretches (from, parameters with `until`), and whether that is all."""
    rows: list[Row] = []
    whole = True
    for since_ms, until in spans:
        found, ended = _stretch(ask, since_ms, until.get("until", now_ms))
        rows += found
        whole &= ended
    return rows, whole


def _stretch(ask: Ask, since_ms: int, until_ms: int) -> tuple[list[Row], bool]:
    rows: list[Row] = []
    cursor = ""
    for _ in range(PAGES_MAX):
        wanted = {"type": "SETTLEMENT", "startTime": since_ms, "endTime": until_ms, "limit": PAGE}
        told = ask(wanted | ({"cursor": cursor} if cursor else {}))["result"]
        rows += told["list"]
        cursor = told.get("nextPageCursor") or ""
        if not cursor or not told["list"]:
            return rows, True
    return rows, False
