"""Requests that anybody may make: time, instruments, book, tickers, trades, candles, funding."""

from collections.abc import Iterable
from decimal import Decimal

from .answers import Fields, moment_ms, whole_number
from .bars import INTERVALS
from .clock import VenueClock
from .refusals import bad
from .symbols import must_be_category
from .tickets import text
from .venue import Venue

LEVERAGE_MAX = 100
FUNDING_NS = 8 * 3_600 * 10**9
DEPTHS = {"spot": (1, 200), "linear": (25, 500), "inverse": (25, 500)}


class Public:
    """Answers from the market as it stands."""

    def __init__(self, venue: Venue, clock: VenueClock) -> None:
        self.venue, self.clock = venue, clock

    def time(self, _: Fields) -> Fields:
        """Return the venue's time."""
        now_ms = self.clock.time_ms()
        return {"timeSecond": str(now_ms // 1_000), "timeNano": str(now_ms * 1_000_000)}

    def instruments(self, fields: Fields) -> Fields:
        """Return the rules of the instruments."""
        category = text(fields, "category")
        wanted = self._wanted(category, fields)
        most = max(self.venue.profile.exchange.leverage, Decimal(LEVERAGE_MAX))
        rows = [self.venue.symbols.facts(at, most) for at in wanted]
        return {"category": category, "list": rows, "nextPageCursor": ""}

    def orderbook(self, fields: Fields) -> Fields:
        """Return the book to a depth."""
        category = text(fields, "category")
        at = self.venue.symbols.index(category, text(fields, "symbol"))
        levels = whole_number(fields, "limit", *DEPTHS[category])
        return {
            **self.book(at, levels),
            "ts": self.clock.shown_ms(self.venue.now_ns),
            "u": self.seq(),
            "seq": self.seq(),
            "cts": self.clock.shown_ms(self.venue.shown.book_ns(at)),
        }

    def book(self, at: int, levels: int) -> Fields:
        """Return symbol, bids and asks."""
        grid = self.venue.scribe.grids[at]
        bids, asks = self.venue.shown.depth(at, levels)
        told = [[[grid.price(px), grid.qty(qty)] for px, qty in side] for side in (bids, asks)]
        return {"s": self.venue.symbols.names[at][1], "b": told[0], "a": told[1]}

    def seq(self) -> int:
        """Return the number of the last market event."""
        return self.venue.counts.events

    def tickers(self, fields: Fields) -> Fields:
        """Return the day's figures of one symbol or of all."""
        category = text(fields, "category")
        return {"category": category, "list": [self.ticker(at) for at in self._wanted(category, fields)]}

    def ticker(self, at: int) -> dict[str, str]:
        """Return one instrument's figures in its category's fields."""
        venue = self.venue
        category, symbol = venue.symbols.names[at]
        found = venue.shown.ticker(at, venue.now_ns, venue.known_mid2(at))
        if category == "spot":
            for name in ("markPrice", "indexPrice", "prevPrice1h"):
                del found[name]
            return {"symbol": symbol, **found, "usdIndexPrice": ""}
        rates = venue.shown.fundings[at]
        now = self.clock.shown_ms(venue.now_ns) * 1_000_000
        return {
            "symbol": symbol,
            **found,
            "tickDirection": venue.shown.direction(at),
            "openInterest": "0",
            "openInterestValue": "0",
            "fundingRate": rates[-1][1] if rates else "0",
            "nextFundingTime": str((now // FUNDING_NS + 1) * FUNDING_NS // 1_000_000),
            "fundingIntervalHour": "8",
            "fundingCap": "0.005",
            "predictedDeliveryPrice": "",
            "basisRate": "",
            "deliveryFeeRate": "",
            "deliveryTime": "0",
            "basis": "",
        }

    def trades(self, fields: Fields) -> Fields:
        """Return the newest trades of the market."""
        category = text(fields, "category")
        at = self.venue.symbols.index(category, text(fields, "symbol"))
        limit = whole_number(fields, "limit", *((60, 60) if category == "spot" else (500, 1_000)))
        grid = self.venue.scribe.grids[at]
        found = list(self.venue.shown.trades[at])[-limit:]
        rows = [
            {
                "execId": f"{at}-{each.number}",
                "symbol": self.venue.symbols.names[at][1],
                "price": grid.price(each.px),
                "size": grid.qty(each.qty),
                "side": ("Buy", "Sell")[each.side],
                "time": str(self.clock.shown_ms(each.ts_ns)),
                "isBlockTrade": False,
                "isRPITrade": False,
                "seq": str(each.seq),
            }
            for each in reversed(found)
        ]
        return {"category": category, "list": rows}

    def kline(self, fields: Fields) -> Fields:
        """Return candles, newest first."""
        category = text(fields, "category") or "linear"
        at = self.venue.symbols.index(category, text(fields, "symbol"))
        interval = text(fields, "interval")
        if interval not in INTERVALS:
            raise bad("interval")
        since, until = moment_ms(fields, "start"), moment_ms(fields, "end")
        limit = whole_number(fields, "limit", 200, 1_000)
        shown, grid, clock = self.venue.shown, self.venue.scribe.grids[at], self.clock
        rows = []
        for bar in shown.bars[at].of(interval, shift_ns=clock.shift_ns):
            start = clock.shown_ms(bar.start_ns)
            if (since is not None and start < since) or (until is not None and start > until):
                continue
            prices = [grid.price(px) for px in (bar.open, bar.high, bar.low, bar.close)]
            rows.append([str(start), *prices, grid.qty(bar.lots), shown.turnover(at, bar)])
        # With a start alone the venue gives the first candles from there on, else the last ones.
        kept = rows[:limit] if since is not None and until is None else rows[-limit:]
        return {"symbol": self.venue.symbols.names[at][1], "category": category, "list": kept[::-1]}

    def fundings(self, fields: Fields) -> Fields:
        """Return past funding rates, newest first."""
        category = text(fields, "category")
        if category == "spot":
            raise bad("category")
        at = self.venue.symbols.index(category, text(fields, "symbol"))
        since, until = moment_ms(fields, "startTime"), moment_ms(fields, "endTime")
        limit = whole_number(fields, "limit", 200, 200)
        rows = [
            {
                "symbol": self.venue.symbols.names[at][1],
                "fundingRate": rate,
                "fundingRateTimestamp": str(self.clock.shown_ms(ts)),
            }
            for ts, rate in reversed(self.venue.shown.fundings[at])
            if (since is None or self.clock.shown_ms(ts) >= since)
            and (until is None or self.clock.shown_ms(ts) <= until)
        ]
        return {"category": category, "list": rows[:limit]}

    def risk_limits(self, fields: Fields) -> Fields:
        """Return one risk tier without a bound for each contract."""
        category = text(fields, "category")
        if category == "spot":
            raise bad("category")
        rows = [
            {
                "id": 1,
                "symbol": self.venue.symbols.names[at][1],
                "riskLimitValue": "1000000000",
                "maintenanceMargin": "0",
                "initialMargin": "0.01",
                "isLowestRisk": 1,
                "maxLeverage": "100",
                "mmDeduction": "",
            }
            for at in self._wanted(category, fields)
        ]
        return {"category": category, "list": rows, "nextPageCursor": ""}

    def _wanted(self, category: str, fields: Fields) -> Iterable[int]:
        must_be_category(category)
        symbol, base = text(fields, "symbol"), text(fields, "baseCoin")
        if symbol:
            return [self.venue.symbols.index(category, symbol)]
        found = self.venue.symbols.of(category)
        return [at for at in found if not base or self.venue.symbols.coins[at][0] == base]
