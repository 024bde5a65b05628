"""
One instrument's messages become rows: the part of an import that is the same for every venue.

Rows pile up in memory to a bound and then go to scratch files with their decimals; once everything
is read, tick and lot are known and `rows` gives them out again on the final grid.
"""

from collections import deque
from collections.abc import Callable, Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING

from ..model.errors import InputError
from ..model.instrument import Contract, Instrument
from ..model.tape import (
    ASK,
    BBO,
    BID,
    CLEAR,
    DELTA,
    KIND_MASK,
    LAST,
    NO_FILL,
    RATE_SCALE,
    SIDE_BIT,
)
from ..model.tape import (
    FUNDING as FUNDING_ROW,
)
from ..model.tape import (
    SNAPSHOT as SNAPSHOT_ROW,
)
from ..model.tape import (
    TRADE as TRADE_ROW,
)
from .chain import Chain
from .coverage import SILENCE_NS, Coverage, Silence, Slots
from .grid import Scale, steps
from .importer.interface import DEPTH, FUNDING, QUOTE, SNAPSHOT, TRADE, Listing, Message, Stream
from .order import LATEST_NS
from .segments import NONE_NS, Rows

if TYPE_CHECKING:
    import numpy as np

ROWS_HELD_MAX = 100_000
TRADE_IDS_HELD_MAX = 65_536
REPLAY_NS = 1_000_000_000
TICKS_MAX = 2**31 - 1


class Gathering:
    """The rows and the counts of one instrument, while its files are read."""

    def __init__(self, listing: Listing, scratch: Path, silence_ns: int = SILENCE_NS) -> None:
        self.listing = listing
        self.chain = Chain()
        self.coverage: Coverage = (
            Slots(listing.bar_ns, from_first=True) if listing.bar_ns else Silence(silence_ns)
        )
        self.events = self.trades = self.duplicate_trade_ids = self.stale_quotes = 0
        self.px, self.qty = Scale(zero_allowed=False), Scale(zero_allowed=True)
        self._scratch = scratch
        self._spills: list[_Spill] = []
        self._ts: list[int] = []
        self._exch: list[int] = []
        self._code: list[int] = []
        self._ref: list[int] = []
        self._funding: list[tuple[int, int, Decimal]] = []
        self._kinds: set[str] = set()
        self._ids: set[int] = set()
        self._ids_in_order: deque[int] = deque()
        self._newest_trade_ns = -(2**63)
        self._book_age: int | None = None
        self._book_ns: int | None = None
        # side -> (age, price, size) of the last quote
        self._touch: dict[int, tuple[int, str, str]] = {}
        self._by_kind: dict[str, Callable[[Message], None]] = {
            DEPTH: self._depth,
            SNAPSHOT: self._depth,
            TRADE: self._trade,
            QUOTE: self._quote,
            FUNDING: self._funding_paid,
        }

    def take(self, stream: Stream, message: Message) -> None:
        """Take the next message in time; an InputError names the file and line that make no sense."""
        self.events += 1
        self._kinds.add(message.kind)
        self.coverage.see(message.ts_ns)
        try:
            _check_integers(message)
            self._by_kind[message.kind](message)
        except (ValueError, TypeError) as error:
            what = f"{self.listing.symbol} {message.kind}: {error}"
            raise stream.source.error(what, line=message.line, fix="repair or leave out the line") from error
        if len(self._ts) >= ROWS_HELD_MAX:
            self._spill()

    @property
    def made_of(self) -> str:
        """Return what the rows tell of: bars, or which of book, quotes and trades."""
        if self.listing.bar_ns:
            return "bars"
        told = (("book", {DEPTH, SNAPSHOT}), ("quotes", {QUOTE}), ("trades", {TRADE}))
        return "+".join(name for name, kinds in told if kinds & self._kinds)

    def instrument(self) -> Instrument:
        """Return the instrument with its grids; call it when everything was taken."""
        self._spill()
        listing = self.listing
        return Instrument(
            symbol=listing.symbol,
            venue=listing.venue,
            contract=Contract(listing.contract),
            base=listing.base,
            quote=listing.quote,
            tick_size=_grid(listing.tick_size, self.px, halves=True),
            lot_size=_grid(listing.lot_size, self.qty, halves=False),
            contract_size=listing.contract_size,
        )

    def rows(self, instrument: Instrument) -> Iterator[Rows]:
        """Yield the rows on the instrument's grid, and remove the scratch files behind them."""
        for spill in self._spills:
            yield spill.rows(instrument)

    def _depth(self, message: Message) -> None:
        breaks = self.chain.breaks
        for change in self.chain.take(message):
            self._book(change)
        if self.chain.breaks > breaks and isinstance(self.coverage, Silence) and self._book_ns is not None:
            self.coverage.add_gap(self._book_ns, message.ts_ns)
        self._book_ns = message.ts_ns

    def _book(self, message: Message) -> None:
        rows_before = len(self._ts)
        snapshot = message.kind == SNAPSHOT
        kind = SNAPSHOT_ROW if snapshot else DELTA
        if snapshot:
            _check_sides(message)
            self._row(message, CLEAR)
            self.px.blank()
            self.qty.blank()
        age = message.last_id if message.age is None else message.age
        for side, levels in ((BID, message.bids), (ASK, message.asks)):
            self._rows(message, kind | side * SIDE_BIT, len(levels))
            self.px.extend(level[0] for level in levels)
            self.qty.extend(level[1] for level in levels)
        if age is not None:
            self._book_age = age
            # The touch that was quoted later than this book state is said again after it.
            for side, (quoted, price, qty) in sorted(self._touch.items()):
                if quoted > age:
                    self._row(message, BBO | side * SIDE_BIT)
                    self.px.add(price)
                    self.qty.add(qty)
        if len(self._ts) > rows_before:
            self._code[-1] |= LAST

    def _quote(self, message: Message) -> None:
        age = message.age
        if age is not None and self._book_age is not None and age < self._book_age:
            self.stale_quotes += 1
            return
        for side, levels in ((BID, message.bids), (ASK, message.asks)):
            if not levels:
                continue
            price, qty = levels[0][0], levels[0][1]
            self._row(message, BBO | side * SIDE_BIT)
            self.px.add(price)
            self.qty.add(qty)
            if age is not None:
                self._touch[side] = (age, price, qty)
        if message.bids or message.asks:
            self._code[-1] |= LAST

    def _trade(self, message: Message) -> None:
        self.trades += 1
        no_fill = self._seen_before(message.ref) or message.no_fill
        if message.exch_ns is not None:
            no_fill = no_fill or message.exch_ns < self._newest_trade_ns - REPLAY_NS
            self._newest_trade_ns = max(self._newest_trade_ns, message.exch_ns)
        self._row(message, TRADE_ROW | message.side * SIDE_BIT | LAST | (NO_FILL if no_fill else 0))
        self.px.add(message.price)
        self.qty.add(message.qty)

    def _funding_paid(self, message: Message) -> None:
        try:
            rate, mark = Decimal(message.qty), Decimal(message.price)
        except InvalidOperation:
            raise ValueError(f"rate {message.qty!r} or mark {message.price!r} is not a number") from None
        if not (rate.is_finite() and mark.is_finite()):
            raise ValueError(f"rate {rate} or mark {mark} is not finite")
        self._funding.append((len(self._ts), int((rate * RATE_SCALE).to_integral_value()), mark))
        self._row(message, FUNDING_ROW | LAST)
        self.px.blank()
        self.qty.blank()

    def _seen_before(self, ref: int) -> bool:
        if not ref:
            return False
        if ref in self._ids:
            self.duplicate_trade_ids += 1
            return True
        self._ids.add(ref)
        self._ids_in_order.append(ref)
        if len(self._ids_in_order) > TRADE_IDS_HELD_MAX:
            self._ids.discard(self._ids_in_order.popleft())
        return False

    def _row(self, message: Message, code: int) -> None:
        self._ts.append(message.ts_ns)
        self._exch.append(NONE_NS if message.exch_ns is None else message.exch_ns)
        self._code.append(code)
        self._ref.append(message.ref or message.last_id or 0)

    def _rows(self, message: Message, code: int, count: int) -> None:
        self._ts.extend([message.ts_ns] * count)
        self._exch.extend([NONE_NS if message.exch_ns is None else message.exch_ns] * count)
        self._code.extend([code] * count)
        self._ref.extend([message.ref or message.last_id or 0] * count)

    def _spill(self) -> None:
        if not self._ts:
            return
        import numpy as np

        name = f"{self.listing.venue}-{self.listing.symbol}-{len(self._spills)}.npz"
        path = self._scratch / name.replace("/", "%2F")
        columns = {
            "ts": np.array(self._ts, np.int64),
            "exch": np.array(self._exch, np.int64),
            "code": np.array(self._code, np.uint8),
            "ref": np.array(self._ref, np.int64),
            "px": self.px.cut(),
            "qty": self.qty.cut(),
        }
        np.savez(path, **columns)  # type: ignore[arg-type]
        self._spills.append(_Spill(path, (self.px.decimals, self.qty.decimals), tuple(self._funding)))
        for column in (self._ts, self._exch, self._code, self._ref, self._funding):
            column.clear()


class _Spill:
    """A scratch file of rows whose values are at the decimals known when it was written."""

    def __init__(
        self, path: Path, decimals: tuple[int, int], funding: tuple[tuple[int, int, Decimal], ...]
    ) -> None:
        self.path, self.decimals, self.funding = path, decimals, funding

    def rows(self, instrument: Instrument) -> Rows:
        """Read the rows on the final grid and remove the file."""
        import numpy as np

        with np.load(self.path) as file:
            columns = {name: file[name] for name in file.files}
        self.path.unlink()
        code = columns["code"]
        px = _counts(columns["px"], instrument.tick_size, self.decimals[0])
        qty = _counts(columns["qty"], instrument.lot_size, self.decimals[1])
        for row, rate, mark in self.funding:
            qty[row] = rate
            # A mark price is an average of many and lies on no grid: nearest tick.
            px[row] = int((mark / instrument.tick_size).to_integral_value())
        if len(px) and int(px.max()) > TICKS_MAX:
            highest = instrument.price(int(px.max()))
            raise InputError(
                f"{instrument.symbol}: a price of {highest} is too many ticks of {instrument.tick_size}",
                fix="are the prices really that fine?",
            )
        return Rows(
            ts_ns=columns["ts"],
            exch_ts_ns=columns["exch"],
            kind=(code & KIND_MASK).astype(np.uint8),
            side=((code & SIDE_BIT) != 0).astype(np.uint8),
            flags=(code & (LAST | NO_FILL)).astype(np.uint8),
            px=px.astype(np.int32),
            qty=qty,
            ref=columns["ref"],
        )


def _grid(given: Decimal | None, scale: Scale, *, halves: bool) -> Decimal:
    """Return the step that the venue names, if the data keep it, else the one the data show."""
    return given if given is not None and scale.keeps(given) else scale.step(halves=halves)


def _counts(values: "np.ndarray", step: Decimal, decimals: int) -> "np.ndarray":
    over, under = steps(step, decimals)
    if len(values) and int(values.max()) * over > 2**63 - 1:
        raise InputError(f"values are too big to count in steps of {step}", fix="are the values right?")
    return values * over // under


def _check_integers(message: Message) -> None:
    """Refuse stamps and ids that no column could hold."""
    if message.exch_ns is not None and not 0 <= message.exch_ns <= LATEST_NS:
        raise ValueError(f"the exchange stamp {message.exch_ns} ns is not before the year 2100")
    if not -(2**63) <= (message.ref or message.last_id or 0) < 2**63:
        raise ValueError(f"the id {message.ref or message.last_id} is too big")


def _check_sides(snapshot: Message) -> None:
    """Refuse a snapshot whose sides are swapped: every bid above every ask."""
    if not snapshot.bids or not snapshot.asks:
        return
    lowest_bid = min(_number(level[0]) for level in snapshot.bids)
    highest_ask = max(_number(level[0]) for level in snapshot.asks)
    if lowest_bid > highest_ask:
        raise ValueError(f"every bid ({lowest_bid} and up) is above every ask: are the sides swapped?")


def _number(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise ValueError(f"{text!r} is not a number") from None
