"""
Bitstamp order events (L3): every order created, changed and deleted, summed up to price levels.

The file begins in the middle of a session and holds no opening book. Orders that were open then
give themselves away when they are later changed or deleted, so a first pass collects them into the
opening book; what was open and never touched again in the whole file stays unknown.

Trades are not explicit. An order whose volume shrinks, or which is deleted with nothing left, was
filled; of the two orders of a fill the one that crossed the book when it came is the taker, and the
other one prints. An order may also be moved (`changed` with another price), and become the taker so.
Volumes are whole numbers of 1e-8 coins.
"""

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from functools import partial

from ..contract import terms
from ..source import Source
from ..stamp import step_ns
from ..table import Table, header
from .interface import DEPTH, IMPORTERS, SNAPSHOT, TRADE, Listing, Message, Stream

_COLUMNS = ("id", "timestamp", "exchange.timestamp", "price", "volume", "action", "direction")
_SIDES = {"bid": 0, "ask": 1}
_ACTIONS = frozenset({"created", "changed", "deleted"})
COIN = Decimal(100_000_000)
GONE_ORDERS_MAX = 100_000


@dataclass(frozen=True)
class Order:
    """An order event: stamps in nanoseconds, volume in 1e-8 coins."""

    line: int
    ts_ns: int
    exch_ns: int
    number: int
    side: int
    price: Decimal
    volume: int
    action: str


@dataclass
class Book:
    """Open orders and the volume of each level."""

    orders: dict[int, tuple[int, Decimal, int]] = field(default_factory=dict)
    levels: tuple[dict[Decimal, int], dict[Decimal, int]] = field(default_factory=lambda: ({}, {}))
    takers: dict[int, Order] = field(default_factory=dict)
    # A delete that is shown twice must not pass for an order from before the recording.
    gone: OrderedDict[int, None] = field(default_factory=OrderedDict)

    def put(self, order: Order) -> None:
        """Add an order to its level."""
        self.orders[order.number] = (order.side, order.price, order.volume)
        self.shift(order.side, order.price, order.volume)

    def shift(self, side: int, price: Decimal, change: int) -> None:
        """Change the volume of a level; an emptied level is gone."""
        level = self.levels[side].get(price, 0) + change
        if level > 0:
            self.levels[side][price] = level
        else:
            self.levels[side].pop(price, None)

    def is_moved_by(self, order: Order) -> bool:
        """Say whether a resting order is now at another price."""
        known = self.orders.get(order.number)
        return known is not None and order.action == "changed" and order.price != known[1]

    def forget(self, number: int) -> None:
        """Drop an order that has ended."""
        self.orders.pop(number, None)
        self.takers.pop(number, None)
        self.gone[number] = None
        if len(self.gone) > GONE_ORDERS_MAX:
            self.gone.popitem(last=False)

    def crosses(self, order: Order) -> bool:
        """Say whether a new order meets the other side."""
        others = self.levels[1 - order.side]
        if not others:
            return False
        return order.price >= min(others) if order.side == 0 else order.price <= max(others)


class Bitstamp:
    """Reads order events."""

    name = "bitstamp"
    title = "Bitstamp order events (L3) CSV"

    def claims(self, source: Source) -> bool:
        """Say whether the columns are those of order events."""
        return set(_COLUMNS) <= set(header(source))

    def streams(self, sources: Sequence[Source]) -> Sequence[Stream]:
        """Return one stream per file."""
        return [Stream(source, partial(_messages, Table(source)), "receive", 1) for source in sources]


def _messages(table: Table) -> Iterator[Message]:
    listing = Listing(
        "bitstamp", "BTCUSD", *terms("bitstamp", "BTCUSD")[:3], tick_size=Decimal("0.01"), lot_size=1 / COIN
    )
    book = opening(_orders(table))
    first = True
    for order in _orders(table):
        if first:
            yield _snapshot(book, order, listing)
            first = False
        yield from _event(book, order, listing)


def opening(orders: Iterator[Order]) -> Book:
    """Return the book of the orders that were open before the first event, as far as the file tells."""
    born: set[int] = set()
    book, ended = Book(), OrderedDict[int, None]()
    for order in orders:
        if order.action == "created":
            born.add(order.number)
        elif order.number not in born and order.number not in book.orders and order.number not in ended:
            book.put(order)
        if order.action == "deleted":
            born.discard(order.number)
            ended[order.number] = None
            if len(ended) > GONE_ORDERS_MAX:
                ended.popitem(last=False)
    return book


def _snapshot(book: Book, order: Order, listing: Listing) -> Message:
    sides = [[(str(price), _coins(volume)) for price, volume in sorted(side.items())] for side in book.levels]
    return Message(order.ts_ns, order.exch_ns, SNAPSHOT, order.line, listing, bids=sides[0], asks=sides[1])


def _event(book: Book, order: Order, listing: Listing) -> Iterator[Message]:
    """Yield what one event does: a taker waits beside the book until it no longer crosses it."""
    if order.action == "created" and book.crosses(order):
        book.takers[order.number] = order
    elif order.action == "created":
        book.put(order)
        yield _level(book, order, order.price, listing)
    elif order.number in book.takers:
        book.takers[order.number] = order
        if order.action == "deleted":
            book.forget(order.number)
    elif book.is_moved_by(order):
        yield from _moved(book, order, listing)
    elif order.number in book.orders:
        yield from _resting(book, order, listing)
    for taker in [taker for taker in book.takers.values() if not book.crosses(taker)]:
        del book.takers[taker.number]
        book.put(taker)
        yield _level(book, replace(taker, ts_ns=order.ts_ns, exch_ns=order.exch_ns), taker.price, listing)


def _moved(book: Book, order: Order, listing: Listing) -> Iterator[Message]:
    """Take an order off its level; where it now stands is settled like a new one's place."""
    _, price, volume = book.orders.pop(order.number)
    book.shift(order.side, price, -volume)
    yield _level(book, order, price, listing)
    book.takers[order.number] = order


def _resting(book: Book, order: Order, listing: Listing) -> Iterator[Message]:
    """Yield a resting order's fill, if it is one, and then the change of its level."""
    side, price, volume = book.orders[order.number]
    filled = volume - order.volume if order.action == "changed" else volume if order.volume == 0 else 0
    if filled > 0:
        yield Message(
            order.ts_ns, order.exch_ns, TRADE, order.line, listing,
            side=1 - side, price=str(price), qty=_coins(filled),
        )  # fmt: skip
    book.shift(side, price, -volume)
    if order.action == "changed":
        book.put(order)
    else:
        book.forget(order.number)
    yield _level(book, order, price, listing)


def _level(book: Book, order: Order, price: Decimal, listing: Listing) -> Message:
    level = [(str(price), _coins(book.levels[order.side].get(price, 0)))]
    bids, asks = (level, []) if order.side == 0 else ([], level)
    return Message(
        order.ts_ns, order.exch_ns, DEPTH, order.line, listing, bids=bids, asks=asks, ref=order.number
    )


def _orders(table: Table) -> Iterator[Order]:
    at = table.places(*_COLUMNS)
    for line, row in table.rows():
        number, local, exch, price, volume, action, direction = (row[place] for place in at)
        if action not in _ACTIONS:
            raise table.bad(line, "action", action, "created, changed or deleted")
        if direction not in _SIDES:
            raise table.bad(line, "direction", direction, "bid or ask")
        for name, value in (("id", number), ("volume", volume)):
            if not value.isdecimal():
                raise table.bad(line, name, value, "a whole number")
        try:
            stamps = [int(stamp) * step_ns(stamp) for stamp in (local, exch)]
        except ValueError as error:
            raise table.bad(line, "timestamp", f"{local}, {exch}", "a time since 1970") from error
        try:
            level = Decimal(price)
        except InvalidOperation as error:
            raise table.bad(line, "price", price, "a number") from error
        yield Order(line, stamps[0], stamps[1], int(number), _SIDES[direction], level, int(volume), action)


def _coins(volume: int) -> str:
    return f"{volume // 100_000_000}.{volume % 100_000_000:08d}"


IMPORTERS.add(Bitstamp.name, Bitstamp())
