"""A small market with a book, made of nothing but the time: for runs of the real engine."""

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from tests.dryrun.fakes import START_NS, FakeFeed

from seatrial.dryrun.seams import Seams
from seatrial.model.tape import ASK, BBO, BID, CLEAR, LAST, SIDE_BIT, SNAPSHOT, TRADE, Tape, tape_of

STEP_NS = 10**8
Row = tuple[int, int, int, int]


class Market(FakeFeed):
    """Ten books a second that swing by a few ticks, and a trade at the touch after most of them."""

    def window(self, from_ns: int, until_ns: int) -> Iterator[Tape]:
        """Yield the rows of a window, in tapes of 500."""
        rows: list[Row] = []
        for step in range(-(-(from_ns - START_NS) // STEP_NS), -(-(until_ns - START_NS) // STEP_NS)):
            rows += _rows(step)
            if len(rows) >= 500:
                yield tape_of(rows)
                rows = []
        yield tape_of(rows)

    def state(self) -> dict[str, Any]:
        """Return nothing: the rows follow from the time."""
        return {}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on."""


def _rows(step: int) -> list[Row]:
    ts = START_NS + step * STEP_NS
    noise = step * 2_654_435_761 >> 7
    bid = 600_000 + round(60 * math.sin(step / 40)) + noise % 3
    ask = bid + 1 + noise % 2
    rows = [(ts, BBO, bid, 2_000), (ts, BBO | SIDE_BIT | LAST, ask, 2_000)]
    if step == 0:
        levels = [
            (side, price) for depth in range(20) for side, price in ((BID, bid - depth), (ASK, ask + depth))
        ]
        book = [(ts, SNAPSHOT | (SIDE_BIT if side else 0), price, 2_000) for side, price in levels]
        rows = [(ts, CLEAR, 0, 0), *book[:-1], (ts, book[-1][1] | LAST, *book[-1][2:])]
    if noise % 5:
        sells = noise >> 3 & 1
        rows.append(
            (
                ts + 10**6,
                TRADE | LAST | (SIDE_BIT if sells else 0),
                bid if sells else ask,
                500 + noise % 4_000,
            )
        )
    return rows


def real_engine() -> Seams:
    """Return seams with the real engine and judge, on a small market, interpreted."""

    def open_feed(*_: object) -> Market:
        return Market()

    return replace(Seams(), open_feed=open_feed, utc_now_ns=lambda: START_NS)
