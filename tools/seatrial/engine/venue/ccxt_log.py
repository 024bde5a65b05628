"""
The account's log in Bybit's form, where funding is told with its sign.

The log tells seven days and fifty rows at a time; a stretch that was not read to its end is not
whole, and then nothing is proved by what is absent.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

PAGE = 50
PAGES_MAX = 200
Row = Mapping[str, Any]
Ask = Callable[[dict[str, Any]], Any]


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
