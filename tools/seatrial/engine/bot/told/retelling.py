"""
A bot's history told again as the events of a journal, so that every judgement can read it.

What the files do not say stays unsaid: no mid, no queue, no latency, no intent that risk refused.
`UNTOLD` names what a measure may therefore not conclude anything from.
"""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from ....model.instrument import Instrument
from .book import Book, fee_of
from .sampled import Samples
from .steps import Step, steps_of
from .telling import Origin, Told, ToldFill, ToldFunding, ToldMid, ToldOrder

Fields = dict[str, Any]
Event = tuple[int, str, Fields]
UNTOLD = ("ack", "freeze", "gap", "quotes", "request", "risk_block")
HORIZONS_NS = {
    "0.1": 10**8,
    "1": 10**9,
    "5": 5 * 10**9,
    "15": 15 * 10**9,
    "60": 60 * 10**9,
    "300": 300 * 10**9,
}
# An open position may be marked at a sample of the market, or at the bot's own last price, so old.
SAMPLE_NS, OWN_PRICE_NS = 300 * 10**9, 3_600 * 10**9
_FINEST = Decimal("1e-18")


class Retelling:
    """The events of a history in order of time, and the books as they stand."""

    def __init__(self, told: Told) -> None:
        self.told = told
        by_market: dict[str, list[ToldMid]] = defaultdict(list)
        for mid in told.mids:
            by_market[mid.market].append(mid)
        self._samples = {key: Samples(by_market[key]) for key in told.markets}
        self._books = {key: Book(market) for key, market in told.markets.items()}
        self._symbols = _symbols(told)
        self._ids = _ids(told)
        self._qty = {(order.market, order.key): order.qty for order in told.orders}
        self._since = {(order.market, order.key): order.created_ns for order in told.orders}
        self._filled: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
        self._fills = self.decisions = 0
        self.iteration = 0
        self.steps = steps_of(told)

    @property
    def instruments(self) -> tuple[Instrument, ...]:
        """Return what was traded, on the grid that the prices and quantities show."""
        return tuple(_instrument(self.told, key, symbol) for key, symbol in self._symbols.items())

    @property
    def fills(self) -> int:
        """Return how many fills were told so far."""
        return self._fills

    def events(self, step: Step) -> Iterator[Event]:
        """Yield the journal events of one step."""
        what = step.what
        if isinstance(what, ToldFill):
            yield from self._fill(step.ts_ns, what)
        elif isinstance(what, ToldOrder):
            yield from self._order(step.ts_ns, what, step.event)
        elif isinstance(what, ToldMid):
            yield self._decision(step.ts_ns, what.market, None, "sample")
        elif isinstance(what, ToldFunding):
            yield from self._funding(step.ts_ns, what)

    def positions(self, now_ns: int, *, final: bool = False) -> Iterator[Event]:
        """Yield every market's position and money, as an iteration ends."""
        for key, book in self._books.items():
            mark, stale = self._mark(key, now_ns)
            equity, unrealized = book.equity(mark), book.unrealized(mark)
            average = book.average()
            fields = {
                "symbol": self._symbols[key],
                "qty": _plain(book.qty),
                "avg_price": None if average is None else _plain(average),
                "mark": None if mark is None else _plain(mark),
                "mark_stale": stale,
                "realized": _plain(equity - unrealized - book.fees - book.funding),
                "unrealized": _plain(unrealized),
                "fees": _plain(book.fees),
                "funding": _plain(book.funding),
                "equity": _plain(equity),
                "turnover": _plain(book.turnover),
                "currency": book.market.settle,
                "iteration": self.iteration,
                "final": final,
            }
            yield now_ns, "position", fields

    def _mark(self, key: str, now_ns: int) -> tuple[Decimal | None, bool]:
        """Return the price that a position is worth now, and whether it is older than a fresh mid."""
        book, samples = self._books[key], self._samples[key]
        if not book.whole:
            return None, True
        sample = samples.at(now_ns, oldest_ns=SAMPLE_NS)
        if sample is not None:
            return sample.mid, samples.mid(now_ns) is None
        # Nothing is held: any price values it right.
        recent = book.last_ns is not None and now_ns - book.last_ns <= OWN_PRICE_NS
        return (book.last_price if recent or not book.qty else None), True

    def _order(self, ts_ns: int, order: ToldOrder, event: str) -> Iterator[Event]:
        if event == "submitted":
            yield self._decision(ts_ns, order.market, order, "order")
        done = self._filled[order.market, order.key]
        leaves = None if order.qty is None else max(order.qty - done, Decimal(0))
        yield (
            ts_ns,
            "order",
            {
                "order_id": self._ids[order.market, order.key],
                "client_id": order.key,
                "symbol": self._symbols[order.market],
                "side": order.side,
                "type": order.kind,
                "tif": order.tif,
                "price": None if order.price is None else _plain(order.price),
                "qty": None if order.qty is None else _plain(order.qty),
                "leaves": None if leaves is None else _plain(leaves),
                "event": event,
                "reason": order.reason if event != "submitted" else None,
                "intended_ns": order.created_ns,
                "ack_ns": None,
                "reduce_only": order.reduce_only,
            },
        )

    def _fill(self, ts_ns: int, fill: ToldFill) -> Iterator[Event]:
        self._fills += 1
        book, name = (
            self._books[fill.market],
            (fill.market, fill.order or f"fill {fill.origin.source} {fill.origin.row}"),
        )
        fee = fee_of(fill, book.market)
        book.book(fill, fee)
        self._filled[name] += fill.qty or 0
        wanted, since = self._qty.get(name), self._since.get(name)
        notional = book.notional(fill)
        mid = fill.mid if fill.mid is not None else self._samples[fill.market].mid(ts_ns)
        price, qty = _text(fill.price), _text(fill.qty)
        fields = {
            "fill_id": self._fills,
            "order_id": self._ids[name],
            "symbol": self._symbols[fill.market],
            "side": fill.side,
            "price": price,
            "qty": qty,
            "leaves": None if wanted is None else _plain(max(wanted - self._filled[name], Decimal(0))),
            "notional": _text(notional),
            "liquidity": fill.liquidity,
            "fee": None if fee is None else _plain(fee.amount),
            "fee_currency": book.market.settle if fee is None else fee.currency,
            "fee_settle": None if fee is None else _text(fee.settled),
            "cause": "reported",
            "queue_ahead_before": None,
            "queue_ahead_after": None,
            "evidence": {"row": fill.origin.row, "kind": fill.origin.source, "price": price, "qty": qty},
            "mid": _text(mid),
            "decision_mid": None,
            "order_age_ms": (ts_ns - since) / 1e6 if since is not None and since <= ts_ns else None,
            "position": _plain(book.qty),
            "iteration": self.iteration,
            "trade_id": fill.key,
        }
        yield ts_ns, "fill", fields

    def markouts(self) -> Iterator[Event]:
        """Yield what the market did after each fill, as far as it was sampled."""
        for number, fill in enumerate(self.told.fills, 1):
            samples = self._samples[fill.market]
            if samples.rows:
                mids = {name: _text(samples.mid(fill.ts_ns + ns)) for name, ns in HORIZONS_NS.items()}
                fields = {"fill_id": number, "symbol": self._symbols[fill.market], "mids": mids}
                yield fill.ts_ns + HORIZONS_NS["300"], "markout", fields

    def _funding(self, ts_ns: int, payment: ToldFunding) -> Iterator[Event]:
        book = self._books[payment.market]
        if payment.currency != book.market.settle:
            self.told.odd(
                "fundings_elsewhere", Origin("funding", 0), f"funding in {payment.currency}, not booked"
            )
            return
        book.fund(payment.amount)
        fields = {
            "symbol": self._symbols[payment.market],
            "rate": _text(payment.rate),
            "mark": None,
            "position": _plain(book.qty),
            "amount": _plain(payment.amount),
            "currency": payment.currency,
        }
        yield ts_ns, "funding", fields

    def _decision(self, ts_ns: int, market: str, order: ToldOrder | None, reason: str) -> Event:
        self.decisions += order is not None
        sample = self._samples[market].at(ts_ns)
        quote = None if order is None or order.price is None else _plain(order.price)
        side = order.side if order else None
        fields = {
            "symbol": self._symbols[market],
            "bid": _text(sample.bid) if sample else None,
            "ask": _text(sample.ask) if sample else None,
            "mid": _plain(sample.mid) if sample else None,
            "quote_bid": quote if side == "buy" else None,
            "quote_ask": quote if side == "sell" else None,
            "position": _plain(self._books[market].qty),
            "equity": None,
            "actions": 1 if order else 0,
            "reason": reason,
        }
        return ts_ns, "decision", fields


def _symbols(told: Told) -> dict[str, str]:
    """Return each market's symbol; where two venues have the same one, with its venue."""
    counted: defaultdict[str, int] = defaultdict(int)
    for market in told.markets.values():
        counted[market.symbol] += 1
    return {
        key: market.symbol if counted[market.symbol] == 1 else key for key, market in told.markets.items()
    }


def _ids(told: Told) -> dict[tuple[str, str], int]:
    """Return a number for every order, those included that only their fills tell of."""
    names = [(order.market, order.key) for order in told.orders]
    names += [
        (fill.market, fill.order or f"fill {fill.origin.source} {fill.origin.row}") for fill in told.fills
    ]
    return {name: number for number, name in enumerate(dict.fromkeys(names), 1)}


def _instrument(told: Told, key: str, symbol: str) -> Instrument:
    market = told.markets[key]
    prices = [one.price for one in told.fills if one.market == key]
    prices += [one.price for one in told.orders if one.market == key]
    sizes = [one.qty for one in told.fills if one.market == key]
    sizes += [one.qty for one in told.orders if one.market == key]
    return Instrument(
        symbol=symbol,
        venue=market.venue or told.format,
        contract=market.contract,
        base=market.base,
        quote=market.quote,
        tick_size=_finest(prices),
        lot_size=_finest(sizes),
        contract_size=market.contract_size,
    )


def _finest(values: list[Decimal | None]) -> Decimal:
    """Return the power of ten that all values are multiples of."""
    exponents = [int(value.normalize().as_tuple().exponent) for value in values if value is not None]
    return max(Decimal(1).scaleb(min(exponents, default=-8)), _FINEST)


def _plain(value: Decimal) -> str:
    return f"{value:f}"


def _text(value: Decimal | None) -> str | None:
    return None if value is None else _plain(value)
