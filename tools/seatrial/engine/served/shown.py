"""
What everybody is shown of the market: depth, trades, candles, tickers, funding.

The book is the market's, without the client's own orders, as a strategy in process sees it too.
"""

from collections import deque
from decimal import Decimal
from typing import Any, NamedTuple

from ...model.tape import INSTRUMENT_SHIFT, SIDE_BIT
from ..exchange import layout as L  # noqa: N812  (the layout's names are its vocabulary)
from ..exchange.memory import Memory
from ..grid import Grid, money
from .bars import Bar, Bars
from .symbols import Symbols

TRADES_KEPT = 1_000
FUNDINGS_KEPT = 500
FIRST_LOOK = 256
HOUR_NS = 3_600 * 10**9
Level = tuple[int, int]


class Print(NamedTuple):
    """One trade of the market; side 1 is a selling taker."""

    number: int
    ts_ns: int
    side: int
    px: int
    qty: int
    seq: int
    direction: str


class Shown:
    """The public side of every instrument."""

    def __init__(self, symbols: Symbols, memory: Memory, grids: list[Grid]) -> None:
        self._memory, self._grids, self._symbols = memory, grids, symbols
        count = len(grids)
        self.trades: list[deque[Print]] = [deque(maxlen=TRADES_KEPT) for _ in range(count)]
        self.fresh: list[list[Print]] = [[] for _ in range(count)]
        self.bars = [Bars() for _ in range(count)]
        self.fundings: list[deque[tuple[int, str]]] = [deque(maxlen=FUNDINGS_KEPT) for _ in range(count)]
        self._numbers = [0] * count
        self._last = [0] * count
        self.streamed = False

    # -- what happens -------------------------------------------------------------------------------

    def traded(self, code: int, ts_ns: int, px: int, qty: int, seq: int) -> None:
        """Take in a trade of the market."""
        at, side = code >> INSTRUMENT_SHIFT, int(bool(code & SIDE_BIT))
        number = self._numbers[at] = self._numbers[at] + 1
        last = self._last[at]
        if px == last:
            direction = "ZeroPlusTick" if side == 0 else "ZeroMinusTick"
        else:
            direction = "PlusTick" if px > last else "MinusTick"
        found = Print(number, ts_ns, side, px, qty, seq, direction)
        self._last[at] = px
        self.trades[at].append(found)
        self.bars[at].add(ts_ns, px, qty)
        if self.streamed:
            self.fresh[at].append(found)

    def funded(self, instrument: int, ts_ns: int, told: dict[str, Any]) -> None:
        """Take in a funding settlement."""
        self.fundings[instrument].append((ts_ns, told["rate"]))

    # -- how it stands ------------------------------------------------------------------------------

    def last_price(self, instrument: int) -> str:
        """Return the price of the last trade, or the best bid, or nothing."""
        last = self._last[instrument] or self.best(instrument)[0][0]
        return self._grids[instrument].price(last) if last else ""

    def direction(self, instrument: int) -> str:
        """Return whether the last trade was above or below the one before it."""
        trades = self.trades[instrument]
        return trades[-1].direction if trades else "ZeroPlusTick"

    def best(self, instrument: int) -> tuple[Level, Level]:
        """Return best bid and ask as (ticks, lots), zeros where a side is empty."""
        regs = self._memory.regs
        if regs is None:
            return (0, 0), (0, 0)
        o = self._memory.at(instrument)
        bid, ask = regs[o + L.I_BID], regs[o + L.I_ASK]
        at = o + L.AT_LADDERS - regs[o + L.I_BASE]
        return (
            (bid, regs[at + bid] if bid > 0 else 0),
            (ask, regs[at + regs[L.SIZE] + ask] if ask > 0 else 0),
        )

    def depth(self, instrument: int, levels: int) -> tuple[list[Level], list[Level]]:
        """Return up to `levels` of bids and of asks, best first."""
        if self._memory.regs is None:
            return [], []
        return self._side(instrument, 0, levels), self._side(instrument, 1, levels)

    def _side(self, instrument: int, side: int, levels: int) -> list[Level]:
        import numpy as np

        memory, regs = self._memory, self._memory.regs
        o, size = memory.at(instrument), int(regs[L.SIZE])
        best = regs[o + (L.I_BID if side == 0 else L.I_ASK)]
        if best <= 0:
            return []
        base = int(regs[o + L.I_BASE])
        ladder = memory.array[o + L.AT_LADDERS + side * size :][:size]
        if side == 0:
            ladder = ladder[: best - base + 1][::-1]
            end = best - int(regs[o + L.I_LO_BID]) + 1
        else:
            ladder = ladder[best - base :]
            end = int(regs[o + L.I_HI_ASK]) - best + 1
        end = max(0, min(end, len(ladder)))
        # Near the touch a few hundred ticks hold what is asked for; a thin book is looked through whole.
        look = min(end, FIRST_LOOK)
        found = np.flatnonzero(ladder[:look])
        while len(found) < levels and look < end:
            look = min(end, look * 8)
            found = np.flatnonzero(ladder[:look])
        found = found[:levels]
        prices = best - found if side == 0 else best + found
        return list(zip(prices.tolist(), ladder[found].tolist(), strict=True))

    def book_ns(self, instrument: int) -> int:
        """Return when the book last changed, in market time."""
        regs = self._memory.regs
        return 0 if regs is None else int(regs[self._memory.at(instrument) + L.I_LAST_TS])

    def turnover(self, instrument: int, bar: Bar) -> str:
        """Return a candle's turnover in quote coins (base coins for an inverse contract)."""
        own = self._symbols.instruments[instrument]
        size = own.lot_size * own.contract_size
        if self._symbols.names[instrument][0] == "inverse":
            # Value is size over price, and a candle knows its average price only.
            average = own.tick_size * Decimal(bar.turnover) / bar.lots if bar.lots else Decimal(1)
            return money(round(size * bar.lots / average, 8))
        return money(size * own.tick_size * bar.turnover)

    def ticker(self, instrument: int, now_ns: int, mid2: int) -> dict[str, str]:
        """Return the fields that the tickers of all categories share."""
        grid, bars = self._grids[instrument], self.bars[instrument]
        (bid, bid_qty), (ask, ask_qty) = self.best(instrument)
        day, last = bars.day(now_ns), self.last_price(instrument)
        before = bars.close_before(now_ns - 24 * HOUR_NS)
        ratio = Decimal(self._last[instrument] - before) / before if before else Decimal(0)
        mark = grid.mid(mid2) or last
        return {
            "lastPrice": last,
            "bid1Price": grid.price(bid) if bid else "",
            "bid1Size": grid.qty(bid_qty),
            "ask1Price": grid.price(ask) if ask else "",
            "ask1Size": grid.qty(ask_qty),
            "prevPrice24h": grid.price(before) if before else last,
            "price24hPcnt": f"{ratio:.6f}",
            "highPrice24h": grid.price(day.high) if day else last,
            "lowPrice24h": grid.price(day.low) if day else last,
            "turnover24h": self.turnover(instrument, day) if day else "0",
            "volume24h": grid.qty(day.lots) if day else "0",
            "markPrice": mark,
            "indexPrice": mark,
            "prevPrice1h": grid.price(bars.close_before(now_ns - HOUR_NS) or 0) if before else last,
        }
