"""
Book streams: one snapshot, then deltas, numbered without a hole, at the venue's own pace.

The best level alone is told in snapshots only, and again after three quiet seconds under its old number.

A delta is what differs between two looks at the book, as on the venue: what came and went between
them nobody is told.
"""

from collections.abc import Callable
from typing import Any

import orjson

from ..grid import Grid
from .wire_faults import WireFaults

# Depth -> how often it is sent, in ns of market time.
PACE_NS = {1: 10_000_000, 50: 20_000_000, 200: 100_000_000, 500: 100_000_000, 1000: 200_000_000}
QUIET_NS = 3_000_000_000
Side = dict[int, int]
Look = Callable[[], tuple[list[tuple[int, int]], list[tuple[int, int]]]]


class BookStream:
    """One instrument's book at one depth."""

    def __init__(self, topic: str, symbol: str, grid: Grid, look: Look) -> None:
        self.topic, self._symbol, self._grid, self._look = topic, symbol, grid, look
        self._best_only = topic.startswith("orderbook.1.")
        self.u = 0
        self.due_ns = self._told_ns = 0
        self._sides: tuple[Side, Side] = ({}, {})

    def snapshot(self, stamps: tuple[int, int, int], *, fresh: bool) -> bytes:
        """Return the whole book as last told, or as it is now if nobody listened until now (`fresh`)."""
        if fresh:
            bids, asks = self._look()
            self._sides = dict(bids), dict(asks)
            self.u += 1
        return self._snapshot(stamps)

    def _snapshot(self, stamps: tuple[int, int, int]) -> bytes:
        told = [self._told(side, sorted(side, reverse=at == 0)) for at, side in enumerate(self._sides)]
        return self._message("snapshot", told, stamps)

    def update(self, stamps: tuple[int, int, int], faults: WireFaults, now_ns: int) -> bytes | None:
        """Return what has changed since the last look, None when nothing has (or it was lost)."""
        looked = [dict(side) for side in self._look()]
        if faults.faults:
            self._cross(looked, faults, now_ns)
        changes = [
            _changes(was, now, falling=at == 0)
            for at, (was, now) in enumerate(zip(self._sides, looked, strict=True))
        ]
        if not any(changes):
            return self._again(stamps, now_ns)
        self._told_ns = now_ns
        self._sides = looked[0], looked[1]
        self.u += 1
        if faults.faults and faults.strikes("sequence_gap", now_ns):
            faults.bit("sequence_gap", {"topic": self.topic, "u": self.u})
            return None
        if self._best_only:
            return self._snapshot(stamps)
        told = [self._told(looked[at], prices) for at, prices in enumerate(changes)]
        return self._message("delta", told, stamps)

    def _again(self, stamps: tuple[int, int, int], now_ns: int) -> bytes | None:
        """Return the best level once more when it has been quiet for long."""
        self._told_ns = self._told_ns or now_ns
        if not self._best_only or now_ns - self._told_ns < QUIET_NS:
            return None
        self._told_ns = now_ns
        return self._snapshot(stamps)

    def _cross(self, looked: list[Side], faults: WireFaults, now_ns: int) -> None:
        """Show a bid above the best ask, if that fault strikes; the next look takes it away again."""
        if looked[1] and faults.strikes("crossed", now_ns):
            px = min(looked[1]) + 1
            looked[0][px] = 1
            faults.bit("crossed", {"topic": self.topic, "bid": self._grid.price(px)})

    def _told(self, side: Side, prices: list[int]) -> list[list[str]]:
        grid = self._grid
        return [[grid.price(px), grid.qty(side.get(px, 0))] for px in prices]

    def _message(self, kind: str, told: list[list[list[str]]], stamps: tuple[int, int, int]) -> bytes:
        ts, cts, seq = stamps
        data: dict[str, Any] = {"s": self._symbol, "b": told[0], "a": told[1], "u": self.u, "seq": seq}
        return orjson.dumps({"topic": self.topic, "type": kind, "ts": ts, "data": data, "cts": cts})


def _changes(was: Side, now: Side, *, falling: bool) -> list[int]:
    """Return the prices whose size differs, best first."""
    if was == now:
        return []
    changed = [px for px, qty in now.items() if was.get(px) != qty]
    changed += [px for px in was if px not in now]
    return sorted(changed, reverse=falling)
